//! The ways into clusters and accounts: those that are known, and those that are open.

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::aws::eks::{Place, discover};
use crate::findings::guardduty_of;
use crate::kubernetes::{Cluster, Entry, Impersonation, Watches};
use crate::model::{Kind, ReadOnly, SessionId, Update};
use crate::response::Site;

use super::findings;
use super::reply::{Reply, Tone};
use super::start::Options;

/// What every request is named by, before the case.
pub const USER_AGENT: &str = concat!("podmortem/", env!("CARGO_PKG_VERSION"));

/// The ways that are known, and what leads over them.
pub struct Ways {
    entries: Vec<Entry>,
    clusters: Vec<(Cluster, Watches)>,
    accounts: Vec<Cluster>,
    agent: String,
    latch: ReadOnly,
    news: mpsc::Sender<Update>,
    replies: mpsc::Sender<Reply>,
}

impl Ways {
    /// The ways that are configured; none is open.
    pub fn new(options: &Options, news: mpsc::Sender<Update>, replies: mpsc::Sender<Reply>) -> Self {
        Self {
            entries: options.entries.clone(),
            clusters: Vec::new(),
            accounts: Vec::new(),
            agent: USER_AGENT.to_owned(),
            latch: options.latch.clone(),
            news,
            replies,
        }
    }

    /// Looks for clusters and accounts where the cockpit was told to look.
    pub fn begin(&mut self, options: &Options, tasks: &mut JoinSet<()>) {
        self.discover(options.places.clone(), options.impersonation.clone(), tasks);
        self.reach_accounts(options, tasks);
    }

    /// Looks for EKS clusters; each profile and Region fails by itself.
    fn discover(&self, places: Vec<Place>, who: Option<Impersonation>, tasks: &mut JoinSet<()>) {
        if places.is_empty() {
            return;
        }
        let (latch, replies) = (self.latch.clone(), self.replies.clone());
        tasks.spawn(async move {
            let mut entries = Vec::new();
            for (_, found) in discover(&places, &latch).await {
                match found {
                    Ok(clusters) => {
                        let found = clusters.into_iter().map(Entry::eks);
                        entries.extend(found.map(|entry| entry.asking_as(who.as_ref())));
                    }
                    Err(error) => drop(replies.send(Reply::Tell(Tone::Bad, error.to_string().into())).await),
                }
            }
            drop(replies.send(Reply::Found(entries)).await);
        });
    }

    /// Makes places of actions of the accounts that are asked for findings: there may be no cluster of them here.
    fn reach_accounts(&mut self, options: &Options, tasks: &mut JoinSet<()>) {
        for (place, session) in findings::places(options).into_iter().zip((0..=u16::MAX).rev().map(SessionId)) {
            let told = guardduty_of(&place);
            let entry = Entry::alone(place.to_string().into(), place);
            // The user agent is plain for clusters already.
            let Ok(account) = Cluster::new(session, entry, self.latch.clone(), &self.agent) else { continue };
            self.accounts.push(account.clone());
            let replies = self.replies.clone();
            tasks.spawn(async move {
                // Without credentials nothing is told by it, either.
                let Ok(site) = Site::of(account).await else { return };
                drop(replies.send(Reply::Account(session, site.identity, told)).await);
            });
        }
    }

    /// Makes ways known that were found.
    pub fn know(&mut self, entries: Vec<Entry>) {
        self.entries.extend(entries);
    }

    /// Opens the way at a place, and watches over pods and nodes.
    pub fn open(&mut self, session: SessionId, place: usize, tasks: &mut JoinSet<()>) {
        let Some(entry) = self.entries.get(place) else { return };
        match Cluster::new(session, entry.clone(), self.latch.clone(), &self.agent) {
            Ok(cluster) => {
                let watches = Watches::start(cluster.clone(), &[Kind::Pod, Kind::Node], self.news.clone());
                tasks.spawn(whoami(cluster.clone(), self.replies.clone()));
                self.clusters.push((cluster, watches));
            }
            Err(error) => {
                let told = Reply::Tell(Tone::Bad, format!("{}: {error}", entry.name).into());
                let _ = self.replies.try_send(told);
            }
        }
    }

    /// Closes a way.
    pub fn close(&mut self, session: SessionId) {
        self.clusters.retain(|(cluster, _)| cluster.session() != session);
    }

    /// Watches over these kinds everywhere, and over no others.
    pub fn watch(&self, kinds: &[Kind]) {
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

    /// Names every request from here on: logs of clusters and trails of accounts show the case.
    pub fn call_ourselves(&mut self, agent: &str) {
        agent.clone_into(&mut self.agent);
        for cluster in self.all() {
            if let Err(error) = cluster.call_itself(agent) {
                tracing::warn!(%error, "the audit log will not name the case");
            }
        }
    }

    /// The cluster or account of a session.
    pub fn cluster(&self, session: SessionId) -> Option<&Cluster> {
        self.all().find(|cluster| cluster.session() == session)
    }

    fn all(&self) -> impl Iterator<Item = &Cluster> {
        self.clusters.iter().map(|(cluster, _)| cluster).chain(&self.accounts)
    }
}

/// Asks whom AWS takes us for around a cluster. One without an account, or without credentials for it, has nobody to
/// tell; what else keeps AWS from telling is told wherever AWS is asked for more.
async fn whoami(cluster: Cluster, replies: mpsc::Sender<Reply>) {
    let told = async { cluster.account("").await?.caller_arn().await };
    if let Ok(arn) = told.await {
        let _ = replies.send(Reply::Caller(cluster.session(), arn.into())).await;
    }
}
