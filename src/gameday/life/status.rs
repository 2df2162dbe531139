//! The status of pods and of their containers, as kubelets report it.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::json::{items, set, text};
use super::super::random::Random;
use super::super::store::rfc3339;

/// The digest that a registry gives an image; the same for the same name.
pub(super) fn digest(image: &str) -> String {
    let repository = image.rsplit_once(':').map_or(image, |(repository, _)| repository);
    format!("{repository}@sha256:{}", Random::named(0x5eed, image).hex(64))
}

/// The status of a container that waits.
pub(super) fn waiting(container: &Value, reason: &str, message: &str) -> Value {
    let mut status = json!({
        "name": text(container, "/name"), "image": text(container, "/image"), "imageID": "", "ready": false,
        "started": false, "restartCount": 0, "lastState": {}, "state": {"waiting": {"reason": reason}},
    });
    if !message.is_empty() {
        set(&mut status, "/state/waiting/message", message);
    }
    status
}

/// The status of a container that runs.
pub(super) fn running(container: &Value, random: &mut Random, ready: bool, at: Timestamp) -> Value {
    let image = text(container, "/image");
    json!({
        "name": text(container, "/name"), "image": image, "imageID": digest(image),
        "containerID": format!("containerd://{}", random.hex(64)), "ready": ready, "started": true, "restartCount": 0,
        "lastState": {}, "state": {"running": {"startedAt": rfc3339(at)}},
    })
}

/// Ends a container that runs: its state becomes `terminated`.
pub(super) fn end(status: &mut Value, code: i64, reason: &str, at: Timestamp) {
    let started = text(status, "/state/running/startedAt").to_owned();
    let id = text(status, "/containerID").to_owned();
    set(
        status,
        "/state",
        json!({"terminated": {
            "exitCode": code, "reason": reason, "startedAt": started, "finishedAt": rfc3339(at), "containerID": id,
        }}),
    );
    set(status, "/ready", false);
    set(status, "/started", false);
}

/// Sets conditions of a pod; one that does not change keeps its moment.
pub(super) fn conditions(pod: &mut Value, set_to: &[(&str, bool)], at: Timestamp) {
    let mut conditions = items(pod, "/status/conditions").to_vec();
    for (kind, is) in set_to {
        let word = if *is { "True" } else { "False" };
        let mut new = json!({"type": kind, "status": word, "lastProbeTime": null, "lastTransitionTime": rfc3339(at)});
        if !is && ["Ready", "ContainersReady"].contains(kind) {
            set(&mut new, "/reason", "ContainersNotReady");
            let unready: Vec<&str> = items(pod, "/status/containerStatuses")
                .iter()
                .filter(|status| !super::super::json::is_true(status, "/ready"))
                .map(|status| text(status, "/name"))
                .collect();
            set(&mut new, "/message", format!("containers with unready status: [{}]", unready.join(" ")));
        }
        match conditions.iter_mut().find(|condition| text(condition, "/type") == *kind) {
            Some(old) if text(old, "/status") == word => {}
            Some(old) => *old = new,
            None => conditions.push(new),
        }
    }
    set(pod, "/status/conditions", conditions);
}

/// Whether a pod is Ready.
pub(super) fn is_ready(pod: &Value) -> bool {
    items(pod, "/status/conditions")
        .iter()
        .any(|condition| text(condition, "/type") == "Ready" && text(condition, "/status") == "True")
}

/// Whether a pod has run to its end.
pub(super) fn is_over(pod: &Value) -> bool {
    ["Succeeded", "Failed"].contains(&text(pod, "/status/phase"))
}

/// Whether a pod is on its way out.
pub(super) fn is_leaving(pod: &Value) -> bool {
    pod.pointer("/metadata/deletionTimestamp").is_some()
}
