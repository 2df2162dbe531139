//! Kinds of nodes and how many of each there are.

/// Who runs a fleet's nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keeper {
    /// A managed node group.
    Managed,
    /// An Auto Scaling group that the team keeps.
    SelfManaged,
    /// EKS Auto Mode.
    Auto,
    /// Fargate.
    Fargate,
    /// Machines of one's own, joined as hybrid nodes.
    Hybrid,
}

/// What runs on a node.
#[derive(Clone, Copy, Debug)]
pub(super) struct System {
    /// `status.nodeInfo.osImage`
    pub(super) image: &'static str,
    /// `status.nodeInfo.kernelVersion`
    pub(super) kernel: &'static str,
    /// `status.nodeInfo.containerRuntimeVersion`
    pub(super) runtime: &'static str,
    /// `status.nodeInfo.kubeletVersion`
    pub(super) kubelet: &'static str,
}

const AL2023: System = System {
    image: "Amazon Linux 2023.9.20261020",
    kernel: "6.12.48-64.114.amzn2023.x86_64",
    runtime: "containerd://2.1.4",
    kubelet: "v1.36.1-eks-ecaa3a6",
};
const AL2023_ARM: System = System { kernel: "6.12.48-64.114.amzn2023.aarch64", ..AL2023 };
const AL2023_OLD: System = System {
    image: "Amazon Linux 2023.7.20260609",
    kernel: "6.1.141-155.222.amzn2023.x86_64",
    runtime: "containerd://1.7.27",
    kubelet: "v1.35.3-eks-473151a",
};
const BOTTLEROCKET: System = System {
    image: "Bottlerocket OS 1.49.0 (aws-k8s-1.36)",
    kernel: "6.12.46",
    runtime: "containerd://2.1.4+bottlerocket",
    kubelet: "v1.36.1-eks-ecaa3a6",
};
const AUTO: System =
    System { image: "Bottlerocket (EKS Auto, Standard) 2026.10.12 (aws-k8s-1.36-standard)", ..BOTTLEROCKET };
const FARGATE: System = System {
    image: "Amazon Linux 2",
    kernel: "5.10.244-240.970.amzn2.x86_64",
    runtime: "containerd://1.7.27",
    ..AL2023
};
const UBUNTU: System =
    System { image: "Ubuntu 24.04.3 LTS", kernel: "6.8.0-86-generic", runtime: "containerd://1.7.28", ..AL2023 };

/// Nodes that are alike.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fleet {
    /// Node group, node pool or Fargate profile.
    pub(super) name: &'static str,
    /// Who runs them.
    pub(super) keeper: Keeper,
    /// How many.
    pub(super) size: u64,
    /// EC2 instance type.
    pub(super) instance: &'static str,
    /// Virtual CPUs.
    pub(super) cpus: u32,
    /// Memory in GiB.
    pub(super) memory: u64,
    /// What runs on them.
    pub(super) system: System,
    /// `key=value` of a taint that keeps others away.
    pub(super) taint: Option<(&'static str, &'static str)>,
    /// Days since they joined.
    pub(super) days: i64,
}

const GENERAL: Fleet = Fleet {
    name: "general",
    keeper: Keeper::Managed,
    size: 12,
    instance: "m6i.xlarge",
    cpus: 4,
    memory: 16,
    system: AL2023,
    taint: None,
    days: 19,
};

/// The nodes of the cluster in the United States.
pub(super) const UNITED_STATES: &[Fleet] = &[
    GENERAL,
    Fleet {
        name: "payments",
        size: 3,
        instance: "c6i.large",
        cpus: 2,
        memory: 4,
        system: BOTTLEROCKET,
        taint: Some(("dedicated", "payments")),
        ..GENERAL
    },
    Fleet {
        name: "batch",
        keeper: Keeper::SelfManaged,
        size: 2,
        instance: "r5.2xlarge",
        cpus: 8,
        memory: 64,
        system: AL2023_OLD,
        days: 141,
        ..GENERAL
    },
    Fleet {
        name: "general-purpose",
        keeper: Keeper::Auto,
        size: 4,
        instance: "c7a.xlarge",
        memory: 8,
        system: AUTO,
        days: 6,
        ..GENERAL
    },
    Fleet {
        name: "reports",
        keeper: Keeper::Fargate,
        size: 3,
        instance: "",
        cpus: 2,
        memory: 4,
        system: FARGATE,
        taint: Some(("eks.amazonaws.com/compute-type", "fargate")),
        days: 3,
    },
    Fleet {
        name: "warehouse",
        keeper: Keeper::Hybrid,
        size: 2,
        instance: "",
        cpus: 16,
        memory: 128,
        system: UBUNTU,
        taint: Some(("site", "warehouse")),
        days: 96,
    },
];

/// The nodes of the cluster in Europe.
pub(super) const EUROPE: &[Fleet] = &[
    Fleet { size: 9, days: 33, ..GENERAL },
    Fleet { name: "graviton", size: 3, instance: "m7g.xlarge", system: AL2023_ARM, days: 12, ..GENERAL },
    Fleet {
        name: "batch",
        keeper: Keeper::SelfManaged,
        size: 1,
        instance: "r5.2xlarge",
        cpus: 8,
        memory: 64,
        system: AL2023_OLD,
        days: 141,
        ..GENERAL
    },
    Fleet {
        name: "reports",
        keeper: Keeper::Fargate,
        size: 2,
        instance: "",
        cpus: 2,
        memory: 4,
        system: FARGATE,
        taint: Some(("eks.amazonaws.com/compute-type", "fargate")),
        days: 4,
    },
];
