//! Nodes as `kubectl get nodes` prints them.

use jiff::Timestamp;
use serde_json::Value;

use super::super::json::{is_true, items, pairs, text};
use super::age::age;
use super::{NAME, Table, wide, word};

/// Nodes.
pub(super) const TABLE: Table = Table {
    columns: &[
        NAME,
        word("Status"),
        word("Roles"),
        word("Age"),
        word("Version"),
        wide("Internal-IP"),
        wide("External-IP"),
        wide("OS-Image"),
        wide("Kernel-Version"),
        wide("Container-Runtime"),
    ],
    cells,
};

fn cells(node: &Value, now: Timestamp) -> Vec<Value> {
    let info = |field: &str| text(node, &format!("/status/nodeInfo/{field}")).to_owned();
    vec![
        text(node, "/metadata/name").into(),
        status(node).into(),
        roles(node).into(),
        age(node, now),
        info("kubeletVersion").into(),
        address(node, "InternalIP").into(),
        address(node, "ExternalIP").into(),
        info("osImage").into(),
        format!("{} ({})", info("kernelVersion"), info("architecture")).into(),
        info("containerRuntimeVersion").into(),
    ]
}

fn status(node: &Value) -> String {
    let ready = items(node, "/status/conditions").iter().find(|condition| text(condition, "/type") == "Ready");
    let word = match ready.map(|condition| text(condition, "/status")) {
        Some("True") => "Ready",
        Some(_) => "NotReady",
        None => "Unknown",
    };
    let cordoned = if is_true(node, "/spec/unschedulable") { ",SchedulingDisabled" } else { "" };
    format!("{word}{cordoned}")
}

fn roles(node: &Value) -> String {
    let roles: Vec<&str> =
        pairs(node, "/metadata/labels").filter_map(|(key, _)| key.strip_prefix("node-role.kubernetes.io/")).collect();
    if roles.is_empty() { "<none>".to_owned() } else { roles.join(",") }
}

fn address(node: &Value, kind: &str) -> String {
    let address = items(node, "/status/addresses").iter().find(|address| text(address, "/type") == kind);
    address.map_or("<none>", |address| text(address, "/address")).to_owned()
}
