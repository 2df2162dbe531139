//! The resources that the twin serves.

/// A part of a resource that has a path of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Subresource {
    /// The last part of its path.
    pub(in super::super) name: &'static str,
    /// Group, version and kind of what is sent to it where it is not the resource's own.
    pub(in super::super) kind: Option<(&'static str, &'static str, &'static str)>,
    /// What may be done.
    pub(in super::super) verbs: &'static [&'static str],
}

/// A resource as discovery lists it.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Resource {
    /// API group, empty for the core.
    pub(in super::super) group: &'static str,
    /// Version within the group.
    pub(in super::super) version: &'static str,
    /// Name in paths.
    pub(in super::super) plural: &'static str,
    /// Name of one.
    pub(in super::super) singular: &'static str,
    /// Kind.
    pub(in super::super) kind: &'static str,
    /// Whether its objects stand in namespaces.
    pub(in super::super) namespaced: bool,
    /// Short names for `kubectl`.
    pub(in super::super) short: &'static [&'static str],
    /// Whether `kubectl get all` shows it.
    pub(in super::super) in_all: bool,
    /// What may be done; empty for those that are only asked, as access reviews.
    pub(in super::super) verbs: &'static [&'static str],
    /// Parts with a path of their own.
    pub(in super::super) subresources: &'static [Subresource],
}

const ALL: &[&str] = &["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
const ASK: &[&str] = &["create"];
const STATUS: Subresource = Subresource { name: "status", kind: None, verbs: &["get", "patch", "update"] };
const SCALE: Subresource =
    Subresource { name: "scale", kind: Some(("autoscaling", "v1", "Scale")), verbs: &["get", "patch", "update"] };
const POD: &[Subresource] = &[
    Subresource { name: "eviction", kind: Some(("policy", "v1", "Eviction")), verbs: ASK },
    Subresource { name: "log", kind: None, verbs: &["get"] },
    STATUS,
];
const TOKEN: Subresource =
    Subresource { name: "token", kind: Some(("authentication.k8s.io", "v1", "TokenRequest")), verbs: ASK };

impl Resource {
    const fn new(api: &'static str, plural: &'static str, singular: &'static str, kind: &'static str) -> Self {
        Self {
            group: api,
            version: "v1",
            plural,
            singular,
            kind,
            namespaced: true,
            short: &[],
            in_all: false,
            verbs: ALL,
            subresources: &[],
        }
    }

    const fn of_cluster(self) -> Self {
        Self { namespaced: false, ..self }
    }

    const fn short(self, short: &'static [&'static str]) -> Self {
        Self { short, ..self }
    }

    const fn in_all(self) -> Self {
        Self { in_all: true, ..self }
    }

    const fn with(self, subresources: &'static [Subresource]) -> Self {
        Self { subresources, ..self }
    }

    const fn ask(self) -> Self {
        Self { verbs: ASK, ..self }
    }

    const fn version(self, version: &'static str) -> Self {
        Self { version, ..self }
    }

    /// Whether objects of it are kept.
    pub(in super::super) fn is_stored(&self) -> bool {
        self.verbs.contains(&"get")
    }

    /// `apps/v1`, or `v1` for the core.
    pub(in super::super) fn api_version(&self) -> String {
        if self.group.is_empty() { self.version.to_owned() } else { format!("{}/{}", self.group, self.version) }
    }

    /// `deployments.apps`, as errors name it.
    pub(in super::super) fn qualified(&self) -> String {
        if self.group.is_empty() { self.plural.to_owned() } else { format!("{}.{}", self.plural, self.group) }
    }
}

const APPS: &str = "apps";
const RBAC: &str = "rbac.authorization.k8s.io";
const AUTHORIZATION: &str = "authorization.k8s.io";

/// Every resource; the core group first, groups together.
pub(in super::super) const RESOURCES: &[Resource] = &[
    Resource::new("", "configmaps", "configmap", "ConfigMap").short(&["cm"]),
    Resource::new("", "events", "event", "Event").short(&["ev"]),
    Resource::new("", "limitranges", "limitrange", "LimitRange").short(&["limits"]),
    Resource::new("", "namespaces", "namespace", "Namespace").short(&["ns"]).of_cluster().with(&[STATUS]),
    Resource::new("", "nodes", "node", "Node").short(&["no"]).of_cluster().with(&[STATUS]),
    Resource::new("", "persistentvolumeclaims", "persistentvolumeclaim", "PersistentVolumeClaim").short(&["pvc"]),
    Resource::new("", "persistentvolumes", "persistentvolume", "PersistentVolume").short(&["pv"]).of_cluster(),
    Resource::new("", "pods", "pod", "Pod").short(&["po"]).in_all().with(POD),
    Resource::new("", "replicationcontrollers", "replicationcontroller", "ReplicationController")
        .short(&["rc"])
        .in_all(),
    Resource::new("", "resourcequotas", "resourcequota", "ResourceQuota").short(&["quota"]),
    Resource::new("", "secrets", "secret", "Secret"),
    Resource::new("", "serviceaccounts", "serviceaccount", "ServiceAccount").short(&["sa"]).with(&[TOKEN]),
    Resource::new("", "services", "service", "Service").short(&["svc"]).in_all().with(&[STATUS]),
    Resource::new(APPS, "daemonsets", "daemonset", "DaemonSet").short(&["ds"]).in_all().with(&[STATUS]),
    Resource::new(APPS, "deployments", "deployment", "Deployment").short(&["deploy"]).in_all().with(&[SCALE, STATUS]),
    Resource::new(APPS, "replicasets", "replicaset", "ReplicaSet").short(&["rs"]).in_all().with(&[SCALE, STATUS]),
    Resource::new(APPS, "statefulsets", "statefulset", "StatefulSet").short(&["sts"]).in_all().with(&[SCALE, STATUS]),
    Resource::new(APPS, "controllerrevisions", "controllerrevision", "ControllerRevision"),
    Resource::new("events.k8s.io", "events", "event", "Event").short(&["ev"]),
    Resource::new("authentication.k8s.io", "selfsubjectreviews", "selfsubjectreview", "SelfSubjectReview")
        .of_cluster()
        .ask(),
    Resource::new("authentication.k8s.io", "tokenreviews", "tokenreview", "TokenReview").of_cluster().ask(),
    Resource::new(AUTHORIZATION, "localsubjectaccessreviews", "localsubjectaccessreview", "LocalSubjectAccessReview")
        .ask(),
    Resource::new(AUTHORIZATION, "selfsubjectaccessreviews", "selfsubjectaccessreview", "SelfSubjectAccessReview")
        .of_cluster()
        .ask(),
    Resource::new(AUTHORIZATION, "selfsubjectrulesreviews", "selfsubjectrulesreview", "SelfSubjectRulesReview")
        .of_cluster()
        .ask(),
    Resource::new(AUTHORIZATION, "subjectaccessreviews", "subjectaccessreview", "SubjectAccessReview")
        .of_cluster()
        .ask(),
    Resource::new("autoscaling", "horizontalpodautoscalers", "horizontalpodautoscaler", "HorizontalPodAutoscaler")
        .version("v2")
        .short(&["hpa"])
        .in_all(),
    Resource::new("batch", "cronjobs", "cronjob", "CronJob").short(&["cj"]).in_all().with(&[STATUS]),
    Resource::new("batch", "jobs", "job", "Job").in_all().with(&[STATUS]),
    Resource::new("networking.k8s.io", "ingresses", "ingress", "Ingress").short(&["ing"]),
    Resource::new("networking.k8s.io", "networkpolicies", "networkpolicy", "NetworkPolicy").short(&["netpol"]),
    Resource::new("policy", "poddisruptionbudgets", "poddisruptionbudget", "PodDisruptionBudget")
        .short(&["pdb"])
        .with(&[STATUS]),
    Resource::new(RBAC, "clusterrolebindings", "clusterrolebinding", "ClusterRoleBinding").of_cluster(),
    Resource::new(RBAC, "clusterroles", "clusterrole", "ClusterRole").of_cluster(),
    Resource::new(RBAC, "rolebindings", "rolebinding", "RoleBinding"),
    Resource::new(RBAC, "roles", "role", "Role"),
    Resource::new("storage.k8s.io", "storageclasses", "storageclass", "StorageClass").short(&["sc"]).of_cluster(),
    Resource::new("scheduling.k8s.io", "priorityclasses", "priorityclass", "PriorityClass").short(&["pc"]).of_cluster(),
    Resource::new("coordination.k8s.io", "leases", "lease", "Lease"),
    Resource::new("discovery.k8s.io", "endpointslices", "endpointslice", "EndpointSlice"),
];

/// The resource whose objects are of this kind.
pub(in super::super) fn by_kind(kind: &str) -> Option<&'static Resource> {
    RESOURCES.iter().find(|resource| resource.kind == kind)
}

/// The resource at a group, a version and a name.
pub(in super::super) fn by_path(group: &str, version: &str, plural: &str) -> Option<&'static Resource> {
    RESOURCES
        .iter()
        .find(|resource| resource.group == group && resource.version == version && resource.plural == plural)
}
