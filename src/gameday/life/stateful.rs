//! The StatefulSet controller: pods with numbers, one after the other.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::json::{label, number, set, text};
use super::super::random::Random;
use super::super::store::Store;
use super::event::{Event, record};
use super::status::{is_leaving, is_ready};
use super::{Life, mark_deleted, pod};

/// The label that tells which template a pod was made from.
const REVISION: &str = "controller-revision-hash";

/// Makes the first pod that is missing and deletes the last that is too many.
pub(super) fn reconcile(store: &mut Store, life: &mut Life, of: &Value, pods: &[Arc<Value>], at: Timestamp) {
    let (namespace, name) = (text(of, "/metadata/namespace"), text(of, "/metadata/name"));
    let wanted = number(of, "/spec/replicas");
    let numbered = |number: i64| {
        let wanted = format!("{name}-{number}");
        pods.iter().find(move |pod| text(pod, "/metadata/name") == wanted)
    };
    let has = i64::try_from(pods.len()).unwrap_or(i64::MAX);
    let ready = pods.iter().filter(|pod| is_ready(pod) && !is_leaving(pod)).count();
    match (0..wanted).find(|number| !numbered(*number).is_some_and(|pod| is_ready(pod) && !is_leaving(pod))) {
        Some(missing) if numbered(missing).is_none() => create(store, life, of, missing, at),
        _ => {}
    }
    if let Some(last) = (wanted..wanted + has).rev().find_map(numbered).filter(|pod| !is_leaving(pod)) {
        store.edit("Pod", namespace, text(last, "/metadata/name"), at, |pod| mark_deleted(pod, 30, at));
    }
    let revision = life.template(of, || revision(of));
    let current = |pod: &&Arc<Value>| label(pod, REVISION) == Some(revision.as_str());
    let updated = pods.iter().filter(current).count();
    // A changed template replaces one pod at a time, the highest number first.
    let all_ready = i64::try_from(ready) == Ok(wanted);
    if let Some(old) = (0..wanted).rev().filter_map(numbered).find(|pod| !current(pod)).filter(|_| all_ready) {
        store.edit("Pod", namespace, text(old, "/metadata/name"), at, |pod| mark_deleted(pod, 30, at));
    }
    let status = json!({
        "replicas": has, "readyReplicas": ready, "availableReplicas": ready, "currentReplicas": has,
        "updatedReplicas": updated, "currentRevision": revision, "updateRevision": revision, "collisionCount": 0,
        "observedGeneration": number(of, "/metadata/generation"),
    });
    store.report("StatefulSet", namespace, name, at, status);
}

/// Every pod, without waiting for the one before.
pub(super) fn all_at_once(store: &mut Store, life: &Life, of: &Value, at: Timestamp) {
    for number in 0..number(of, "/spec/replicas") {
        create(store, life, of, number, at);
    }
}

fn revision(of: &Value) -> String {
    let template = of.pointer("/spec/template").map(Value::to_string).unwrap_or_default();
    format!("{}-{}", text(of, "/metadata/name"), Random::named(0x57a7, &template).suffix(10))
}

fn create(store: &mut Store, life: &Life, of: &Value, number: i64, at: Timestamp) {
    let name = format!("{}-{number}", text(of, "/metadata/name"));
    let mut pod = pod::from_template(store, of, &name, None);
    set(&mut pod, "/metadata/labels/apps.kubernetes.io~1pod-index", number.to_string());
    set(&mut pod, "/metadata/labels/statefulset.kubernetes.io~1pod-name", name.as_str());
    set(&mut pod, "/metadata/labels/controller-revision-hash", revision(of));
    set(&mut pod, "/spec/hostname", name.as_str());
    set(&mut pod, "/spec/subdomain", text(of, "/spec/serviceName"));
    store.put(pod, at);
    let message = format!("create Pod {name} in StatefulSet {} successful", text(of, "/metadata/name"));
    let event = Event {
        about: of,
        part: "",
        warning: false,
        reason: "SuccessfulCreate",
        message,
        by: "statefulset-controller",
    };
    record(store, life, &event, at);
}
