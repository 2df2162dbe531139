//! What is known of a session: who, where, and how fresh.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::model::{Clean, ClusterId, Health, Identity, Kind, SessionId};

/// A session as the clusters pane shows it.
#[derive(Debug)]
pub struct ClusterState {
    /// The session.
    pub session: SessionId,
    /// The name that the responder knows it by: a context, or an EKS cluster's name.
    pub label: Clean,
    /// AWS account id, empty where unknown.
    pub account: Clean,
    /// AWS Region, empty where unknown.
    pub region: Clean,
    /// What else the same cluster is known as: its EKS name, other contexts that lead to it.
    pub known_as: Vec<KnownAs>,
    /// Which cluster it is and as whom we are there, once the server has said so.
    pub identity: Option<Identity>,
    /// Whom AWS takes us for in its account (`sts:GetCallerIdentity`): an ARN, empty where it has not said so.
    pub caller: Clean,
    /// The connection as a whole.
    pub health: Health,
    /// When the server last answered.
    pub heard: Option<Instant>,
    /// The watches that were asked for.
    pub watches: BTreeMap<Kind, WatchState>,
}

/// A name of a cluster, and where it is said to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownAs {
    /// The name.
    pub name: Clean,
    /// AWS account id, empty where unknown.
    pub account: Clean,
    /// AWS Region, empty where unknown.
    pub region: Clean,
}

/// The state of one kind's watch.
#[derive(Debug)]
pub struct WatchState {
    /// What it is doing.
    pub health: Health,
    /// When the kind's data were last confirmed: an event, a bookmark, or the end of a list.
    pub heard: Option<Instant>,
    /// Whether a whole list has ever arrived.
    pub listed: bool,
    /// Objects that could not be read.
    pub unreadable: usize,
}

/// How fresh data are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Nothing has arrived yet.
    Nothing,
    /// Confirmed so long ago, and being kept up to date.
    Fresh(Duration),
    /// Confirmed so long ago, and nobody knows what has happened since.
    Stale(Duration),
}

/// Silence after which a cluster's data are called stale. The server is asked
/// every five seconds and given three to answer.
const SILENCE: Duration = Duration::from_secs(10);

impl ClusterState {
    /// A session that nothing is known of yet.
    pub fn new(session: SessionId, label: Clean, account: Clean, region: Clean) -> Self {
        Self {
            session,
            label,
            account,
            region,
            known_as: Vec::new(),
            identity: None,
            caller: Clean::default(),
            health: Health::Connecting,
            heard: None,
            watches: BTreeMap::new(),
        }
    }

    /// The same session, known by another name too. What a context does not tell of its cluster, EKS does.
    pub fn also_known(&mut self, known: KnownAs) {
        let own = known.name == self.label && known.account == self.account && known.region == self.region;
        if self.account.is_empty() {
            self.account = known.account.clone();
        }
        if self.region.is_empty() {
            self.region = known.region.clone();
        }
        if !own && !known.name.is_empty() && !self.known_as.contains(&known) {
            self.known_as.push(known);
        }
    }

    /// The cluster behind the session, once known.
    pub fn id(&self) -> Option<ClusterId> {
        self.identity.as_ref().map(|identity| identity.cluster)
    }

    /// How fresh the cluster's data are, as a whole.
    pub fn freshness(&self, now: Instant) -> Freshness {
        let Some(heard) = self.heard else { return Freshness::Nothing };
        let age = now.saturating_duration_since(heard);
        let answers = matches!(self.health, Health::Live | Health::Forbidden(_));
        if age > SILENCE || !answers { Freshness::Stale(age) } else { Freshness::Fresh(age) }
    }

    /// How fresh the data of one kind are: as fresh as the cluster while the
    /// kind's watch is open, and as old as its last news when it is not.
    pub fn freshness_of(&self, kind: Kind, now: Instant) -> Freshness {
        let Some(watch) = self.watches.get(&kind) else { return Freshness::Nothing };
        let Some(heard) = watch.heard else { return Freshness::Nothing };
        if watch.health.is_live() {
            return self.freshness(now);
        }
        Freshness::Stale(now.saturating_duration_since(heard))
    }

    /// The state of a kind's watch, made if there is none.
    pub(super) fn watch(&mut self, kind: Kind) -> &mut WatchState {
        self.watches.entry(kind).or_insert(WatchState {
            health: Health::Connecting,
            heard: None,
            listed: false,
            unreadable: 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_makes_data_stale_without_emptying_them() {
        let start = Instant::now();
        let mut cluster = ClusterState::new(SessionId(0), "shop".into(), Clean::default(), Clean::default());
        assert_eq!(cluster.freshness(start), Freshness::Nothing);
        cluster.heard = Some(start);
        cluster.health = Health::Live;
        assert_eq!(cluster.freshness(start + SILENCE), Freshness::Fresh(SILENCE));
        let later = SILENCE + Duration::from_secs(1);
        assert_eq!(cluster.freshness(start + later), Freshness::Stale(later));
    }

    #[test]
    fn a_forbidden_kind_does_not_borrow_the_cluster_s_freshness() {
        let start = Instant::now();
        let mut cluster = ClusterState::new(SessionId(0), "shop".into(), Clean::default(), Clean::default());
        cluster.heard = Some(start);
        cluster.health = Health::Live;
        let watch = cluster.watch(Kind::Pod);
        watch.heard = Some(start);
        watch.health = Health::Forbidden("pods is forbidden".into());
        assert_eq!(cluster.freshness_of(Kind::Pod, start), Freshness::Stale(Duration::ZERO));
        assert_eq!(cluster.freshness_of(Kind::Node, start), Freshness::Nothing);
    }
}
