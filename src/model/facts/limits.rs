//! What a node cannot give to an investigation, and what comes next to it.

use super::{NodeFacts, NodeKind};

/// Something that is not possible on a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// What is not possible, and why.
    pub not: &'static str,
    /// The next best evidence.
    pub instead: &'static str,
}

/// No host to reach at all (<https://docs.aws.amazon.com/eks/latest/userguide/fargate.html>).
const FARGATE: Limit = Limit {
    not: "Fargate: no host, no Systems Manager, no privileged container, no EBS volume; neither memory nor disk can be had, and policies of the VPC CNI do not bind it",
    instead: "capture the pod's object, events and logs now, and its files by exec while it runs; AWS patches and replaces such pods by itself, so hurry",
};

/// <https://docs.aws.amazon.com/eks/latest/userguide/automode.html>
const AUTO: Limit = Limit {
    not: "EKS Auto Mode: no Systems Manager and no SSH, and its interfaces and profile cannot be changed",
    instead: "a NodeDiagnostic object (eks.amazonaws.com/v1alpha1) sends the node's logs to a bucket; console output and snapshots of its volumes; it is replaced after 21 days at most",
};

/// <https://github.com/bottlerocket-os/bottlerocket/blob/develop/README.md>
const BOTTLEROCKET: Limit = Limit {
    not: "Bottlerocket: no shell on the host; Systems Manager lands in the control container, which sees neither processes nor files of pods, and the kernel is locked down, so memory may be refused",
    instead: "snapshots of both volumes; the admin container (`apiclient set host-containers.admin.enabled=true`, then `sheltie`) and `logdog`, where that is approved",
};

/// Policies: <https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy.html>
const WINDOWS: Limit = Limit {
    not: "Windows: the shell scripts of podmortem do not run there, and policies of the VPC CNI do not bind its pods",
    instead: "snapshots of its volumes, the pod's object, events and logs; security groups contain it as a whole",
};

/// <https://docs.aws.amazon.com/eks/latest/userguide/hybrid-nodes-overview.html>
const HYBRID: Limit = Limit {
    not: "hybrid node: no EC2 instance, so no snapshots, no security groups and no termination protection",
    instead: "its agent runs scripts where it is registered with Systems Manager (mi-…); disks and memory are the hosting site's to give",
};

/// A node that is in no account.
const OTHER: Limit = Limit {
    not: "not an EKS node: no AWS account tells of it and no Systems Manager reaches it",
    instead: "capture the pods' objects, events and logs; the rest is to be had from whoever runs the machine",
};

impl NodeFacts {
    /// What cannot be had from this node.
    pub fn limits(&self) -> Vec<Limit> {
        let by_kind = match self.kind {
            NodeKind::Fargate => Some(FARGATE),
            NodeKind::Auto => Some(AUTO),
            NodeKind::Hybrid => Some(HYBRID),
            NodeKind::Other => Some(OTHER),
            NodeKind::Managed | NodeKind::SelfManaged => None,
        };
        let is = |name: &str| self.os_image.starts_with(name);
        // Auto Mode runs a Bottlerocket of its own, whose control container nobody reaches.
        let by_system = match self.kind {
            NodeKind::Auto => None,
            _ if is("Bottlerocket") => Some(BOTTLEROCKET),
            _ if self.is_windows() => Some(WINDOWS),
            _ => None,
        };
        by_kind.into_iter().chain(by_system).collect()
    }

    /// Whether a shell script can be run on it, as far as its own facts tell; or why not.
    ///
    /// # Errors
    /// What is not possible there, and what is.
    pub fn takes_scripts(&self) -> Result<(), Limit> {
        let refusing = |limit: &Limit| self.kind != NodeKind::Hybrid || *limit != HYBRID;
        self.limits().into_iter().find(refusing).map_or(Ok(()), Err)
    }

    fn is_windows(&self) -> bool {
        self.os_image.starts_with("Windows")
            || self.meta.labels.iter().any(|(key, value)| key == "kubernetes.io/os" && value == "windows")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(kind: NodeKind, os_image: &str) -> NodeFacts {
        NodeFacts { kind, os_image: os_image.into(), ..NodeFacts::default() }
    }

    #[test]
    fn each_kind_says_what_it_cannot_give() {
        let first = |kind, system| node(kind, system).limits().first().map(|limit| limit.not.split([':', ';']).next());
        assert_eq!(first(NodeKind::Managed, "Amazon Linux 2023.9"), None);
        for (kind, system, says) in [
            (NodeKind::Fargate, "Amazon Linux 2", "Fargate"),
            (NodeKind::Auto, "Bottlerocket (EKS Auto)", "EKS Auto Mode"),
            (NodeKind::Managed, "Bottlerocket OS 1.48.0", "Bottlerocket"),
            (NodeKind::Managed, "Windows Server 2022 Datacenter", "Windows"),
            (NodeKind::Hybrid, "Ubuntu 24.04", "hybrid node"),
            (NodeKind::Other, "Debian GNU/Linux", "not an EKS node"),
        ] {
            assert_eq!(first(kind, system), Some(Some(says)), "{kind:?} {system}");
            assert_eq!(node(kind, system).limits().len(), 1);
        }
    }

    #[test]
    fn a_hybrid_node_takes_scripts_where_it_has_a_shell() {
        assert_eq!(node(NodeKind::Hybrid, "Ubuntu 24.04").takes_scripts(), Ok(()));
        assert_eq!(node(NodeKind::Hybrid, "Bottlerocket OS 1.48.0").takes_scripts(), Err(BOTTLEROCKET));
        assert_eq!(node(NodeKind::SelfManaged, "Amazon Linux 2").takes_scripts(), Ok(()));
    }
}
