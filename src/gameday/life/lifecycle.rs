//! The node lifecycle controller: a cordoned node gets the taint that says so.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::json::{is_true, items, list_mut, remove, text};
use super::super::store::{Store, rfc3339};

const CORDONED: &str = "node.kubernetes.io/unschedulable";

/// Makes a node's taint agree with `spec.unschedulable`.
pub(in super::super) fn taint(store: &mut Store, name: &str, at: Timestamp) {
    store.edit("Node", "", name, at, |node| {
        let cordoned = is_true(node, "/spec/unschedulable");
        let tainted = items(node, "/spec/taints").iter().any(|taint| text(taint, "/key") == CORDONED);
        if cordoned == tainted {
            return;
        }
        if let Some(taints) = list_mut(node, "/spec/taints") {
            taints.retain(|taint| text(taint, "/key") != CORDONED);
            if cordoned {
                taints.push(json!({"key": CORDONED, "effect": "NoSchedule", "timeAdded": rfc3339(at)}));
            }
        }
        if items(node, "/spec/taints").is_empty() {
            remove(node, "/spec/taints");
        }
        if !cordoned && node.pointer("/spec/unschedulable").is_some_and(|is| *is == Value::Bool(false)) {
            remove(node, "/spec/unschedulable");
        }
    });
}
