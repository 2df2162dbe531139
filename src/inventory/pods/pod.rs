//! A pod read through the pools that its row points into.

use std::net::IpAddr;

use crate::model::facts::{ContainerFacts, Given, Owner};
use crate::model::{Clean, Kind, Security, SessionId, Uid};

use super::row::{Labels, PodRow, Template};
use super::table::Pods;

/// A pod of the inventory.
#[derive(Clone, Copy)]
pub struct Pod<'a> {
    pub(in crate::inventory) row: &'a PodRow,
    pub(super) pods: &'a Pods,
}

static NOTHING: std::sync::LazyLock<Clean> = std::sync::LazyLock::new(Clean::default);
static GIVEN_NOTHING: std::sync::LazyLock<Given> = std::sync::LazyLock::new(Given::default);

impl<'a> Pod<'a> {
    /// Identity.
    pub const fn uid(&self) -> Uid {
        self.row.uid
    }

    /// The session that it was seen on.
    pub const fn session(&self) -> SessionId {
        self.row.session
    }

    /// Name.
    pub const fn name(&self) -> &'a Clean {
        &self.row.name
    }

    /// Namespace.
    pub fn namespace(&self) -> &'a Clean {
        self.pods.words.get(self.row.namespace).unwrap_or(&NOTHING)
    }

    /// The node that it is bound to, empty while it is pending.
    pub fn node(&self) -> &'a Clean {
        self.pods.words.get(self.row.node).unwrap_or(&NOTHING)
    }

    /// What `kubectl get pods` shows under STATUS.
    pub fn status(&self) -> &'a Clean {
        self.pods.words.get(self.row.status).unwrap_or(&NOTHING)
    }

    /// Its service account.
    pub fn service_account(&self) -> &'a Clean {
        self.template().map_or(&NOTHING, |template| &template.service_account)
    }

    /// What its containers are given.
    pub fn given(&self) -> &'a Given {
        self.template().map_or(&GIVEN_NOTHING, |template| &template.given)
    }

    /// Its containers, in the order of the specification.
    pub fn containers(&self) -> &'a [ContainerFacts] {
        self.template().map_or(&[], |template| &template.containers)
    }

    /// A number that those pods have in common whose containers, account and what they are given are the same: what is
    /// asked of all three is answered once for all of them.
    pub const fn template_number(&self) -> u32 {
        self.row.template.number()
    }

    /// Its labels, sorted by key.
    pub fn labels(&self) -> &'a [(Clean, Clean)] {
        self.pods.labels.get(self.row.labels).map_or(&[], |labels: &Labels| labels)
    }

    /// The owner that controls it.
    pub fn owner(&self) -> Option<&'a Owner> {
        self.row.owner.and_then(|owner| self.pods.owners.get(owner))
    }

    /// The workload as people name it. A ReplicaSet whose name is a Deployment's
    /// followed by the pod's `pod-template-hash` belongs to that Deployment: the
    /// Deployment controller names them so.
    pub fn workload(&self) -> Option<(Clean, Clean)> {
        let owner = self.owner()?;
        if owner.kind == Kind::ReplicaSet.name() {
            let hash = self.labels().iter().find(|(key, _)| *key == "pod-template-hash");
            let name = hash.and_then(|(_, hash)| owner.name.strip_suffix(hash.as_str())?.strip_suffix('-'));
            if let Some(name) = name {
                return Some((Kind::Deployment.name().into(), name.into()));
            }
        }
        Some((owner.kind.clone(), owner.name.clone()))
    }

    /// Its addresses.
    pub fn ips(&self) -> &'a [IpAddr] {
        self.row.ips.as_slice()
    }

    /// When it was created, in seconds since 1970.
    pub const fn created(&self) -> i64 {
        self.row.created
    }

    /// When it was noticed to be gone, in seconds since 1970.
    pub const fn gone(&self) -> Option<i64> {
        self.row.gone
    }

    /// Restarts of all containers.
    pub const fn restarts(&self) -> u32 {
        self.row.restarts
    }

    /// Containers that are ready.
    pub const fn ready(&self) -> u16 {
        self.row.ready
    }

    /// What its specification gives it.
    pub const fn security(&self) -> Security {
        self.row.security
    }

    /// Whether a text of it hid something from the eye.
    pub fn hid_something(&self) -> bool {
        self.row.hid_something
            || self.row.name.hid_something()
            || self
                .containers()
                .iter()
                .any(|container| container.image.hid_something() || container.name.hid_something())
    }

    /// The tick of the inventory at which it last changed.
    pub const fn stamp(&self) -> u32 {
        self.row.stamp
    }

    fn template(&self) -> Option<&'a Template> {
        self.pods.templates.get(self.row.template)
    }
}
