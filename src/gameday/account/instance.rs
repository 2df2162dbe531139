//! The instances under the twin's nodes: what each is follows from its node, and is the same every time.

use std::sync::Arc;

use serde_json::{Value, json};

use super::super::cluster::Cluster;
use super::super::json::{label, text};
use super::super::random::Random;
use super::{ACCOUNT, Account};

/// An EC2 instance and the node on it.
#[derive(Clone, Debug)]
pub(super) struct Instance {
    /// `i-…`
    pub(super) id: String,
    /// Its cluster.
    pub(super) cluster: Arc<Cluster>,
    /// Its node.
    pub(super) node: Arc<Value>,
}

/// The EC2 instances of a Region. Fargate's and hybrid nodes are none.
pub(super) fn instances(account: &Account, region: &str) -> Vec<Instance> {
    let clusters = account.clusters.iter().filter(|cluster| cluster.region == region);
    let of = |cluster: &Arc<Cluster>| {
        let nodes = cluster.store().list("Node", None);
        let found = nodes.into_iter().filter_map(|node| {
            let id = text(&node, "/spec/providerID").rsplit('/').next()?.to_owned();
            id.starts_with("i-").then(|| Instance { id, cluster: Arc::clone(cluster), node })
        });
        found.collect::<Vec<_>>()
    };
    clusters.flat_map(of).collect()
}

/// An id that follows from what it belongs to.
pub(super) fn id(prefix: &str, of: &str) -> String {
    format!("{prefix}-0{}", Random::named(0, &format!("{prefix} {of}")).hex(16))
}

impl Instance {
    /// An id of something that belongs to it.
    pub(super) fn own(&self, prefix: &str, what: &str) -> String {
        id(prefix, &format!("{} {what}", self.id))
    }

    /// Its node's name.
    pub(super) fn name(&self) -> &str {
        text(&self.node, "/metadata/name")
    }

    /// Its own address.
    pub(super) fn address(&self) -> &str {
        text(&self.node, "/status/addresses/0/address")
    }

    /// Availability zone.
    pub(super) fn zone(&self) -> &str {
        label(&self.node, "topology.kubernetes.io/zone").unwrap_or_default()
    }

    /// Whether AWS runs it.
    pub(super) fn is_auto(&self) -> bool {
        label(&self.node, "eks.amazonaws.com/compute-type") == Some("auto")
    }

    /// When it was started.
    pub(super) fn launched(&self) -> &str {
        text(&self.node, "/metadata/creationTimestamp")
    }

    /// The Auto Scaling group that it stands in; Auto Mode has none.
    pub(super) fn group(&self) -> Option<String> {
        let managed = label(&self.node, "eks.amazonaws.com/nodegroup");
        let kept = label(&self.node, "shop.example/asg");
        match (managed, kept) {
            (Some(group), _) => {
                let suffix = Random::named(0, &format!("{} {group}", self.cluster.name)).uuid();
                Some(format!("eks-{group}-{suffix}"))
            }
            (_, Some(group)) => Some(format!("{}-{group}", self.cluster.name)),
            _ => None,
        }
    }

    /// Bottlerocket keeps its system on one volume and everything else on another.
    pub(super) fn volumes(&self) -> Vec<(&'static str, i64, String)> {
        let volume = |device, gib| (device, gib, self.own("vol", device));
        if text(&self.node, "/status/nodeInfo/osImage").starts_with("Bottlerocket") {
            vec![volume("/dev/xvda", 4), volume("/dev/xvdb", 80)]
        } else {
            vec![volume("/dev/xvda", 80)]
        }
    }

    /// Its interfaces with the addresses on each: its own first, pods' after it.
    pub(super) fn interfaces(&self) -> Vec<(String, Vec<String>)> {
        let pods = self.cluster.store().list("Pod", None);
        let here = pods.iter().filter(|pod| {
            text(pod, "/spec/nodeName") == self.name() && !super::super::json::is_true(pod, "/spec/hostNetwork")
        });
        let addresses = here.map(|pod| text(pod, "/status/podIP").to_owned()).filter(|address| !address.is_empty());
        let mut addresses: Vec<_> = addresses.collect();
        addresses.sort();
        // The VPC CNI fills the first interface before it adds another: 14 addresses beside its own on such instances.
        let rest = addresses.split_off(addresses.len().min(14));
        let mut first = vec![self.address().to_owned()];
        first.append(&mut addresses);
        let mut interfaces = vec![(self.own("eni", "0"), first)];
        if !rest.is_empty() {
            interfaces.push((self.own("eni", "1"), rest));
        }
        interfaces
    }

    /// Its security groups.
    pub(super) fn security_groups(&self) -> Value {
        let (id, name) = security_group(&self.cluster);
        json!([{"groupId": id, "groupName": name}])
    }
}

/// The security group that EKS gives a cluster and its nodes.
pub(super) fn security_group(cluster: &Cluster) -> (String, String) {
    let suffix = Random::named(0, &format!("{} group", cluster.name)).hex(10);
    (id("sg", cluster.name), format!("eks-cluster-sg-{}-{suffix}", cluster.name))
}

/// The instance profile of every node of a cluster, and its role.
pub(super) fn node_role(cluster: &Cluster) -> String {
    format!("{}-node", cluster.name)
}

/// The ARN of a role of the account.
pub(super) fn role_arn(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:role/{name}")
}
