//! The DaemonSet controller: a pod on every node that takes one.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::json::{label, number, set, text};
use super::super::random::Random;
use super::super::store::Store;
use super::event::{Event, record};
use super::status::{is_leaving, is_ready};
use super::{Life, mark_deleted, pod};

/// Makes the pods that are missing and reports.
pub(super) fn reconcile(store: &mut Store, life: &mut Life, of: &Value, pods: &[Arc<Value>], at: Timestamp) {
    let nodes: Vec<String> = store
        .list("Node", None)
        .iter()
        .filter(|node| takes_daemons(node))
        .map(|node| text(node, "/metadata/name").to_owned())
        .collect();
    let revision = life.template(of, || revision(of));
    let has: HashSet<&str> = pods.iter().map(|pod| text(pod, "/spec/nodeName")).collect();
    for node in nodes.iter().filter(|node| !has.contains(node.as_str())) {
        create(store, life, of, node, &revision, at);
    }
    let current = pods.iter().filter(|pod| !is_leaving(pod)).count();
    let ready = pods.iter().filter(|pod| is_ready(pod) && !is_leaving(pod)).count();
    let current_template = |pod: &&Arc<Value>| label(pod, "controller-revision-hash") == Some(revision.as_str());
    let updated = pods.iter().filter(current_template).count();
    // A changed template replaces one pod at a time, as `maxUnavailable` of a small cluster does.
    if ready == nodes.len()
        && let Some(old) = pods.iter().find(|pod| !current_template(pod))
    {
        let (namespace, name) = (text(old, "/metadata/namespace"), text(old, "/metadata/name"));
        store.edit("Pod", namespace, name, at, |pod| mark_deleted(pod, 30, at));
    }
    let status = json!({
        "currentNumberScheduled": current, "desiredNumberScheduled": nodes.len(), "numberReady": ready,
        "numberAvailable": ready, "updatedNumberScheduled": updated, "numberMisscheduled": 0,
        "observedGeneration": number(of, "/metadata/generation"),
    });
    let (namespace, name) = (text(of, "/metadata/namespace"), text(of, "/metadata/name"));
    store.report("DaemonSet", namespace, name, at, status);
}

/// Fargate runs one pod and no daemons; Auto Mode brings its own as systemd units.
fn takes_daemons(node: &Value) -> bool {
    !matches!(label(node, "eks.amazonaws.com/compute-type"), Some("fargate" | "auto"))
}

/// What distinguishes a template from another.
fn revision(of: &Value) -> String {
    let template = of.pointer("/spec/template").map(Value::to_string).unwrap_or_default();
    Random::named(0xdae, &template).suffix(10)
}

fn create(store: &mut Store, life: &Life, of: &Value, node: &str, revision: &str, at: Timestamp) {
    let generate = format!("{}-", text(of, "/metadata/name"));
    let name = format!("{generate}{}", store.random.suffix(5));
    let mut pod = pod::from_template(store, of, &name, Some(&generate));
    set(&mut pod, "/metadata/labels/controller-revision-hash", revision);
    set(&mut pod, "/metadata/labels/pod-template-generation", "1");
    set(&mut pod, "/spec/nodeName", node);
    set(
        &mut pod,
        "/spec/affinity",
        json!({"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {
            "nodeSelectorTerms": [{"matchFields": [{"key": "metadata.name", "operator": "In", "values": [node]}]}],
        }}}),
    );
    store.put(pod, at);
    let message = format!("Created pod: {name}");
    let event =
        Event { about: of, part: "", warning: false, reason: "SuccessfulCreate", message, by: "daemonset-controller" };
    record(store, life, &event, at);
}
