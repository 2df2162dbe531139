//! One pod in about a quarter of a kilobyte.

use std::net::IpAddr;

use crate::model::facts::{ContainerFacts, Given, Owner};
use crate::model::{Clean, Security, SessionId, Uid};

use super::super::pool::Id;

/// What pods of the same template have in common.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Template {
    /// Main, init and ephemeral containers.
    pub containers: Box<[ContainerFacts]>,
    /// The service account that they may speak as.
    pub service_account: Clean,
    /// What the containers are given.
    pub given: Given,
}

/// Labels, sorted by key.
pub type Labels = Box<[(Clean, Clean)]>;

/// A pod as the slab keeps it. What many pods share is a place in a pool.
#[derive(Debug)]
pub struct PodRow {
    pub(in crate::inventory) uid: Uid,
    pub(in crate::inventory) name: Clean,
    pub(in crate::inventory) namespace: Id<Clean>,
    pub(in crate::inventory) node: Id<Clean>,
    pub(in crate::inventory) status: Id<Clean>,
    pub(in crate::inventory) template: Id<Template>,
    pub(in crate::inventory) labels: Id<Labels>,
    pub(in crate::inventory) owner: Option<Id<Owner>>,
    pub(in crate::inventory) ips: Ips,
    pub(in crate::inventory) created: i64,
    pub(in crate::inventory) gone: Option<i64>,
    pub(in crate::inventory) restarts: u32,
    pub(in crate::inventory) stamp: u32,
    pub(in crate::inventory) session: SessionId,
    pub(in crate::inventory) ready: u16,
    pub(in crate::inventory) security: Security,
    pub(in crate::inventory) hid_something: bool,
    pub(in crate::inventory) seen: bool,
}

impl PodRow {
    /// Whether some order or selection would put a later state of the same pod in another place.
    pub(super) fn stands_elsewhere(&self, later: &Self) -> bool {
        self.gone != later.gone
            || self.status != later.status
            || self.node != later.node
            || self.labels != later.labels
            || self.template != later.template
            || self.ready != later.ready
            || self.restarts != later.restarts
            || self.ips != later.ips
    }
}

/// A pod's addresses: nearly always one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ips {
    /// None yet.
    None,
    /// The usual case.
    One(IpAddr),
    /// Dual stack.
    Many(Box<[IpAddr]>),
}

impl Ips {
    pub(super) fn new(ips: &[IpAddr]) -> Self {
        match ips {
            [] => Self::None,
            [one] => Self::One(*one),
            many => Self::Many(many.into()),
        }
    }

    /// The addresses, the first one first.
    pub fn as_slice(&self) -> &[IpAddr] {
        match self {
            Self::None => &[],
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}
