//! The world outside the cockpit: what it asks for is done here, in tasks of
//! their own, and answered over a channel.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::blast::Facts;
use crate::inventory::Now;
use crate::kubernetes::Events;
use crate::model::{Clean, ReadOnly, SessionId, Update};
use crate::playbook::Shelf;
use crate::rbac::Rights;
use crate::response::Site;

use super::acting::Acting;
use super::effect::Effect;
use super::findings;
use super::recording::Recorder;
use super::reply::{Reply, Tone};
use super::rereading::Rereading;
use super::start::Options;
use super::tail::Tail;
use super::terminal::Capabilities;
use super::terminal::clipboard::{Clipboard, Copied};
use super::ways::{USER_AGENT, Ways};

/// Carries out what the cockpit asks for.
pub struct Outside {
    ways: Ways,
    latch: ReadOnly,
    clipboard: Clipboard,
    replies: mpsc::Sender<Reply>,
    acting: Acting,
    rereading: Rereading,
    shelf: Shelf,
    logs: JoinSet<()>,
    tasks: JoinSet<()>,
}

impl Outside {
    /// Looks for clusters where the cockpit was told to look.
    pub fn new(
        options: &Options,
        capabilities: &Capabilities,
        news: mpsc::Sender<Update>,
        replies: mpsc::Sender<Reply>,
    ) -> Self {
        let mut outside = Self {
            ways: Ways::new(options, news, replies.clone()),
            latch: options.latch.clone(),
            clipboard: Clipboard::new(&options.directories, capabilities),
            acting: Acting::new(options.directories.clone(), replies.clone()),
            rereading: Rereading::new(options),
            shelf: Shelf::of(&options.directories),
            replies,
            logs: JoinSet::new(),
            tasks: JoinSet::new(),
        };
        outside.ways.begin(options, &mut outside.tasks);
        outside.watch_findings(options);
        outside
    }

    /// Asks GuardDuty of every account that is configured, again and again: findings come as they are written.
    fn watch_findings(&mut self, options: &Options) {
        let places = findings::places(options);
        if !places.is_empty() {
            self.tasks.spawn(findings::watch(places, self.latch.clone(), self.replies.clone()));
        }
    }

    fn read_rights(&mut self, sessions: &[SessionId]) {
        let reads = sessions.iter().filter_map(|session| Some((*session, self.ways.cluster(*session)?.read())));
        let (reads, replies) = (reads.collect::<Vec<_>>(), self.replies.clone());
        self.tasks.spawn(async move {
            let at = Now::read().unix;
            let all = reads.iter().map(|(session, read)| async move { (*session, Rights::read(read, at).await) });
            let rights = futures::future::join_all(all).await.into_iter().collect();
            let _ = replies.send(Reply::Rights(rights)).await;
        });
    }

    fn read_playbooks(&mut self) {
        let (shelf, replies) = (self.shelf.clone(), self.replies.clone());
        self.tasks.spawn(async move {
            // Files of the person's, which may lie on a slow disk.
            let Ok((playbooks, troubles)) = tokio::task::spawn_blocking(move || shelf.all()).await else { return };
            let troubles = troubles.iter().map(|trouble| Clean::from(trouble.to_string())).collect();
            drop(replies.send(Reply::Playbooks(playbooks, troubles)).await);
        });
    }

    /// Begins a recording of the screen, which shows clusters of these Regions, into the case.
    ///
    /// # Errors
    /// Why there is none, in words.
    pub fn record(&mut self, size: (u16, u16), shown: &[Clean]) -> Result<Recorder, String> {
        self.acting.record_screen(size, shown)
    }

    /// Whether a screen that shows clusters of these Regions may be recorded.
    ///
    /// # Errors
    /// Why not, in words.
    pub fn may_record(&self, shown: &[Clean]) -> Result<(), String> {
        self.acting.may_record(shown)
    }

    /// Copies a text.
    pub fn copy(&mut self, text: &str) -> Copied {
        self.clipboard.copy(text, Instant::now())
    }

    /// Begins what is asked for.
    pub fn carry_out(&mut self, effect: Effect) {
        while self.tasks.try_join_next().is_some() {}
        match effect {
            Effect::Known(entries) => self.ways.know(entries),
            Effect::Open(session, place) => self.ways.open(session, place, &mut self.tasks),
            Effect::Close(session) => self.ways.close(session),
            Effect::Watch(kinds) => self.ways.watch(&kinds),
            Effect::Playbooks => self.read_playbooks(),
            Effect::CloseToWrites => {
                self.latch.close();
                self.acting.closed();
            }
            Effect::OpenCase { id, clusters, may_create } => {
                if let Some(slug) = self.acting.open(&id, clusters, may_create) {
                    self.ways.call_ourselves(&format!("{USER_AGENT} case/{slug}"));
                }
            }
            Effect::Scope(targets) => self.acting.scope(targets),
            Effect::Plan { session, identity, action, options, targets, alert } => {
                if let Some(cluster) = self.ways.cluster(session).cloned() {
                    let alert = alert.map(|alert| (self.rereading.clone(), alert));
                    self.acting.plan(Site { cluster, identity }, action, options, (targets, alert));
                }
            }
            Effect::Reread { finding, by_hand } => {
                let (rereading, engine) = (self.rereading.clone(), self.acting.engine());
                let replies = self.replies.clone();
                self.tasks.spawn(async move {
                    let came = rereading.of(&finding, engine.as_ref()).await.map(Box::new);
                    let _ = replies.send(Reply::Reread { finding, came, by_hand }).await;
                });
            }
            Effect::PlanUndo { session, identity, job } => {
                if let Some(cluster) = self.ways.cluster(session).cloned() {
                    self.acting.plan_undo(cluster, identity, job);
                }
            }
            Effect::Resume { session, identity, job } => {
                if let Some(cluster) = self.ways.cluster(session).cloned() {
                    self.acting.resume(Site { cluster, identity }, job);
                }
            }
            Effect::Standing => self.acting.standing(),
            Effect::StandWatch { session, identity } => {
                if let Some(cluster) = self.ways.cluster(session).cloned() {
                    self.acting.stand_watch(cluster, identity);
                }
            }
            Effect::LookAgain => self.acting.look_again(),
            Effect::Saw { sighting, may_write } => self.acting.saw(sighting, may_write),
            Effect::Write { entry, told } => self.acting.write(*entry, told),
            Effect::Page(call) => match self.latch.write_right() {
                Ok(right) => self.acting.page(*call, right),
                Err(refused) => drop(self.replies.try_send(Reply::Tell(Tone::Bad, refused.to_string().into()))),
            },
            Effect::Evidence => self.acting.files().list(),
            Effect::Verify => self.acting.files().verify(),
            Effect::ReadEvidence(custody) => self.acting.files().read(*custody),
            Effect::ReadPlan(plan) => self.acting.files().plan(plan),
            Effect::ReadNotes => self.acting.files().notes(),
            Effect::SaveNotes { before, text } => self.acting.files().save_notes(before, text),
            Effect::Run { session, identity, plan, how } => {
                if let Some(cluster) = self.ways.cluster(session).cloned() {
                    self.acting.run(cluster, identity, *plan, how);
                }
            }
            Effect::ReadFindings(path) => {
                self.tasks.spawn(findings::read(path, self.replies.clone()));
            }
            Effect::ReadAuditLog(session, since) => {
                let Some(cluster) = self.ways.cluster(session).cloned() else { return };
                self.tasks.spawn(findings::read_audit_log(cluster, since, self.replies.clone()));
            }
            Effect::Typed(typed) => {
                let engine = self.acting.engine().filter(|_| !self.latch.is_closed());
                self.tasks.spawn(findings::keep(*typed, engine, self.latch.is_closed(), self.replies.clone()));
            }
            Effect::StopLogs => self.logs.abort_all(),
            Effect::Object { ticket, row, namespace, name } => {
                let Some(cluster) = self.ways.cluster(row.session) else { return };
                let (read, replies) = (cluster.read(), self.replies.clone());
                self.tasks.spawn(async move {
                    let raw = read.get(row.kind, &namespace, &name).await;
                    let answer = raw.map(|raw| raw.to_vec()).map_err(|error| error.to_string().into());
                    let _ = replies.send(Reply::Object(ticket, answer)).await;
                });
            }
            Effect::Around { ticket, session, question } => {
                let Some(cluster) = self.ways.cluster(session).cloned() else { return };
                let (latch, replies) = (self.latch.clone(), self.replies.clone());
                self.tasks.spawn(async move {
                    let told = question.ask(&cluster, latch).await;
                    let _ = replies.send(Reply::Around(ticket, told)).await;
                });
            }
            Effect::Events { ticket, row } => {
                let Some(cluster) = self.ways.cluster(row.session) else { return };
                let (read, replies) = (cluster.read(), self.replies.clone());
                self.tasks.spawn(async move {
                    let raw = read.events(Events::Of(row.uid)).await;
                    let answer = raw.map(|raw| raw.to_vec()).map_err(|error| error.to_string().into());
                    let _ = replies.send(Reply::Events(ticket, answer)).await;
                });
            }
            Effect::Rights(sessions) => self.read_rights(&sessions),
            Effect::Reach { ticket, session, instances } => {
                let Some(cluster) = self.ways.cluster(session) else { return };
                let (read, replies) = (cluster.read(), self.replies.clone());
                self.tasks.spawn(async move {
                    let facts = Facts::read(&read, &instances, Now::read().unix).await;
                    let _ = replies.send(Reply::Reach(ticket, Arc::new(facts))).await;
                });
            }
            Effect::Logs { ticket, session, namespace, name, containers, previous } => {
                self.logs.abort_all();
                let Some(cluster) = self.ways.cluster(session).cloned() else { return };
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

    /// Ends what only reads, and waits for the jobs that run.
    pub async fn finish(&mut self) {
        self.logs.abort_all();
        self.tasks.abort_all();
        self.acting.finish().await;
    }
}
