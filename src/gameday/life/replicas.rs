//! The ReplicaSet controller: as many pods as asked for, none that its selector does not select.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::json::{number, text};
use super::super::selectors::LabelSelector;
use super::super::store::Store;
use super::event::{Event, record};
use super::status::{is_leaving, is_over, is_ready};
use super::{Life, mark_deleted, pod};

/// Lets go, makes and deletes pods until there are as many as wanted, and reports.
pub(super) fn reconcile(store: &mut Store, life: &mut Life, of: &Value, pods: &[Arc<Value>], at: Timestamp) {
    let selector = LabelSelector::of(of.pointer("/spec/selector")).unwrap_or_default();
    let (own, strange): (Vec<_>, Vec<_>) = pods.iter().partition(|pod| selector.matches(pod));
    for pod in strange {
        release(store, pod, at);
    }
    let mut active: Vec<_> = own.into_iter().filter(|pod| !is_leaving(pod) && !is_over(pod)).collect();
    let wanted = number(of, "/spec/replicas");
    let has = i64::try_from(active.len()).unwrap_or(i64::MAX);
    for _ in has..wanted {
        create(store, life, of, at);
    }
    // Those that are not ready go first, then the youngest.
    active.sort_by_key(|pod| (is_ready(pod), std::cmp::Reverse(text(pod, "/metadata/creationTimestamp").to_owned())));
    for pod in active.iter().take(usize::try_from(has - wanted).unwrap_or(0)) {
        delete(store, life, of, pod, at);
    }
    let ready = active.iter().filter(|pod| is_ready(pod)).count();
    let mut status = json!({
        "replicas": has, "fullyLabeledReplicas": has, "readyReplicas": ready, "availableReplicas": ready,
        "observedGeneration": number(of, "/metadata/generation"),
    });
    if has == 0 {
        status = json!({"replicas": 0, "observedGeneration": number(of, "/metadata/generation")});
    }
    let (namespace, name) = (text(of, "/metadata/namespace"), text(of, "/metadata/name"));
    store.report("ReplicaSet", namespace, name, at, status);
}

/// Somebody took the label away: the pod is nobody's from now on.
fn release(store: &mut Store, pod: &Value, at: Timestamp) {
    store.edit("Pod", text(pod, "/metadata/namespace"), text(pod, "/metadata/name"), at, |pod| {
        super::super::json::remove(pod, "/metadata/ownerReferences");
    });
}

fn create(store: &mut Store, life: &Life, of: &Value, at: Timestamp) {
    let generate = format!("{}-", text(of, "/metadata/name"));
    let name = format!("{generate}{}", store.random.suffix(5));
    let pod = pod::from_template(store, of, &name, Some(&generate));
    store.put(pod, at);
    tell(store, life, of, "SuccessfulCreate", format!("Created pod: {name}"), at);
}

fn delete(store: &mut Store, life: &Life, of: &Value, pod: &Value, at: Timestamp) {
    let name = text(pod, "/metadata/name");
    store.edit("Pod", text(pod, "/metadata/namespace"), name, at, |pod| {
        let grace = number(pod, "/spec/terminationGracePeriodSeconds");
        mark_deleted(pod, grace, at);
    });
    tell(store, life, of, "SuccessfulDelete", format!("Deleted pod: {name}"), at);
}

fn tell(store: &mut Store, life: &Life, of: &Value, reason: &str, message: String, at: Timestamp) {
    let event = Event { about: of, part: "", warning: false, reason, message, by: "replicaset-controller" };
    record(store, life, &event, at);
}
