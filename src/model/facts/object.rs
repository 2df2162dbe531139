//! What is kept of objects that are neither pods nor nodes.

use std::net::IpAddr;

use super::super::{Clean, Kind, Uid};
use super::Meta;

/// An object of any other listed kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectFacts {
    /// Its kind; `shape` agrees with it.
    pub kind: Kind,
    /// What every object has.
    pub meta: Meta,
    /// What is particular to its kind.
    pub shape: Shape,
}

/// What is particular to a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A namespace.
    Namespace {
        /// `Active` or `Terminating`.
        phase: Clean,
    },
    /// A service.
    Service {
        /// `ClusterIP`, `NodePort`, `LoadBalancer`, `ExternalName`.
        service_type: Clean,
        /// Cluster addresses; none for a headless service.
        cluster_ips: Vec<IpAddr>,
        /// Addresses or host names that it is reached by from outside.
        external: Vec<Clean>,
        /// Selector, sorted by key; empty where the endpoints are kept by hand.
        selector: Vec<(Clean, Clean)>,
        /// Ports.
        ports: Vec<ServicePort>,
    },
    /// A slice of a service's endpoints.
    EndpointSlice {
        /// The service, from `kubernetes.io/service-name`.
        service: Clean,
        /// The endpoints.
        endpoints: Vec<Endpoint>,
    },
    /// A Deployment, ReplicaSet, StatefulSet or DaemonSet.
    Workload {
        /// Replicas asked for (DaemonSet: nodes that should run it).
        desired: u32,
        /// Replicas that are ready.
        ready: u32,
        /// Whether rollouts are paused.
        paused: bool,
        /// Images of the template's containers.
        images: Vec<Clean>,
        /// Service account of the template.
        service_account: Clean,
    },
    /// A Job.
    Job {
        /// Pods running.
        active: u32,
        /// Pods that succeeded.
        succeeded: u32,
        /// Pods that failed.
        failed: u32,
        /// Whether it is suspended.
        suspended: bool,
    },
    /// A CronJob.
    CronJob {
        /// Its schedule in cron's notation.
        schedule: Clean,
        /// Whether it is suspended.
        suspended: bool,
        /// Jobs running.
        active: u32,
    },
    /// A service account.
    ServiceAccount {
        /// IAM role for service accounts (`eks.amazonaws.com/role-arn`), empty without one.
        role_arn: Clean,
        /// Whether tokens are mounted unless a pod says otherwise.
        automount: bool,
    },
    /// A network policy.
    NetworkPolicy {
        /// The pod selector as `kubectl` prints it; `<all>` for an empty one.
        selector: Clean,
        /// Whether it governs what comes in.
        ingress: bool,
        /// Whether it governs what goes out.
        egress: bool,
    },
    /// A disruption budget.
    DisruptionBudget {
        /// `spec.minAvailable`, empty where it is not set.
        min_available: Clean,
        /// `spec.maxUnavailable`, empty where it is not set.
        max_unavailable: Clean,
        /// Evictions allowed now.
        allowed: u32,
    },
    /// A RoleBinding or ClusterRoleBinding.
    Binding {
        /// The role: `ClusterRole/view`.
        role: Clean,
        /// Who is bound: `User:alice`, `Group:devs`, `ServiceAccount:shop/web`.
        subjects: Vec<Clean>,
    },
}

/// A port of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicePort {
    /// Its name, often empty.
    pub name: Clean,
    /// Port of the service.
    pub port: u16,
    /// `TCP`, `UDP` or `SCTP`.
    pub protocol: Clean,
}

/// One endpoint of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
    /// The pod behind it, where it is one.
    pub pod: Option<Uid>,
    /// Whether it takes traffic.
    pub ready: bool,
}
