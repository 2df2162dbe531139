//! The scheduler: every pod to the node with the fewest that takes it.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::Value;

use super::super::json::{is_true, items, label, pairs, set, text};
use super::super::store::Store;
use super::Life;
use super::event::{Event, record};
use super::status::{conditions, is_leaving, is_over};

/// Binds the pods without a node, of one namespace or of all.
pub(super) fn schedule(store: &mut Store, life: &mut Life, namespace: Option<&str>, at: Timestamp) {
    let mut waiting = store.list("Pod", namespace);
    waiting.retain(|pod| text(pod, "/spec/nodeName").is_empty() && !is_leaving(pod) && !is_over(pod));
    if waiting.is_empty() {
        return;
    }
    let nodes = store.list("Node", None);
    let mut load: HashMap<String, usize> = HashMap::new();
    for pod in store.list("Pod", None) {
        *load.entry(text(&pod, "/spec/nodeName").to_owned()).or_default() += usize::from(!is_over(&pod));
    }
    for pod in waiting {
        let mut fit: Vec<&str> = nodes
            .iter()
            .filter(|node| takes(node, &pod))
            .map(|node| (node, text(node, "/metadata/name")))
            .filter(|(node, name)| load.get(*name).copied().unwrap_or(0) < room(node))
            .map(|(_, name)| name)
            .collect();
        // Equally loaded nodes take turns, so that a deployment spreads.
        let turn = usize::try_from(store.random.below(64)).unwrap_or(0) % fit.len().max(1);
        fit.rotate_left(turn);
        let (namespace, name) = (text(&pod, "/metadata/namespace"), text(&pod, "/metadata/name"));
        let Some(node) = fit.into_iter().min_by_key(|node| load.get(*node).copied().unwrap_or(0)) else {
            fail(store, life, &pod, nodes.len(), at);
            continue;
        };
        *load.entry(node.to_owned()).or_default() += 1;
        store.edit("Pod", namespace, name, at, |pod| {
            set(pod, "/spec/nodeName", node);
            conditions(pod, &[("PodScheduled", true)], at);
        });
        let message = format!("Successfully assigned {namespace}/{name} to {node}");
        let event =
            Event { about: &pod, part: "", warning: false, reason: "Scheduled", message, by: "default-scheduler" };
        record(store, life, &event, at);
    }
}

fn room(node: &Value) -> usize {
    text(node, "/status/allocatable/pods").parse().unwrap_or(58)
}

fn takes(node: &Value, pod: &Value) -> bool {
    let ready = items(node, "/status/conditions")
        .iter()
        .any(|condition| text(condition, "/type") == "Ready" && text(condition, "/status") == "True");
    ready
        && !is_true(node, "/spec/unschedulable")
        && pairs(pod, "/spec/nodeSelector").all(|(key, value)| label(node, key) == Some(value))
        && items(node, "/spec/taints")
            .iter()
            .filter(|taint| text(taint, "/effect") != "PreferNoSchedule")
            .all(|taint| items(pod, "/spec/tolerations").iter().any(|toleration| tolerates(toleration, taint)))
}

fn tolerates(toleration: &Value, taint: &Value) -> bool {
    let (key, effect) = (text(toleration, "/key"), text(toleration, "/effect"));
    let exists = text(toleration, "/operator") == "Exists";
    (effect.is_empty() || effect == text(taint, "/effect"))
        && (key == text(taint, "/key") || (key.is_empty() && exists))
        && (exists || text(toleration, "/value") == text(taint, "/value"))
}

fn fail(store: &mut Store, life: &Life, pod: &Value, nodes: usize, at: Timestamp) {
    let message = format!(
        "0/{nodes} nodes are available: {nodes} node(s) didn't match the pod's node selector, had untolerated taints or were unschedulable."
    );
    store.edit("Pod", text(pod, "/metadata/namespace"), text(pod, "/metadata/name"), at, |pod| {
        conditions(pod, &[("PodScheduled", false)], at);
        if let Some(condition) = pod.pointer_mut("/status/conditions/0") {
            set(condition, "/reason", "Unschedulable");
            set(condition, "/message", message.as_str());
        }
    });
    let event =
        Event { about: pod, part: "", warning: true, reason: "FailedScheduling", message, by: "default-scheduler" };
    // Said once; the real scheduler repeats itself every five minutes.
    let known = store.list("Event", Some(text(pod, "/metadata/namespace"))).iter().any(|old| {
        text(old, "/involvedObject/uid") == text(pod, "/metadata/uid") && text(old, "/reason") == "FailedScheduling"
    });
    if !known {
        record(store, life, &event, at);
    }
}
