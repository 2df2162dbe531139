//! Any row of any kind.

use crate::model::facts::{Meta, NodeFacts, ObjectFacts};
use crate::model::{Clean, Kind, SessionId, Target, Uid};

use super::pods::{Pod, PodSlot};
use super::store::Inventory;
use super::table::Slot;

/// The identity of a row for as long as the process runs: it follows its
/// object through sorting, filtering and lists, and never stands for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowId {
    /// The session that the object was seen on.
    pub session: SessionId,
    /// Its kind.
    pub kind: Kind,
    /// Its identity.
    pub uid: Uid,
}

/// A row as it stands now.
#[derive(Clone, Copy)]
pub enum Row<'a> {
    /// A pod.
    Pod(Pod<'a>),
    /// A node.
    Node(SessionId, &'a NodeFacts),
    /// Any other object.
    Object(SessionId, &'a ObjectFacts),
}

impl<'a> Row<'a> {
    /// The row's identity.
    pub fn id(&self) -> RowId {
        let (session, kind, uid) = match self {
            Self::Pod(pod) => (pod.session(), Kind::Pod, pod.uid()),
            Self::Node(session, node) => (*session, Kind::Node, node.meta.uid),
            Self::Object(session, object) => (*session, object.kind, object.meta.uid),
        };
        RowId { session, kind, uid }
    }

    /// The object's name.
    pub fn name(&self) -> &'a Clean {
        match self {
            Self::Pod(pod) => pod.name(),
            Self::Node(_, node) => &node.meta.name,
            Self::Object(_, object) => &object.meta.name,
        }
    }

    /// The object's namespace, empty for kinds without one.
    pub fn namespace(&self) -> &'a Clean {
        match self {
            Self::Pod(pod) => pod.namespace(),
            Self::Node(_, node) => &node.meta.namespace,
            Self::Object(_, object) => &object.meta.namespace,
        }
    }

    /// When the object was created, in seconds since 1970.
    pub fn created(&self) -> i64 {
        match self {
            Self::Pod(pod) => pod.created(),
            Self::Node(_, node) => node.meta.created,
            Self::Object(_, object) => object.meta.created,
        }
    }

    /// The object's labels.
    pub fn labels(&self) -> &'a [(Clean, Clean)] {
        match self {
            Self::Pod(pod) => pod.labels(),
            Self::Node(_, node) => &node.meta.labels,
            Self::Object(_, object) => &object.meta.labels,
        }
    }

    /// Whether a text of it hid something from the eye.
    pub fn hid_something(&self) -> bool {
        let of = |meta: &Meta| meta.hid_something || meta.name.hid_something();
        match self {
            Self::Pod(pod) => pod.hid_something(),
            Self::Node(_, node) => of(&node.meta),
            Self::Object(_, object) => of(&object.meta),
        }
    }

    /// The pod, if it is one.
    pub const fn pod(&self) -> Option<Pod<'a>> {
        match self {
            Self::Pod(pod) => Some(*pod),
            _ => None,
        }
    }
}

impl Inventory {
    /// The row of that identity, if the object is still known.
    pub fn row(&self, id: RowId) -> Option<Row<'_>> {
        match id.kind {
            Kind::Pod => {
                let slot = self.pods().find(id.session, id.uid)?;
                self.pods().get(slot).map(Row::Pod)
            }
            kind => self.row_at(kind, self.slot_of(id)?),
        }
    }

    /// What an action would be told of a row. Absent until the cluster is identified.
    pub fn target(&self, id: RowId) -> Option<Target> {
        let row = self.row(id)?;
        let namespace = row.namespace();
        Some(Target {
            cluster: self.cluster(id.session)?.id()?,
            kind: id.kind,
            namespace: (!namespace.is_empty()).then(|| namespace.clone()),
            name: row.name().clone(),
            uid: id.uid,
        })
    }

    /// The row that a target names, on the first session that leads to its cluster.
    pub fn row_of(&self, target: &Target) -> Option<RowId> {
        let id = RowId { session: self.session_of(target.cluster)?, kind: target.kind, uid: target.uid };
        self.row(id).map(|_| id)
    }

    /// Places of every row of a kind.
    pub(super) fn slots(&self, kind: Kind) -> Vec<Slot> {
        match kind {
            Kind::Pod => self.pods().iter().map(|(slot, _)| slot.0).collect(),
            Kind::Node => self.nodes().iter().map(|(slot, _)| slot).collect(),
            _ => self.objects(kind).iter().map(|(slot, _)| slot).collect(),
        }
    }

    /// The row at a place of a kind.
    pub(super) fn row_at(&self, kind: Kind, slot: Slot) -> Option<Row<'_>> {
        match kind {
            Kind::Pod => self.pods().get(PodSlot(slot)).map(Row::Pod),
            Kind::Node => self.nodes().get(slot).map(|row| Row::Node(row.session, &row.facts)),
            _ => self.objects(kind).get(slot).map(|row| Row::Object(row.session, &row.facts)),
        }
    }

    /// The place of a row.
    pub(super) fn slot_of(&self, id: RowId) -> Option<Slot> {
        match id.kind {
            Kind::Pod => self.pods().find(id.session, id.uid).map(|slot| slot.0),
            Kind::Node => self.nodes().find(id.session, id.uid),
            kind => self.objects(kind).find(id.session, id.uid),
        }
    }

    /// The tick at which the row at a place last changed.
    pub(super) fn stamp_at(&self, kind: Kind, slot: Slot) -> u32 {
        match kind {
            Kind::Pod => self.pods().get(PodSlot(slot)).map_or(0, |pod| pod.stamp()),
            Kind::Node => self.nodes().get(slot).map_or(0, |row| row.stamp),
            _ => self.objects(kind).get(slot).map_or(0, |row| row.stamp),
        }
    }
}
