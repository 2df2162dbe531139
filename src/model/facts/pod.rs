//! What is kept of a pod.

use std::net::IpAddr;

use super::super::{Clean, Security};
use super::{Given, Meta};

/// A pod as rows, selections and the scope need it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodFacts {
    /// What every object has. The owner is the direct one, often a ReplicaSet.
    pub meta: Meta,
    /// The service account that its containers may speak as.
    pub service_account: Clean,
    /// The node that it is bound to, empty while it is pending.
    pub node: Clean,
    /// Its addresses, the first one first.
    pub ips: Vec<IpAddr>,
    /// The address of its node, as the pod's status tells.
    pub host_ip: Option<IpAddr>,
    /// What `kubectl get pods` shows under STATUS: `Running`, `CrashLoopBackOff`, `Terminating`.
    pub status: Clean,
    /// Containers that are ready, of those that `kubectl` counts.
    pub ready: u16,
    /// Restarts of all containers.
    pub restarts: u32,
    /// Main, init and ephemeral containers, in the order of the specification.
    pub containers: Vec<ContainerFacts>,
    /// What its specification gives it.
    pub security: Security,
    /// What it hands to its containers.
    pub given: Given,
}

/// A container of a pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ContainerFacts {
    /// Its name.
    pub name: Clean,
    /// The image as the specification writes it.
    pub image: Clean,
    /// The image ID as the runtime reported it (with the digest), empty until it has.
    pub image_id: Clean,
    /// Main, init or ephemeral.
    pub role: ContainerRole,
}

/// Where in the specification a container stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ContainerRole {
    /// `spec.containers`
    #[default]
    Main,
    /// `spec.initContainers`
    Init,
    /// An init container that runs beside the main ones (`restartPolicy: Always`); `kubectl` counts it under READY.
    Sidecar,
    /// `spec.ephemeralContainers`: somebody's debugging session, or somebody's way in.
    Ephemeral,
}
