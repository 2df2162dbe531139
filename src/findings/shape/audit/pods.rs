//! Rules about what is started.

use serde_json::Value;

use super::super::super::member::{at, is_true, list, number, text, texts};
use super::event::Event;
use crate::model::Clean;

/// What somebody asked to run. The controllers that carry it out only do what they were told,
/// and would raise every alert twice.
fn started<'a>(event: &Event<'a>) -> Option<&'a Value> {
    let kinds = ["pods", "deployments", "daemonsets", "statefulsets", "replicasets", "jobs", "cronjobs"];
    let starts =
        kinds.contains(&event.resource) && event.subresource.is_empty() && event.writes() && !event.is_machinery();
    event.pod.filter(|_| starts)
}

/// `securityContext.privileged`.
pub fn privileged(event: &Event<'_>) -> Option<String> {
    started(event)?;
    let container = event.containers().find(|container| is_true(container, "securityContext/privileged"))?;
    Some(format!("container {} of {} has every right over its node", text(container, "name"), event.object()))
}

/// `hostPID`, `hostIPC`, `hostNetwork`.
pub fn host_namespace(event: &Event<'_>) -> Option<String> {
    let pod = started(event)?;
    let shared: Vec<_> = ["hostPID", "hostIPC", "hostNetwork"].into_iter().filter(|name| is_true(pod, name)).collect();
    (!shared.is_empty()).then(|| format!("{} of {}", shared.join(", "), event.object()))
}

/// Capabilities from which one comes to the node.
pub fn capability(event: &Event<'_>) -> Option<String> {
    started(event)?;
    let dangerous = [
        "ALL",
        "SYS_ADMIN",
        "NET_ADMIN",
        "SYS_PTRACE",
        "SYS_MODULE",
        "DAC_READ_SEARCH",
        "DAC_OVERRIDE",
        "SYS_RAWIO",
        "BPF",
    ];
    let added = event.containers().flat_map(|container| texts(container, "securityContext/capabilities/add"));
    let found: Vec<_> =
        added.filter(|one| dangerous.contains(&one.trim_start_matches("CAP_"))).map(|one| one.to_string()).collect();
    (!found.is_empty()).then(|| format!("{} in {}", found.join(", "), event.object()))
}

/// Directories of the node.
pub fn host_path(event: &Event<'_>) -> Option<String> {
    let pod = started(event)?;
    let paths: Vec<_> = list(pod, "volumes")
        .iter()
        .filter_map(|volume| at(volume, "hostPath/path"))
        .filter_map(Value::as_str)
        .collect();
    (!paths.is_empty()).then(|| format!("{} of the node in {}", Clean::capped(&paths.join(", "), 200), event.object()))
}

/// Root, where the specification says so.
pub fn root(event: &Event<'_>) -> Option<String> {
    let pod = started(event)?;
    let is_root = |of: &Value| {
        number(of, "securityContext/runAsUser") == Some(0.0)
            || at(of, "securityContext/runAsNonRoot").and_then(Value::as_bool) == Some(false)
    };
    let found = is_root(pod) || event.containers().any(is_root);
    found.then(|| format!("{} asks to run as root", event.object()))
}

/// A pod in a namespace where nobody looks.
pub fn among_the_system(event: &Event<'_>) -> Option<String> {
    started(event)?;
    let system = ["kube-system", "kube-public", "kube-node-lease"].contains(&event.namespace);
    (system && event.verb == "create").then(|| format!("{} by {}", event.object(), Clean::from(event.user)))
}

/// An ephemeral container.
pub fn debug(event: &Event<'_>) -> Option<String> {
    let added = event.resource == "pods" && event.subresource == "ephemeralcontainers" && event.writes();
    added.then(|| format!("{} by {}: it sees the pod's processes and volumes", event.object(), Clean::from(event.user)))
}
