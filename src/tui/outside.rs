//! The world outside the cockpit: what it asks for is done here, in tasks of
//! their own, and answered over a channel.

use std::time::Instant;

use futures::StreamExt;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::kubernetes::{Cluster, Events, LogOptions, Watches};
use crate::model::{Clean, Kind, ReadOnly, SessionId, Update};

use super::detail::LogLine;
use super::effect::{Effect, Reply, Tone};
use super::start::Options;
use super::terminal::Capabilities;
use super::terminal::clipboard::{Clipboard, Copied};

/// Lines of a log that are read at first.
const TAIL: u64 = 1_000;
/// Longest line of a log that is shown, in characters.
const LINE: usize = 2_000;

/// Carries out what the cockpit asks for.
pub struct Outside {
    clusters: Vec<(Cluster, Watches)>,
    latch: ReadOnly,
    clipboard: Clipboard,
    replies: mpsc::Sender<Reply>,
    logs: JoinSet<()>,
    tasks: JoinSet<()>,
}

impl Outside {
    /// Opens every cluster that the cockpit was started with.
    pub fn new(
        options: &Options,
        capabilities: &Capabilities,
        news: mpsc::Sender<Update>,
        replies: mpsc::Sender<Reply>,
    ) -> Self {
        let agent = format!("podmortem/{}", env!("CARGO_PKG_VERSION"));
        let mut clusters = Vec::new();
        for (number, entry) in (0..).zip(&options.entries) {
            let session = SessionId(number);
            match Cluster::new(session, entry.clone(), options.latch.clone(), &agent) {
                Ok(cluster) => {
                    let watches = Watches::start(cluster.clone(), &[Kind::Pod, Kind::Node], news.clone());
                    clusters.push((cluster, watches));
                }
                Err(error) => {
                    let told = Reply::Tell(Tone::Bad, format!("{}: {error}", entry.name).into());
                    let _ = replies.try_send(told);
                }
            }
        }
        Self {
            clusters,
            latch: options.latch.clone(),
            clipboard: Clipboard::new(&options.directories, capabilities),
            replies,
            logs: JoinSet::new(),
            tasks: JoinSet::new(),
        }
    }

    /// Copies a text.
    pub fn copy(&mut self, text: &str) -> Copied {
        self.clipboard.copy(text, Instant::now())
    }

    /// Begins what is asked for.
    pub fn carry_out(&mut self, effect: Effect) {
        while self.tasks.try_join_next().is_some() {}
        match effect {
            Effect::Watch(kinds) => self.watch(&kinds),
            Effect::CloseToWrites => self.latch.close(),
            Effect::StopLogs => self.logs.abort_all(),
            Effect::Object { ticket, row, namespace, name } => {
                let Some(cluster) = self.cluster(row.session) else { return };
                let (read, replies) = (cluster.read(), self.replies.clone());
                self.tasks.spawn(async move {
                    let raw = read.get(row.kind, &namespace, &name).await;
                    let answer = raw.map(|raw| raw.to_vec()).map_err(|error| error.to_string().into());
                    let _ = replies.send(Reply::Object(ticket, answer)).await;
                });
            }
            Effect::Events { ticket, row } => {
                let Some(cluster) = self.cluster(row.session) else { return };
                let (read, replies) = (cluster.read(), self.replies.clone());
                self.tasks.spawn(async move {
                    let raw = read.events(Events::Of(row.uid)).await;
                    let answer = raw.map(|raw| raw.to_vec()).map_err(|error| error.to_string().into());
                    let _ = replies.send(Reply::Events(ticket, answer)).await;
                });
            }
            Effect::Logs { ticket, session, namespace, name, containers, previous } => {
                self.logs.abort_all();
                let Some(cluster) = self.cluster(session).cloned() else { return };
                for container in containers {
                    let tail = Tail {
                        cluster: cluster.clone(),
                        namespace: namespace.clone(),
                        name: name.clone(),
                        container,
                        previous,
                    };
                    self.logs.spawn(tail.read(ticket, self.replies.clone()));
                }
            }
            _ => {}
        }
    }

    /// Waits for what must not be cut off in the middle.
    pub async fn finish(&mut self) {
        self.logs.abort_all();
        self.tasks.abort_all();
    }

    fn watch(&self, kinds: &[Kind]) {
        for (_, watches) in &self.clusters {
            for kind in Kind::ALL {
                if kinds.contains(&kind) {
                    watches.want(kind);
                } else {
                    watches.drop(kind);
                }
            }
        }
    }

    fn cluster(&self, session: SessionId) -> Option<&Cluster> {
        self.clusters.iter().map(|(cluster, _)| cluster).find(|cluster| cluster.session() == session)
    }
}

/// A container's log as it grows.
struct Tail {
    cluster: Cluster,
    namespace: Clean,
    name: Clean,
    container: Clean,
    previous: bool,
}

impl Tail {
    async fn read(self, ticket: u64, replies: mpsc::Sender<Reply>) {
        let (previous, follow) = (self.previous, !self.previous);
        let options = LogOptions { previous, follow, tail: Some(TAIL), ..LogOptions::default() };
        let stream = self.cluster.read().logs(&self.namespace, &self.name, &self.container, options).await;
        let why = match stream {
            Err(error) => Some(Clean::from(error.to_string())),
            Ok(mut stream) => {
                let mut rest = Vec::new();
                let mut failed = None;
                while let Some(piece) = stream.next().await {
                    match piece {
                        Err(error) => failed = Some(Clean::from(error.to_string())),
                        Ok(bytes) => {
                            rest.extend_from_slice(&bytes);
                            let lines = self.lines(&mut rest);
                            if !lines.is_empty() && replies.send(Reply::Log(ticket, lines)).await.is_err() {
                                return;
                            }
                        }
                    }
                }
                failed
            }
        };
        let _ = replies.send(Reply::LogEnded(ticket, self.container, why)).await;
    }

    /// Takes whole lines off the front; a line that never ends is cut.
    fn lines(&self, rest: &mut Vec<u8>) -> Vec<LogLine> {
        let end = match memchr::memrchr(b'\n', rest) {
            Some(end) => end + 1,
            None if rest.len() > 16 * LINE => rest.len(),
            None => return Vec::new(),
        };
        let whole: Vec<u8> = rest.drain(..end).collect();
        whole
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| LogLine { container: self.container.clone(), text: Clean::bytes(line, LINE) })
            .collect()
    }
}
