//! What rules look at.

use std::collections::BTreeMap;

use super::Exec;
use crate::inventory::{Inventory, Pod};
use crate::model::facts::Owner;
use crate::model::{Clean, Kind, SessionId};
use crate::rbac::Rights;

/// All that is known, at one moment.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// Rows of every session.
    pub inventory: &'a Inventory,
    /// Bindings and roles, of the sessions on which they were read.
    pub rights: &'a BTreeMap<SessionId, Rights>,
    /// Who ran commands in pods, where an audit log was given, with the session of its cluster.
    pub execs: &'a [(SessionId, Exec)],
    /// The places of the pods that are looked at now, where it is not all of them.
    pub part: Option<(usize, usize)>,
}

impl<'a> World<'a> {
    /// All of it at once.
    pub const fn whole(
        inventory: &'a Inventory,
        rights: &'a BTreeMap<SessionId, Rights>,
        execs: &'a [(SessionId, Exec)],
    ) -> Self {
        Self { inventory, rights, execs, part: None }
    }

    /// The pods that are there, of the part that is looked at.
    pub fn pods(&self) -> impl Iterator<Item = Pod<'a>> + use<'a> {
        let pods = self.inventory.pods();
        let (from, to) = self.part.unwrap_or((0, pods.places()));
        pods.part(from, to).filter(|pod| pod.gone().is_none())
    }
}

/// Whether a pod is one of those that run on every node and are expected to have it in their hands. An intruder
/// may hide among them, so that they are shown, but below what is seen elsewhere.
pub fn is_node_agent(pod: Pod<'_>) -> bool {
    let by_node = |owner: &Owner| owner.kind == Kind::DaemonSet.name() || owner.kind == Kind::Node.name();
    *pod.namespace() == *"kube-system" && pod.owner().is_some_and(by_node)
}

/// Names as a list in a sentence, once each.
pub fn joined<'a>(names: impl IntoIterator<Item = &'a Clean>) -> String {
    let mut different: Vec<&str> = Vec::new();
    for name in names {
        if !different.contains(&name.as_str()) {
            different.push(name);
        }
    }
    different.join(", ")
}
