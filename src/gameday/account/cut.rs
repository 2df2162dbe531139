//! Rules on a node that stop everything of a pod but what its node begins.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use super::super::cluster::Cluster;
use super::super::json::text;
use super::measure::interface;
use super::script::Named;

/// Makes the rules, or takes them away; prints what is there then.
pub(super) fn run(cluster: &Arc<Cluster>, node: &Value, cuts: bool, pods: &[Named]) -> String {
    let (mut network, store) = (cluster.network(), cluster.store());
    network.advance(&store, Timestamp::now());
    let here = store.list("Pod", None);
    let mut lines = Vec::new();
    for (number, pod) in pods.iter().enumerate() {
        let node = text(node, "/metadata/name");
        let leads = here.iter().any(|one| {
            text(one, "/spec/nodeName") == node
                && pod.addresses.iter().any(|address| text(one, "/status/podIP") == address)
        });
        if cuts && !leads {
            lines.push(format!("r {number} failed no-interface-leads-to-it"));
            continue;
        }
        network.set_cut(&pod.uid, cuts);
        lines.push(match network.cut(&pod.uid) {
            Some(packets) => format!("r {number} here {} {packets} nft", interface(&pod.uid)),
            None => format!("r {number} gone"),
        });
    }
    lines.push("end".to_owned());
    lines.join("\n") + "\n"
}
