//! What goes because something else went.

use std::collections::HashSet;

use jiff::Timestamp;
use serde_json::Value;

use super::super::json::{items, number, remove, set, text};
use super::super::store::{RESOURCES, Store};
use super::{mark_deleted, status};

/// What holds an owner back until its dependents are gone.
pub(in super::super) const FOREGROUND: &str = "foregroundDeletion";

/// Objects of these kinds can be owned by others that may go.
const OWNED: [&str; 5] = ["ReplicaSet", "Job", "Pod", "EndpointSlice", "ControllerRevision"];

/// Objects of these kinds own others.
const OWNERS: [&str; 7] = ["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob", "Service"];

/// What has to change for there to be something to collect.
pub(super) const KINDS: [&str; 10] = [
    "Deployment",
    "ReplicaSet",
    "StatefulSet",
    "DaemonSet",
    "Job",
    "CronJob",
    "Service",
    "Pod",
    "EndpointSlice",
    "Namespace",
];

/// Whether a namespace is on its way out, which looks at objects of every kind.
pub(super) fn is_emptying(store: &Store) -> bool {
    store.list("Namespace", None).iter().any(|namespace| status::is_leaving(namespace))
}

/// Removes what lost its owner, and what stands in a namespace that goes.
pub(super) fn collect(store: &mut Store, at: Timestamp) {
    foreground(store, at);
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

/// Takes an owner's name off what it owns, so that it stays when the owner goes.
pub(in super::super) fn orphan(store: &mut Store, uid: &str, namespace: &str, at: Timestamp) {
    for kind in OWNED {
        for object in store.list(kind, Some(namespace)) {
            let owners = items(&object, "/metadata/ownerReferences");
            if owners.iter().any(|owner| text(owner, "/uid") == uid) {
                let others: Vec<Value> = owners.iter().filter(|owner| text(owner, "/uid") != uid).cloned().collect();
                store.edit(kind, namespace, text(&object, "/metadata/name"), at, |object| {
                    if others.is_empty() {
                        remove(object, "/metadata/ownerReferences");
                    } else {
                        set(object, "/metadata/ownerReferences", others);
                    }
                });
            }
        }
    }
}

/// Marks an owner as going when its own dependents are gone.
fn hold(store: &mut Store, kind: &'static str, owner: &Value, at: Timestamp) {
    store.edit(kind, text(owner, "/metadata/namespace"), text(owner, "/metadata/name"), at, |owner| {
        if !status::is_leaving(owner) {
            mark_deleted(owner, 0, at);
            set(owner, "/metadata/finalizers", vec![Value::from(FOREGROUND)]);
        }
    });
}

/// Lets what waits for its dependents go when they are gone, and makes them go before.
fn foreground(store: &mut Store, at: Timestamp) {
    for kind in OWNERS {
        for owner in store.list(kind, None) {
            let waits = items(&owner, "/metadata/finalizers").iter().any(|finalizer| finalizer == FOREGROUND);
            if !waits || owner.pointer("/metadata/deletionTimestamp").is_none() {
                continue;
            }
            let (namespace, name) = (text(&owner, "/metadata/namespace"), text(&owner, "/metadata/name"));
            let mut left = 0;
            for of in OWNED {
                for object in store.list(of, Some(namespace)) {
                    let owners = items(&object, "/metadata/ownerReferences");
                    if owners.iter().any(|other| text(other, "/uid") == text(&owner, "/metadata/uid")) {
                        left += 1;
                        if OWNERS.contains(&of) {
                            hold(store, of, &object, at);
                        } else {
                            discard(store, of, &object, at);
                        }
                    }
                }
            }
            if left == 0 {
                store.remove(kind, namespace, name);
            }
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
