//! Who enforces policies here, as far as objects tell. A hint: only measurement makes a verdict.

use std::fmt;

use k8s_openapi::api::apps::v1::DaemonSet;
use serde::Deserialize;

use super::super::frame::{ActionError, Look, decode, labels, list, name};
use crate::kubernetes;
use crate::model::{Clean, Kind};

/// What is known of the network plugin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plugin {
    found: Vec<Clean>,
    unreadable: bool,
    /// Whether the API has the VPC CNI's cluster-wide policies.
    pub cluster_policies: bool,
    others: Vec<&'static str>,
}

/// DaemonSets by their names or `k8s-app` labels, and what each is.
const KNOWN: [(&str, &str); 6] = [
    ("aws-node", "the VPC CNI"),
    ("cilium", "Cilium"),
    ("calico-node", "Calico"),
    ("antrea-agent", "Antrea"),
    ("kube-router", "kube-router"),
    ("weave-net", "Weave Net"),
];

/// API groups whose policies are not read here, and which may still allow.
const OTHERS: [(&str, &str); 4] = [
    ("cilium.io", "Cilium's policies"),
    ("crd.projectcalico.org", "Calico's policies"),
    ("crd.antrea.io", "Antrea's policies"),
    ("policy.networking.k8s.io", "admin network policies"),
];

impl Plugin {
    /// Reads the DaemonSets and the API groups that tell.
    pub async fn read(look: &dyn Look) -> Result<Self, ActionError> {
        #[derive(Deserialize)]
        struct Named {
            name: String,
        }
        #[derive(Deserialize)]
        struct Groups {
            groups: Vec<Named>,
        }
        #[derive(Deserialize)]
        struct Resources {
            resources: Vec<Named>,
        }
        let daemons = Kind::DaemonSet.path();
        let (daemons, groups, ours) =
            tokio::join!(list::<DaemonSet>(look, &daemons), look.get("/apis"), look.get(CLUSTER_POLICIES));
        let mut plugin = Self::default();
        match daemons {
            Err(ActionError::Cluster(kubernetes::Error::Forbidden { .. })) => plugin.unreadable = true,
            read => plugin.found = read?.iter().filter_map(known).collect(),
        }
        let groups: Groups = decode("/apis", &groups?)?;
        let there = |group: &str| groups.groups.iter().any(|named| named.name == group);
        plugin.others = OTHERS.iter().filter(|(group, _)| there(group)).map(|(_, what)| *what).collect();
        if let Ok(resources) = ours {
            let resources: Resources = decode(CLUSTER_POLICIES, &resources)?;
            plugin.cluster_policies = resources.resources.iter().any(|named| named.name == "clusternetworkpolicies");
        }
        plugin.found.sort();
        plugin.found.dedup();
        Ok(plugin)
    }

    /// Policies of other kinds that are here and are not read.
    pub fn not_read(&self) -> Option<String> {
        (!self.others.is_empty()).then(|| self.others.join(", "))
    }
}

/// Group and version of the VPC CNI's cluster-wide policies.
const CLUSTER_POLICIES: &str = "/apis/networking.k8s.aws/v1alpha1";

fn known(set: &DaemonSet) -> Option<Clean> {
    let (own, labels) = (name(&set.metadata), labels(&set.metadata));
    let app = labels.get("k8s-app").map(String::as_str).unwrap_or_default();
    let (id, what) = KNOWN.iter().find(|(id, _)| *own == **id || app == *id)?;
    if *id != "aws-node" {
        return Some((*what).into());
    }
    // The policy agent is a container of aws-node, told by an argument whether to enforce.
    let mut containers = set.spec.template.spec.iter().flat_map(|pod| pod.containers.iter());
    let agent = containers.find(|container| container.name.contains("nodeagent"));
    let says = |value: &str| {
        let args = agent.iter().flat_map(|container| container.args.iter().flatten());
        args.clone().any(|arg| arg.trim_start_matches('-') == format!("enable-network-policy={value}"))
    };
    let state = match agent {
        None => "without its policy agent",
        Some(_) if says("true") => "its policy agent is on",
        Some(_) if says("false") => "its policy agent is OFF",
        Some(_) => "its policy agent is there",
    };
    Some(format!("{what} ({state})").into())
}

impl fmt::Display for Plugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.found.as_slice() {
            _ if self.unreadable => f.write_str("unknown (daemon sets cannot be read)"),
            [] => f.write_str("none of those that are known: nothing tells that policies are enforced"),
            found => f.write_str(&found.iter().map(Clean::as_str).collect::<Vec<_>>().join(", ")),
        }
    }
}
