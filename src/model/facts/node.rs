//! What is kept of a node.

use std::net::IpAddr;

use super::super::Clean;
use super::Meta;

/// A node as rows and selections need it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeFacts {
    /// What every object has.
    pub meta: Meta,
    /// EC2 instance id, from the last part of `aws:///ZONE/i-…`; empty where there is none.
    pub instance_id: Clean,
    /// `spec.providerID` as it stands.
    pub provider_id: Clean,
    /// `topology.kubernetes.io/zone`
    pub zone: Clean,
    /// `node.kubernetes.io/instance-type`
    pub instance_type: Clean,
    /// What runs the node.
    pub kind: NodeKind,
    /// Node group, node pool or Fargate profile, empty where unknown.
    pub group: Clean,
    /// `status.nodeInfo.osImage`
    pub os_image: Clean,
    /// `status.nodeInfo.kernelVersion`
    pub kernel: Clean,
    /// `status.nodeInfo.containerRuntimeVersion`: `containerd://2.0.5`.
    pub runtime: Clean,
    /// `status.nodeInfo.kubeletVersion`
    pub kubelet: Clean,
    /// `status.nodeInfo.architecture`
    pub architecture: Clean,
    /// The internal address.
    pub internal_ip: Option<IpAddr>,
    /// Whether the scheduler passes it by (cordoned).
    pub unschedulable: bool,
    /// Taints.
    pub taints: Vec<Taint>,
    /// What its condition `Ready` says.
    pub ready: Readiness,
    /// Names of the other conditions that are true: `MemoryPressure`, `DiskPressure`.
    pub troubles: Vec<Clean>,
}

/// What the condition `Ready` of a node says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Readiness {
    /// `True`.
    Ready,
    /// `False`.
    NotReady,
    /// `Unknown`: its kubelet has been silent for longer than the cluster waits
    /// (`--node-monitor-grace-period`, 50 s unless told otherwise).
    Silent,
    /// There is no such condition, as on a node that never reported.
    #[default]
    Unsaid,
}

impl Readiness {
    /// Yes or no, where the node says either.
    pub const fn known(self) -> Option<bool> {
        match self {
            Self::Ready => Some(true),
            Self::NotReady => Some(false),
            Self::Silent | Self::Unsaid => None,
        }
    }
}

/// Who runs a node: it decides what can be captured from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum NodeKind {
    /// A managed node group (`eks.amazonaws.com/nodegroup`).
    Managed,
    /// An EC2 instance that somebody else joined to the cluster.
    #[default]
    SelfManaged,
    /// A Fargate pod's own node: no SSM, no host, no EBS.
    Fargate,
    /// EKS Auto Mode (`eks.amazonaws.com/compute-type: auto`): no SSM, no shell.
    Auto,
    /// An EKS hybrid node (`eks.amazonaws.com/compute-type: hybrid`): not an EC2 instance.
    Hybrid,
    /// Not an EKS node at all (no AWS provider id).
    Other,
}

impl NodeKind {
    /// The kind in a word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Managed => "managed",
            Self::SelfManaged => "self-managed",
            Self::Fargate => "fargate",
            Self::Auto => "auto",
            Self::Hybrid => "hybrid",
            Self::Other => "other",
        }
    }
}

/// A taint of a node.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Taint {
    /// Key.
    pub key: Clean,
    /// Value, often empty.
    pub value: Clean,
    /// `NoSchedule`, `PreferNoSchedule` or `NoExecute`.
    pub effect: Clean,
}
