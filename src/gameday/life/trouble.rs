//! What goes wrong on an ordinary day: probes, restarts, disks; and what goes right: releases.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::json::{number, set, text};
use super::super::random::Random;
use super::super::store::{Store, rfc3339};
use super::event::{Event, record};
use super::status::{end, is_leaving, is_ready, running};
use super::{Life, kubelet};

/// The pods of the story and of the system stay as they are.
const CALM: [&str; 3] = ["shop", "kube-system", "amazon-guardduty"];

/// What this step brings.
pub(super) fn brew(store: &mut Store, life: &mut Life, at: Timestamp) {
    recover(store, life, at);
    let step = life.steps;
    if step.is_multiple_of(10) {
        heartbeats(store, at);
    }
    if step % 23 == 7 {
        release(store, at);
    }
    if step % 11 == 4 {
        fail_probe(store, life, at);
    }
    if step % 31 == 12 {
        kill(store, life, at);
    }
    if step % 120 == 60 {
        fill_disk(store, life, at);
    }
}

fn choose(store: &mut Store, kind: &'static str, fits: impl Fn(&Value) -> bool) -> Option<std::sync::Arc<Value>> {
    let mut from = store.list(kind, None);
    from.retain(|object| !CALM.contains(&text(object, "/metadata/namespace")) && fits(object));
    store.random.pick(&from).cloned()
}

fn well(pod: &Value) -> bool {
    is_ready(pod) && !is_leaving(pod)
}

fn recover(store: &mut Store, life: &mut Life, at: Timestamp) {
    let now = life.steps;
    life.failing.retain(|_, until| *until > now);
    let Some((node, until)) = life.short_of_disk.clone() else { return };
    if until <= now {
        life.short_of_disk = None;
        pressure(store, life, &node, false, at);
    }
}

/// Leases every time; the nodes' own conditions by turns, as every five minutes.
fn heartbeats(store: &mut Store, at: Timestamp) {
    let renewed = at.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string();
    for lease in store.list("Lease", Some("kube-node-lease")) {
        store.edit("Lease", "kube-node-lease", text(&lease, "/metadata/name"), at, |lease| {
            set(lease, "/spec/renewTime", renewed.as_str());
        });
    }
    let nodes = store.list("Node", None);
    let Some(node) = store.random.pick(&nodes).cloned() else { return };
    store.edit("Node", "", text(&node, "/metadata/name"), at, |node| {
        let conditions = node.pointer_mut("/status/conditions").and_then(Value::as_array_mut);
        for condition in conditions.into_iter().flatten() {
            set(condition, "/lastHeartbeatTime", rfc3339(at));
        }
    });
}

/// A team ships: the patch number of an image's version goes up.
fn release(store: &mut Store, at: Timestamp) {
    let ours = |object: &Value| {
        text(object, "/spec/template/spec/containers/0/image").starts_with("111122223333.")
            && number(object, "/spec/replicas") > 1
            && text(object, "/metadata/namespace") != "recommendations"
    };
    let Some(deployment) = choose(store, "Deployment", ours) else { return };
    let (namespace, name) = (text(&deployment, "/metadata/namespace"), text(&deployment, "/metadata/name"));
    store.edit("Deployment", namespace, name, at, |deployment| {
        let image = "/spec/template/spec/containers/0/image";
        let old = text(deployment, image).to_owned();
        if let Some((front, patch)) = old.rsplit_once('.') {
            set(deployment, image, format!("{front}.{}", patch.parse::<u32>().unwrap_or(0) + 1));
        }
    });
}

fn fail_probe(store: &mut Store, life: &mut Life, at: Timestamp) {
    let probed = |pod: &Value| well(pod) && pod.pointer("/spec/containers/0/readinessProbe").is_some();
    let Some(pod) = choose(store, "Pod", probed) else { return };
    let part = format!("spec.containers{{{}}}", text(&pod, "/spec/containers/0/name"));
    let message = "Readiness probe failed: HTTP probe failed with statuscode: 503".to_owned();
    let event = Event { about: &pod, part: &part, warning: true, reason: "Unhealthy", message, by: "kubelet" };
    record(store, life, &event, at);
    life.failing.insert(text(&pod, "/metadata/uid").to_owned(), life.steps + 6);
    let (namespace, name) = (text(&pod, "/metadata/namespace"), text(&pod, "/metadata/name"));
    store.edit("Pod", namespace, name, at, |pod| kubelet::ready(pod, false, at));
}

/// The kernel ends a container that took too much memory; the kubelet starts it again.
fn kill(store: &mut Store, life: &Life, at: Timestamp) {
    let Some(pod) = choose(store, "Pod", well) else { return };
    let mut random = Random::new(store.random.next());
    let (namespace, name) = (text(&pod, "/metadata/namespace"), text(&pod, "/metadata/name"));
    let container = pod.pointer("/spec/containers/0").cloned().unwrap_or_default();
    store.edit("Pod", namespace, name, at, |pod| {
        if let Some(status) = pod.pointer_mut("/status/containerStatuses/0") {
            end(status, 137, "OOMKilled", at);
            let mut new = running(&container, &mut random, true, at);
            set(&mut new, "/lastState", status.get("state").cloned().unwrap_or_default());
            set(&mut new, "/restartCount", number(status, "/restartCount") + 1);
            *status = new;
        }
    });
    let part = format!("spec.containers{{{}}}", text(&container, "/name"));
    let message = format!("Started container {}", text(&container, "/name"));
    let event = Event { about: &pod, part: &part, warning: false, reason: "Started", message, by: "kubelet" };
    record(store, life, &event, at);
}

fn fill_disk(store: &mut Store, life: &mut Life, at: Timestamp) {
    let on_story = store.list("Pod", Some("shop"));
    let calm: Vec<&str> = on_story.iter().map(|pod| text(pod, "/spec/nodeName")).collect();
    let Some(node) = choose(store, "Node", |node| {
        text(node, "/spec/providerID").contains("/i-") && !calm.contains(&text(node, "/metadata/name"))
    }) else {
        return;
    };
    let name = text(&node, "/metadata/name").to_owned();
    pressure(store, life, &name, true, at);
    life.short_of_disk = Some((name, life.steps + 25));
}

fn pressure(store: &mut Store, life: &Life, name: &str, is: bool, at: Timestamp) {
    let (word, reason, message) = if is {
        ("True", "KubeletHasDiskPressure", "kubelet has disk pressure")
    } else {
        ("False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure")
    };
    store.edit("Node", "", name, at, |node| {
        let conditions = node.pointer_mut("/status/conditions").and_then(Value::as_array_mut);
        let disk = conditions.into_iter().flatten().find(|condition| text(condition, "/type") == "DiskPressure");
        if let Some(condition) = disk {
            let moment = rfc3339(at);
            *condition = json!({"type": "DiskPressure", "status": word, "reason": reason, "message": message, "lastHeartbeatTime": moment, "lastTransitionTime": moment});
        }
    });
    if let Some(node) = store.get("Node", "", name) {
        let reason = if is { "NodeHasDiskPressure" } else { "NodeHasNoDiskPressure" };
        let message = format!("Node {name} status is now: {reason}");
        let event = Event { about: &node, part: "", warning: false, reason, message, by: "kubelet" };
        record(store, life, &event, at);
    }
}
