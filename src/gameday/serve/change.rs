//! What PUT and PATCH change.

use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::access::Role;
use super::super::json::{items, number, set, text};
use super::super::life;
use super::super::store::{Resource, Store};
use super::create::create;
use super::failure::Failure;
use super::query::Query;
use super::route::Place;
use super::sent::Sent;
use super::strategic;

/// Changes an object, or a part of it.
pub(super) fn change(
    store: &mut Store,
    role: Role,
    place: &Place,
    query: &Query,
    sent: &Sent,
    patch: bool,
) -> Result<(StatusCode, Value), Failure> {
    let resource = place.resource;
    let Some(old) = store.get(resource.kind, &place.namespace, &place.name) else {
        if sent.media == "application/apply-patch+yaml" && place.part.is_none() {
            return create(store, role, place, query, sent.needed()?);
        }
        return Err(Failure::not_found(resource, &place.name));
    };
    let part = place.part.map_or("", |part| part.name);
    let mut new = if part == "scale" { scale(&old) } else { Value::clone(&old) };
    if patch {
        apply(&mut new, sent)?;
    } else {
        new = sent.needed()?;
        set(&mut new, "/kind", text(&old, "/kind"));
        set(&mut new, "/apiVersion", text(&old, "/apiVersion"));
    }
    check(resource, &old, &new)?;
    let mut result = Value::clone(&old);
    match part {
        "scale" => set(&mut result, "/spec/replicas", number(&new, "/spec/replicas")),
        "status" => set(&mut result, "/status", new.get("status").cloned().unwrap_or_default()),
        _ => {
            // The status of what has one is changed by its own path alone.
            let apart = resource.subresources.iter().any(|part| part.name == "status");
            if let Some(status) = old.get("status").filter(|_| apart) {
                set(&mut new, "/status", status.clone());
            }
            result = new;
        }
    }
    for own in ["name", "namespace", "uid", "creationTimestamp", "resourceVersion", "deletionTimestamp"] {
        let pointer = format!("/metadata/{own}");
        match old.pointer(&pointer) {
            Some(value) => set(&mut result, &pointer, value.clone()),
            None => drop(super::super::json::remove(&mut result, &pointer)),
        }
    }
    if !query.has("dryRun") {
        let now = Timestamp::now();
        result = Value::clone(&store.put(result, now));
        if resource.kind == "Node" {
            life::taint(store, &place.name, now);
        }
        let finalizers = items(&result, "/metadata/finalizers");
        if resource.kind != "Pod" && finalizers.is_empty() && result.pointer("/metadata/deletionTimestamp").is_some() {
            store.remove(resource.kind, &place.namespace, &place.name);
        }
    }
    Ok((StatusCode::OK, if part == "scale" { scale(&result) } else { result }))
}

/// The `Scale` of a workload.
pub(super) fn scale(workload: &Value) -> Value {
    let selector: Vec<String> = super::super::json::pairs(workload, "/spec/selector/matchLabels")
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    let mut scale = json!({
        "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": {},
        "spec": {"replicas": number(workload, "/spec/replicas")},
        "status": {"replicas": number(workload, "/status/replicas"), "selector": selector.join(",")},
    });
    for kept in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
        let pointer = format!("/metadata/{kept}");
        set(&mut scale, &pointer, workload.pointer(&pointer).cloned().unwrap_or_default());
    }
    scale
}

fn apply(object: &mut Value, sent: &Sent) -> Result<(), Failure> {
    match sent.media.as_str() {
        "application/json-patch+json" => {
            let patch: json_patch::Patch = serde_json::from_value(sent.needed()?)
                .map_err(|error| Failure::bad_request(format!("error decoding patch: {error}")))?;
            json_patch::patch(object, &patch).map_err(|error| {
                let message = format!("the server rejected our request due to an error in our request: {error}");
                Failure::new(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message)
            })
        }
        "application/merge-patch+json" => {
            json_patch::merge(object, &sent.needed()?);
            Ok(())
        }
        "application/strategic-merge-patch+json" | "application/apply-patch+yaml" => {
            strategic::merge(object, &sent.needed()?);
            Ok(())
        }
        _ => Err(Failure::unsupported(&[
            "application/json-patch+json",
            "application/merge-patch+json",
            "application/strategic-merge-patch+json",
            "application/apply-patch+yaml",
        ])),
    }
}

/// Whether the writer means this object in this state, and asks for what can be changed.
fn check(resource: &Resource, old: &Value, new: &Value) -> Result<(), Failure> {
    let name = text(old, "/metadata/name");
    let (has, means) = (text(old, "/metadata/uid"), text(new, "/metadata/uid"));
    if !means.is_empty() && means != has {
        let why = format!("Precondition failed: UID in precondition: {means}, UID in object meta: {has}");
        return Err(Failure::conflict(resource, name, &why));
    }
    let (has, means) = (text(old, "/metadata/resourceVersion"), text(new, "/metadata/resourceVersion"));
    if !means.is_empty() && means != has {
        let why = "the object has been modified; please apply your changes to the latest version and try again";
        return Err(Failure::conflict(resource, name, why));
    }
    let renamed = text(new, "/metadata/name");
    if !renamed.is_empty() && renamed != name {
        let message = format!("the name of the object ({renamed}) does not match the name on the URL ({name})");
        return Err(Failure::bad_request(message));
    }
    if resource.kind == "Pod" && text(new, "/kind") == "Pod" && fixed(old) != fixed(new) {
        let why = "spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";
        return Err(Failure::invalid(resource, name, why));
    }
    Ok(())
}

/// What of a pod's spec can never change.
fn fixed(pod: &Value) -> Value {
    let mut spec = pod.get("spec").cloned().unwrap_or_default();
    for free in ["tolerations", "activeDeadlineSeconds", "terminationGracePeriodSeconds"] {
        super::super::json::remove(&mut spec, &format!("/{free}"));
    }
    for list in ["/containers", "/initContainers"] {
        let containers = spec.pointer_mut(list).and_then(Value::as_array_mut);
        for container in containers.into_iter().flatten() {
            super::super::json::remove(container, "/image");
        }
    }
    spec
}
