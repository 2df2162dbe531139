//! The clusters of a command: opened together, each failing by itself.

mod failures;
mod ways;

use std::time::{Duration, Instant};

use color_eyre::eyre::Result;
use tokio::sync::mpsc;

use crate::findings::Reach;
use crate::inventory::{ClusterState, Inventory, Now};
use crate::kubernetes::{Cluster, ReadOnly, Watches};
use crate::model::{Clean, Kind, SessionId, Update};

use super::Startup;
pub use ways::{Which, accounts, find, places};

/// News that may wait to be applied before watches wait for us.
const BACKLOG: usize = 256;

/// How long a list that is complete waits for its cluster to say who it is.
const IDENTIFYING: Duration = Duration::from_secs(2);

/// The clusters that a command speaks to, and what is known of them.
pub struct Fleet {
    /// What is known.
    pub inventory: Inventory,
    members: Vec<Member>,
    news: mpsc::Receiver<Update>,
    kinds: Vec<Kind>,
    unopened: Vec<(Clean, Clean)>,
}

struct Member {
    cluster: Cluster,
    watches: Watches,
}

impl Fleet {
    /// Opens the clusters that were asked for. Nothing is listed yet.
    pub async fn open(startup: &Startup, which: Which) -> Result<Self> {
        let latch = if startup.read_only() { ReadOnly::closed() } else { ReadOnly::open() };
        let ways = ways::find(startup, which, &latch).await?;
        let (sender, news) = mpsc::channel(BACKLOG);
        let mut fleet =
            Self { inventory: Inventory::new(), members: Vec::new(), news, kinds: Vec::new(), unopened: ways.failed };
        for (number, entry) in (0..).zip(ways.found) {
            let session = SessionId(number);
            let name = entry.name.clone();
            let (account, region) = (entry.account().cloned(), entry.region().cloned());
            match Cluster::new(session, entry, latch.clone(), super::USER_AGENT) {
                Ok(cluster) => {
                    let state =
                        ClusterState::new(session, name, account.unwrap_or_default(), region.unwrap_or_default());
                    fleet.inventory.open(state);
                    let watches = Watches::start(cluster.clone(), &[], sender.clone());
                    fleet.members.push(Member { cluster, watches });
                }
                Err(error) => fleet.unopened.push((name, error.to_string().into())),
            }
        }
        Ok(fleet)
    }

    /// Watches these kinds from now on, and returns once every cluster has listed
    /// them or has failed, or the patience is at an end.
    pub async fn gather(&mut self, kinds: &[Kind], patience: Duration) {
        for kind in kinds {
            if !self.kinds.contains(kind) {
                self.kinds.push(*kind);
                self.members.iter().for_each(|member| member.watches.want(*kind));
            }
        }
        let until = Instant::now() + patience;
        let mut identified_by = None;
        loop {
            let clusters = self.inventory.clusters();
            let known = |cluster: &ClusterState| cluster.identity.is_some() || failures::why(cluster).is_some();
            let deadline = if clusters.iter().all(|cluster| failures::has_answered(cluster, kinds)) {
                if clusters.iter().all(known) {
                    return;
                }
                *identified_by.get_or_insert_with(|| Instant::now() + IDENTIFYING)
            } else {
                until
            };
            match tokio::time::timeout_at(deadline.min(until).into(), self.news.recv()).await {
                Ok(Some(update)) => self.apply(update),
                Ok(None) | Err(_) => return,
            }
        }
    }

    /// Applies the next news. Never returns while there is none.
    pub async fn hear(&mut self) {
        match self.news.recv().await {
            Some(update) => self.apply(update),
            None => std::future::pending().await,
        }
    }

    /// The cluster of a session.
    pub fn cluster(&self, session: SessionId) -> Option<&Cluster> {
        self.members.iter().map(|member| &member.cluster).find(|cluster| cluster.session() == session)
    }

    /// The ways that are open, as findings know them.
    pub fn reaches(&self) -> Vec<Reach> {
        self.members.iter().map(|member| Reach::of(member.cluster.entry(), Some(member.cluster.session()))).collect()
    }

    /// Ways that led nowhere, and why.
    pub fn unopened(&self) -> impl Iterator<Item = &(Clean, Clean)> {
        self.unopened.iter()
    }

    /// URL of a session's API server.
    pub fn server(&self, session: SessionId) -> String {
        self.cluster(session).map(|cluster| cluster.entry().server().to_string()).unwrap_or_default()
    }

    /// Whether a session is the kubeconfig's current context.
    pub fn is_current(&self, session: SessionId) -> bool {
        self.cluster(session).is_some_and(|cluster| cluster.entry().current)
    }

    fn apply(&mut self, update: Update) {
        self.inventory.apply(update, Now::read());
        while let Ok(more) = self.news.try_recv() {
            self.inventory.apply(more, Now::read());
        }
    }
}
