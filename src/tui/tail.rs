//! Logs of containers, line by line.

use futures::StreamExt as _;
use tokio::sync::mpsc;

use crate::kubernetes::{Cluster, LogOptions};
use crate::model::Clean;

use super::detail::LogLine;
use super::reply::Reply;

/// Lines of a log that are read at first.
const TAIL: u64 = 1_000;
/// Longest line of a log that is shown, in characters.
const LINE: usize = 2_000;

/// A container's log as it grows.
pub struct Tail {
    pub cluster: Cluster,
    pub namespace: Clean,
    pub name: Clean,
    pub container: Clean,
    pub previous: bool,
}

impl Tail {
    /// Reads until its end, or until nobody listens any more.
    pub async fn read(self, ticket: u64, replies: mpsc::Sender<Reply>) {
        let (previous, follow) = (self.previous, !self.previous);
        let options = LogOptions { previous, follow, tail: Some(TAIL), ..LogOptions::default() };
        let stream = self.cluster.read().logs(&self.namespace, &self.name, &self.container, options).await;
        let why = match stream {
            Err(error) => Some(error.said()),
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
