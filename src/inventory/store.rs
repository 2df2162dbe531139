//! The inventory itself.

use std::collections::BTreeMap;
use std::time::Instant;

use crate::model::facts::{Facts, NodeFacts, ObjectFacts};
use crate::model::{Clean, ClusterId, Health, Kind, News, SessionId, Update};

use super::cluster::{ClusterState, KnownAs};
use super::pods::{Placed, Pods};
use super::table::Table;

/// The moment at which something is applied or drawn.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// For ages of what happened here.
    pub instant: Instant,
    /// For ages of what a server dated, in seconds since 1970.
    pub unix: i64,
}

impl Now {
    /// The present.
    pub fn read() -> Self {
        Self { instant: Instant::now(), unix: jiff::Timestamp::now().as_second() }
    }
}

/// Everything that is known of every session.
#[derive(Debug, Default)]
pub struct Inventory {
    clusters: Vec<ClusterState>,
    pods: Pods,
    nodes: Table<NodeFacts>,
    objects: BTreeMap<Kind, Table<ObjectFacts>>,
    stamp: u32,
    changed: u32,
    orders: BTreeMap<Kind, u32>,
    members: BTreeMap<Kind, u32>,
}

impl Inventory {
    /// An inventory that knows of no session.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes a session known, before anything is heard of it.
    pub fn open(&mut self, cluster: ClusterState) {
        self.clusters.push(cluster);
    }

    /// Forgets a session and every row of it.
    pub fn close(&mut self, session: SessionId) {
        self.clusters.retain(|cluster| cluster.session != session);
        self.pods.forget_session(session);
        self.nodes.forget_session(session);
        self.objects.values_mut().for_each(|table| table.forget_session(session));
        Kind::ALL.into_iter().for_each(|kind| self.joined(kind));
    }

    /// Applies news. Returns the kind of row that changed, if any did.
    pub fn apply(&mut self, update: Update, now: Now) -> Option<Kind> {
        let Update { session, news } = update;
        self.stamp = self.stamp.wrapping_add(1);
        let stamp = self.stamp;
        self.note(session, &news, now);
        match news {
            News::Facts(kind, facts) => {
                self.changed = self.changed.wrapping_add(1);
                let placed = facts.into_iter().map(|facts| self.put(session, facts, stamp)).max();
                match placed {
                    Some(Placed::New) => self.joined(kind),
                    Some(Placed::Moved) => self.moved(kind),
                    Some(Placed::Same) | None => {}
                }
                Some(kind)
            }
            News::Gone(kind, uids) => {
                for uid in uids {
                    match kind {
                        Kind::Pod => self.pods.remove(session, uid, now.unix, stamp),
                        Kind::Node => self.nodes.remove(session, uid),
                        _ => self.objects.entry(kind).or_default().remove(session, uid),
                    };
                }
                self.joined(kind);
                Some(kind)
            }
            News::Relist(kind) => {
                match kind {
                    Kind::Pod => self.pods.begin_list(session),
                    Kind::Node => self.nodes.begin_list(session),
                    _ => self.objects.entry(kind).or_default().begin_list(session),
                }
                None
            }
            News::Listed(kind) => {
                match kind {
                    Kind::Pod => {
                        self.pods.end_list(session, now.unix, stamp);
                    }
                    Kind::Node => self.nodes.end_list(session),
                    _ => self.objects.entry(kind).or_default().end_list(session),
                }
                self.joined(kind);
                Some(kind)
            }
            News::Identified(_) | News::Cluster(_) | News::Heard(_) | News::Watch(..) | News::Unreadable(..) => None,
        }
    }

    /// Forgets pods that have been gone for a day.
    pub fn expire(&mut self, now: Now) {
        let before = self.pods.gone();
        self.pods.expire(now.unix);
        if self.pods.gone() != before {
            self.joined(Kind::Pod);
        }
    }

    /// All sessions, in the order in which they were opened.
    pub fn clusters(&self) -> &[ClusterState] {
        &self.clusters
    }

    /// One session.
    pub fn cluster(&self, session: SessionId) -> Option<&ClusterState> {
        self.clusters.iter().find(|cluster| cluster.session == session)
    }

    /// Notes that a session's cluster is known by another name too.
    pub fn also_known(&mut self, session: SessionId, known: KnownAs) {
        if let Some(cluster) = self.clusters.iter_mut().find(|cluster| cluster.session == session) {
            cluster.also_known(known);
        }
    }

    /// Notes whom AWS takes us for around a session's cluster.
    pub fn known_to_aws(&mut self, session: SessionId, arn: Clean) {
        if let Some(cluster) = self.clusters.iter_mut().find(|cluster| cluster.session == session) {
            cluster.caller = arn;
        }
    }

    /// The session that leads to a cluster, the one opened first where several do.
    pub fn session_of(&self, id: ClusterId) -> Option<SessionId> {
        self.clusters.iter().find(|cluster| cluster.id() == Some(id)).map(|cluster| cluster.session)
    }

    /// Pods of all sessions.
    pub const fn pods(&self) -> &Pods {
        &self.pods
    }

    /// Nodes of all sessions.
    pub const fn nodes(&self) -> &Table<NodeFacts> {
        &self.nodes
    }

    /// The EC2 instances of a session's nodes.
    pub fn instances_of(&self, session: SessionId) -> Vec<Clean> {
        let own = self.nodes.iter().filter(|(_, row)| row.session == session);
        own.map(|(_, row)| row.facts.instance_id.clone()).filter(|id| !id.is_empty()).collect()
    }

    /// Objects of any other kind, of all sessions.
    pub fn objects(&self, kind: Kind) -> &Table<ObjectFacts> {
        static EMPTY: std::sync::LazyLock<Table<ObjectFacts>> = std::sync::LazyLock::new(Table::default);
        self.objects.get(&kind).unwrap_or(&EMPTY)
    }

    /// A number that changes whenever rows of a kind came, went, or may stand in another order.
    pub fn order_of(&self, kind: Kind) -> u32 {
        self.orders.get(&kind).copied().unwrap_or(0)
    }

    /// A number that changes whenever rows of a kind came or went.
    pub fn members_of(&self, kind: Kind) -> u32 {
        self.members.get(&kind).copied().unwrap_or(0)
    }

    /// The number of updates applied; rows carry the number at which they last changed.
    pub const fn stamp(&self) -> u32 {
        self.stamp
    }

    /// A number that changes whenever anything about any row does.
    pub const fn changed(&self) -> u32 {
        self.changed
    }

    fn put(&mut self, session: SessionId, facts: Facts, stamp: u32) -> Placed {
        match facts {
            Facts::Pod(pod) => self.pods.put(session, *pod, stamp),
            Facts::Node(node) => {
                self.nodes.put(session, *node, stamp);
                Placed::New
            }
            Facts::Object(object) => {
                self.objects.entry(object.kind).or_default().put(session, *object, stamp);
                Placed::New
            }
        }
    }

    /// Rows came or went.
    fn joined(&mut self, kind: Kind) {
        self.changed = self.changed.wrapping_add(1);
        let members = self.members.entry(kind).or_default();
        *members = members.wrapping_add(1);
        self.moved(kind);
    }

    fn moved(&mut self, kind: Kind) {
        let order = self.orders.entry(kind).or_default();
        *order = order.wrapping_add(1);
    }

    fn note(&mut self, session: SessionId, news: &News, now: Now) {
        let Some(cluster) = self.clusters.iter_mut().find(|cluster| cluster.session == session) else { return };
        match news {
            News::Identified(identity) => cluster.identity = Some(identity.clone()),
            News::Cluster(health) => {
                if matches!(health, Health::Live | Health::Forbidden(_) | Health::Throttled(_)) {
                    cluster.heard = Some(now.instant);
                }
                cluster.health = health.clone();
            }
            News::Watch(kind, health) => {
                if health.is_live() {
                    cluster.watch(*kind).heard = Some(now.instant);
                }
                cluster.watch(*kind).health = health.clone();
            }
            News::Heard(kind) | News::Facts(kind, _) | News::Gone(kind, _) => {
                cluster.watch(*kind).heard = Some(now.instant);
            }
            News::Listed(kind) => {
                let watch = cluster.watch(*kind);
                watch.heard = Some(now.instant);
                watch.listed = true;
                watch.health = Health::Live;
            }
            News::Relist(kind) => cluster.watch(*kind).unreadable = 0,
            News::Unreadable(kind, more) => cluster.watch(*kind).unreadable += more,
        }
    }
}

impl ClusterState {
    /// A name for people: the label, and the Region where it tells two apart.
    pub fn title(&self) -> Clean {
        if self.region.is_empty() || self.label.contains(self.region.as_str()) {
            self.label.clone()
        } else {
            format!("{} {}", self.label, self.region).into()
        }
    }
}
