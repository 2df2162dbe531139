//! The deployment controller: a ReplicaSet for every template, scaled up and down in turn.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::json::{items, number, set, text};
use super::super::random::Random;
use super::super::store::{Store, rfc3339};
use super::event::{Event, record};
use super::{Life, controller, pod};

const REVISION: &str = "/metadata/annotations/deployment.kubernetes.io~1revision";

/// The ReplicaSets of a deployment, by name.
pub(super) fn sets_of(store: &Store, deployment: &Value) -> Vec<Arc<Value>> {
    let uid = text(deployment, "/metadata/uid");
    let mut sets = store.list("ReplicaSet", Some(text(deployment, "/metadata/namespace")));
    sets.retain(|set| controller(set).is_some_and(|owner| text(owner, "/uid") == uid));
    sets
}

/// Brings ReplicaSets to what the deployment wants, one wave of pods at a time.
pub(super) fn reconcile(store: &mut Store, life: &mut Life, deployment: &Value, at: Timestamp) {
    if deployment.pointer("/metadata/deletionTimestamp").is_some() {
        return;
    }
    let sets = sets_of(store, deployment);
    let hash = life.template(deployment, || hash(deployment));
    let (current, old): (Vec<_>, Vec<_>) =
        sets.iter().partition(|set| text(set, "/metadata/labels/pod-template-hash") == hash);
    let wanted = number(deployment, "/spec/replicas");
    let surge = (wanted + 3) / 4;
    let others: i64 = old.iter().map(|set| number(set, "/spec/replicas")).sum();
    let paused = super::super::json::is_true(deployment, "/spec/paused");
    match current.first() {
        _ if paused => {}
        None => {
            let revision = 1 + sets.iter().map(|set| text(set, REVISION).parse().unwrap_or(0)).max().unwrap_or(0);
            let replicas = wanted.min((wanted + surge - others).max(0));
            let made = store.put(new_set(deployment, &hash, replicas, revision), at);
            scaled(store, life, deployment, &made, "up", 0, replicas, at);
        }
        Some(current) => {
            let now = number(current, "/spec/replicas");
            let next = if others == 0 { wanted } else { wanted.min((wanted + surge - others).max(now)) };
            scale(store, life, deployment, current, next, at);
            let ready: i64 = sets.iter().map(|set| number(set, "/status/readyReplicas")).sum();
            let mut spare = ready - (wanted - wanted / 4).max(if wanted > 0 { 1 } else { 0 });
            for set in old.iter().filter(|set| number(set, "/spec/replicas") > 0) {
                let has = number(set, "/spec/replicas");
                let unready = has - number(set, "/status/readyReplicas");
                let less = (unready + spare.max(0)).min(has);
                spare -= less - unready;
                scale(store, life, deployment, set, has - less, at);
            }
        }
    }
    report(store, deployment, &hash, at);
}

/// What distinguishes a template from another.
fn hash(deployment: &Value) -> String {
    let template = deployment.pointer("/spec/template").map(Value::to_string).unwrap_or_default();
    let mut random = Random::named(0x7e3a, &template);
    format!("{}{}", random.suffix(8), random.suffix(2))
}

fn new_set(deployment: &Value, hash: &str, replicas: i64, revision: i64) -> Value {
    let at = |pointer: &str| deployment.pointer(pointer).cloned().unwrap_or_default();
    let mut new = json!({
        "kind": "ReplicaSet", "apiVersion": "apps/v1",
        "metadata": {
            "name": format!("{}-{hash}", text(deployment, "/metadata/name")),
            "namespace": text(deployment, "/metadata/namespace"), "ownerReferences": [pod::owner(deployment)],
            "labels": at("/spec/template/metadata/labels"),
        },
        "spec": {"replicas": replicas, "selector": at("/spec/selector"), "template": at("/spec/template")},
        "status": {"replicas": 0},
    });
    for labels in ["/metadata/labels", "/spec/selector/matchLabels", "/spec/template/metadata/labels"] {
        set(&mut new, &format!("{labels}/pod-template-hash"), hash);
    }
    set(&mut new, REVISION, revision.to_string());
    new
}

fn scale(store: &mut Store, life: &mut Life, deployment: &Value, of: &Value, to: i64, at: Timestamp) {
    let from = number(of, "/spec/replicas");
    if from == to {
        return;
    }
    let (namespace, name) = (text(of, "/metadata/namespace"), text(of, "/metadata/name"));
    store.edit("ReplicaSet", namespace, name, at, |of| set(of, "/spec/replicas", to));
    scaled(store, life, deployment, of, if to > from { "up" } else { "down" }, from, to, at);
}

#[expect(clippy::too_many_arguments, reason = "an event's sentence has as many parts")]
fn scaled(
    store: &mut Store,
    life: &Life,
    deployment: &Value,
    of: &Value,
    way: &str,
    from: i64,
    to: i64,
    at: Timestamp,
) {
    let message = format!("Scaled {way} replica set {} from {from} to {to}", text(of, "/metadata/name"));
    let event = Event {
        about: deployment,
        part: "",
        warning: false,
        reason: "ScalingReplicaSet",
        message,
        by: "deployment-controller",
    };
    record(store, life, &event, at);
}

fn report(store: &mut Store, deployment: &Value, hash: &str, at: Timestamp) {
    let sets = sets_of(store, deployment);
    let sum = |pointer: &str| sets.iter().map(|set| number(set, pointer)).sum::<i64>();
    let current = sets.iter().find(|set| text(set, "/metadata/labels/pod-template-hash") == hash);
    let (wanted, ready) = (number(deployment, "/spec/replicas"), sum("/status/readyReplicas"));
    let updated = current.map_or(0, |set| number(set, "/status/replicas"));
    let enough = ready >= wanted - wanted / 4;
    let done = updated == wanted && ready == wanted && sum("/status/replicas") == wanted;
    let name = current.map(|set| text(set, "/metadata/name").to_owned()).unwrap_or_default();
    let revision = current.map(|set| text(set, REVISION).to_owned()).unwrap_or_default();
    let condition = |kind: &str, is: bool, reason: &str, message: String| {
        let word = if is { "True" } else { "False" };
        let old = items(deployment, "/status/conditions")
            .iter()
            .find(|old| text(old, "/type") == kind && text(old, "/status") == word && text(old, "/reason") == reason);
        old.cloned().unwrap_or_else(|| {
            json!({"type": kind, "status": word, "reason": reason, "message": message, "lastUpdateTime": rfc3339(at), "lastTransitionTime": rfc3339(at)})
        })
    };
    let available = if enough {
        condition("Available", true, "MinimumReplicasAvailable", "Deployment has minimum availability.".to_owned())
    } else {
        condition(
            "Available",
            false,
            "MinimumReplicasUnavailable",
            "Deployment does not have minimum availability.".to_owned(),
        )
    };
    let progressing = if done {
        condition(
            "Progressing",
            true,
            "NewReplicaSetAvailable",
            format!("ReplicaSet \"{name}\" has successfully progressed."),
        )
    } else {
        condition("Progressing", true, "ReplicaSetUpdated", format!("ReplicaSet \"{name}\" is progressing."))
    };
    let mut status = json!({
        "observedGeneration": number(deployment, "/metadata/generation"), "replicas": sum("/status/replicas"),
        "updatedReplicas": updated, "readyReplicas": ready, "availableReplicas": ready,
        "conditions": [available, progressing],
    });
    if ready < wanted {
        set(&mut status, "/unavailableReplicas", wanted - ready);
    }
    let (namespace, of) = (text(deployment, "/metadata/namespace"), text(deployment, "/metadata/name"));
    if text(deployment, REVISION) != revision {
        store.edit("Deployment", namespace, of, at, |deployment| set(deployment, REVISION, revision));
    }
    store.report("Deployment", namespace, of, at, status);
}
