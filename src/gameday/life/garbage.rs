//! What goes because something else went.

use std::collections::HashSet;

use jiff::Timestamp;
use serde_json::Value;

use super::super::json::{items, number, text};
use super::super::store::{RESOURCES, Store};
use super::{event, mark_deleted, status};

/// Objects of these kinds can be owned by others that may go.
const OWNED: [&str; 5] = ["ReplicaSet", "Job", "Pod", "EndpointSlice", "ControllerRevision"];

/// Objects of these kinds own others.
const OWNERS: [&str; 7] = ["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob", "Service"];

/// Removes what lost its owner, and what stands in a namespace that goes.
pub(super) fn collect(store: &mut Store, at: Timestamp) {
    event::prune(store, at);
    let alive: HashSet<String> = OWNERS
        .iter()
        .flat_map(|kind| store.list(kind, None))
        .map(|owner| text(&owner, "/metadata/uid").to_owned())
        .collect();
    for kind in OWNED {
        for object in store.list(kind, None) {
            let owners = items(&object, "/metadata/ownerReferences");
            if !owners.is_empty() && owners.iter().all(|owner| !alive.contains(text(owner, "/uid"))) {
                discard(store, kind, &object, at);
            }
        }
    }
    for namespace in store.list("Namespace", None) {
        if namespace.pointer("/metadata/deletionTimestamp").is_some() {
            empty(store, text(&namespace, "/metadata/name"), at);
        }
    }
}

fn discard(store: &mut Store, kind: &'static str, object: &Value, at: Timestamp) {
    let (namespace, name) = (text(object, "/metadata/namespace"), text(object, "/metadata/name"));
    if kind != "Pod" || status::is_over(object) {
        store.remove(kind, namespace, name);
    } else if !status::is_leaving(object) {
        store.edit(kind, namespace, name, at, |pod| {
            let grace = number(pod, "/spec/terminationGracePeriodSeconds");
            mark_deleted(pod, grace, at);
        });
    }
}

fn empty(store: &mut Store, namespace: &str, at: Timestamp) {
    let mut left = 0;
    for resource in RESOURCES.iter().filter(|resource| resource.namespaced && resource.is_stored()) {
        for object in store.list(resource.kind, Some(namespace)) {
            left += 1;
            discard(store, resource.kind, &object, at);
        }
    }
    if left == 0 {
        store.remove("Namespace", "", namespace);
    }
}
