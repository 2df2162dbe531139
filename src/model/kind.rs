//! The kinds of object that podmortem lists, and those that it acts on besides.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A kind of Kubernetes object, with what is needed to ask a server for it and
/// to write it the way `kubectl` does; or a kind of thing that only the account
/// around the cluster has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each variant is the Kubernetes kind of its name, where nothing else is said")]
pub enum Kind {
    Pod,
    Node,
    Namespace,
    Service,
    EndpointSlice,
    Deployment,
    ReplicaSet,
    StatefulSet,
    DaemonSet,
    Job,
    CronJob,
    ServiceAccount,
    NetworkPolicy,
    PodDisruptionBudget,
    RoleBinding,
    ClusterRoleBinding,
    /// A finding of a GuardDuty detector; its namespace is the detector's Region.
    Finding,
    /// The EKS cluster itself, as its account has it.
    Cluster,
}

impl Kind {
    /// Every kind of Kubernetes, in the order of the menus.
    pub const ALL: [Self; 16] = [
        Self::Pod,
        Self::Node,
        Self::Namespace,
        Self::Service,
        Self::EndpointSlice,
        Self::Deployment,
        Self::ReplicaSet,
        Self::StatefulSet,
        Self::DaemonSet,
        Self::Job,
        Self::CronJob,
        Self::ServiceAccount,
        Self::NetworkPolicy,
        Self::PodDisruptionBudget,
        Self::RoleBinding,
        Self::ClusterRoleBinding,
    ];

    /// The kinds that no API server has: they are of the account around the clusters.
    pub const OF_ACCOUNTS: [Self; 2] = [Self::Finding, Self::Cluster];

    /// The kinds that own pods, directly or through another of them.
    pub const WORKLOADS: [Self; 6] =
        [Self::Deployment, Self::StatefulSet, Self::DaemonSet, Self::ReplicaSet, Self::Job, Self::CronJob];

    /// Whether an API server has objects of this kind.
    pub const fn is_kubernetes(self) -> bool {
        !matches!(self, Self::Finding | Self::Cluster)
    }

    /// API group, empty for the core group and for what is none of Kubernetes.
    pub const fn group(self) -> &'static str {
        match self {
            Self::Pod | Self::Node | Self::Namespace | Self::Service | Self::ServiceAccount => "",
            Self::Finding | Self::Cluster => "",
            Self::EndpointSlice => "discovery.k8s.io",
            Self::Deployment | Self::ReplicaSet | Self::StatefulSet | Self::DaemonSet => "apps",
            Self::Job | Self::CronJob => "batch",
            Self::NetworkPolicy => "networking.k8s.io",
            Self::PodDisruptionBudget => "policy",
            Self::RoleBinding | Self::ClusterRoleBinding => "rbac.authorization.k8s.io",
        }
    }

    /// The kind's name as manifests write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pod => "Pod",
            Self::Node => "Node",
            Self::Namespace => "Namespace",
            Self::Service => "Service",
            Self::EndpointSlice => "EndpointSlice",
            Self::Deployment => "Deployment",
            Self::ReplicaSet => "ReplicaSet",
            Self::StatefulSet => "StatefulSet",
            Self::DaemonSet => "DaemonSet",
            Self::Job => "Job",
            Self::CronJob => "CronJob",
            Self::ServiceAccount => "ServiceAccount",
            Self::NetworkPolicy => "NetworkPolicy",
            Self::PodDisruptionBudget => "PodDisruptionBudget",
            Self::RoleBinding => "RoleBinding",
            Self::ClusterRoleBinding => "ClusterRoleBinding",
            Self::Finding => "Finding",
            Self::Cluster => "Cluster",
        }
    }

    /// The resource's name in URLs and in RBAC rules.
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Pod => "pods",
            Self::Node => "nodes",
            Self::Namespace => "namespaces",
            Self::Service => "services",
            Self::EndpointSlice => "endpointslices",
            Self::Deployment => "deployments",
            Self::ReplicaSet => "replicasets",
            Self::StatefulSet => "statefulsets",
            Self::DaemonSet => "daemonsets",
            Self::Job => "jobs",
            Self::CronJob => "cronjobs",
            Self::ServiceAccount => "serviceaccounts",
            Self::NetworkPolicy => "networkpolicies",
            Self::PodDisruptionBudget => "poddisruptionbudgets",
            Self::RoleBinding => "rolebindings",
            Self::ClusterRoleBinding => "clusterrolebindings",
            Self::Finding => "findings",
            Self::Cluster => "clusters",
        }
    }

    /// The short names that `kubectl` accepts, shortest first.
    pub const fn short_names(self) -> &'static [&'static str] {
        match self {
            Self::Pod => &["po"],
            Self::Node => &["no"],
            Self::Namespace => &["ns"],
            Self::Service => &["svc"],
            Self::Deployment => &["deploy"],
            Self::ReplicaSet => &["rs"],
            Self::StatefulSet => &["sts"],
            Self::DaemonSet => &["ds"],
            Self::CronJob => &["cj"],
            Self::ServiceAccount => &["sa"],
            Self::NetworkPolicy => &["netpol"],
            Self::PodDisruptionBudget => &["pdb"],
            Self::EndpointSlice | Self::Job | Self::RoleBinding | Self::Finding | Self::Cluster => &[],
            Self::ClusterRoleBinding => &["crb"],
        }
    }

    /// Whether objects of this kind live in a namespace.
    pub const fn namespaced(self) -> bool {
        !matches!(self, Self::Node | Self::Namespace | Self::ClusterRoleBinding | Self::Finding | Self::Cluster)
    }

    /// `v1`, `apps/v1` and so on.
    pub fn api_version(self) -> String {
        if self.group().is_empty() { "v1".to_owned() } else { format!("{}/v1", self.group()) }
    }

    /// The path of the collection over all namespaces: `/api/v1/pods`.
    pub fn path(self) -> String {
        format!("{}/{}", self.root(), self.plural())
    }

    /// The path of one namespace's collection; the whole cluster's for kinds without namespaces.
    pub fn path_in(self, namespace: &str) -> String {
        if self.namespaced() {
            format!("{}/namespaces/{namespace}/{}", self.root(), self.plural())
        } else {
            self.path()
        }
    }

    /// The kind of Kubernetes that a name means, as `kubectl` reads it: kind, plural, singular or short name, in
    /// any case.
    pub fn parse(word: &str) -> Option<Self> {
        Self::named(word, &Self::ALL)
    }

    /// The same for whatever is acted on, what the account has included.
    pub fn acted_on(word: &str) -> Option<Self> {
        Self::parse(word).or_else(|| Self::named(word, &Self::OF_ACCOUNTS))
    }

    fn named(word: &str, among: &[Self]) -> Option<Self> {
        among.iter().copied().find(|kind| {
            word.eq_ignore_ascii_case(kind.name())
                || word.eq_ignore_ascii_case(kind.plural())
                || kind.short_names().iter().any(|short| word.eq_ignore_ascii_case(short))
        })
    }

    /// What is of the account has a path that no API server is asked for.
    fn root(self) -> String {
        if !self.is_kubernetes() {
            return "account".to_owned();
        }
        if self.group().is_empty() { "/api/v1".to_owned() } else { format!("/apis/{}/v1", self.group()) }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn every_name_of_a_kind_leads_back_to_it() {
        for kind in Kind::ALL {
            for word in [kind.name(), kind.plural()].iter().chain(kind.short_names()) {
                assert_eq!(Kind::parse(word), Some(kind), "{word}");
            }
        }
        for kind in Kind::OF_ACCOUNTS {
            assert_eq!((Kind::parse(kind.plural()), Kind::acted_on(kind.name())), (None, Some(kind)));
            assert!(!kind.path().starts_with('/'), "an API server would be asked for {kind}");
        }
    }

    #[test]
    fn paths_are_those_of_the_api() {
        assert_eq!(Kind::Pod.path(), "/api/v1/pods");
        assert_eq!(Kind::Deployment.path_in("shop"), "/apis/apps/v1/namespaces/shop/deployments");
        assert_eq!(Kind::Node.path_in("ignored"), "/api/v1/nodes");
    }
}
