//! What POST makes: objects, and answers to reviews.

use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::access::{Role, review};
use super::super::json::{remove, set, text};
use super::super::life;
use super::super::store::Store;
use super::failure::Failure;
use super::query::Query;
use super::route::Place;

/// Creates what was sent. Gives the object and the status of the answer.
pub(super) fn create(
    store: &mut Store,
    role: Role,
    place: &Place,
    query: &Query,
    mut object: Value,
) -> Result<(StatusCode, Value), Failure> {
    let resource = place.resource;
    if place.part.is_some_and(|part| part.name == "token") {
        set(
            &mut object,
            "/status",
            json!({"token": format!("gameday-{}", store.random.hex(40)), "expirationTimestamp": null}),
        );
        return Ok((StatusCode::CREATED, object));
    }
    let kind = text(&object, "/kind");
    if !kind.is_empty() && kind != resource.kind {
        let message = format!("the object provided is of kind {kind}; {} takes {}", resource.plural, resource.kind);
        return Err(Failure::bad_request(message));
    }
    if !resource.is_stored() {
        return Ok((StatusCode::CREATED, review(store, &role.subject(), resource.kind, object)));
    }
    set(&mut object, "/kind", resource.kind);
    set(&mut object, "/apiVersion", resource.api_version());
    christen(store, place, &mut object)?;
    let name = text(&object, "/metadata/name").to_owned();
    if store.get(resource.kind, &place.namespace, &name).is_some() {
        return Err(Failure::already_exists(resource, &name));
    }
    complete(store, &mut object);
    let now = Timestamp::now();
    if query.has("dryRun") {
        set(&mut object, "/metadata/creationTimestamp", super::super::store::rfc3339(now));
        set(&mut object, "/metadata/uid", store.random.uuid());
        return Ok((StatusCode::CREATED, object));
    }
    let made = store.put(object, now);
    if resource.kind == "Namespace" {
        store.put(
            json!({"kind": "ServiceAccount", "apiVersion": "v1", "metadata": {"name": "default", "namespace": name}}),
            now,
        );
    }
    Ok((StatusCode::CREATED, Value::clone(&made)))
}

/// Gives the object its place and takes away what only the server says.
fn christen(store: &mut Store, place: &Place, object: &mut Value) -> Result<(), Failure> {
    for own in ["uid", "creationTimestamp", "resourceVersion", "generation", "deletionTimestamp", "managedFields"] {
        remove(object, &format!("/metadata/{own}"));
    }
    let resource = place.resource;
    if resource.namespaced {
        let named = text(object, "/metadata/namespace");
        if !named.is_empty() && named != place.namespace {
            return Err(Failure::bad_request(
                "the namespace of the provided object does not match the namespace sent on the request",
            ));
        }
        if store.get("Namespace", "", &place.namespace).is_none() {
            let namespaces = super::super::store::by_kind("Namespace").unwrap_or(resource);
            return Err(Failure::not_found(namespaces, &place.namespace));
        }
        set(object, "/metadata/namespace", place.namespace.as_str());
    }
    if text(object, "/metadata/name").is_empty() {
        let generate = text(object, "/metadata/generateName").to_owned();
        if generate.is_empty() {
            return Err(Failure::invalid(
                resource,
                "",
                "metadata.name: Required value: name or generateName is required",
            ));
        }
        let name = format!("{generate}{}", store.random.suffix(5));
        set(object, "/metadata/name", name);
    }
    let name = text(object, "/metadata/name");
    let fits = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "-.:".contains(letter);
    if name.len() > 253 || !name.chars().all(fits) {
        let why = format!(
            "metadata.name: Invalid value: \"{name}\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.'"
        );
        return Err(Failure::invalid(resource, name, &why));
    }
    Ok(())
}

/// Defaults without which controllers and tables would stumble.
fn complete(store: &mut Store, object: &mut Value) {
    match text(object, "/kind") {
        "Pod" => {
            for (field, value) in [
                ("restartPolicy", json!("Always")),
                ("terminationGracePeriodSeconds", json!(30)),
                ("dnsPolicy", json!("ClusterFirst")),
                ("schedulerName", json!("default-scheduler")),
            ] {
                if object.pointer(&format!("/spec/{field}")).is_none() {
                    set(object, &format!("/spec/{field}"), value);
                }
            }
            set(object, "/status", json!({"phase": "Pending"}));
            life::admit(store, object);
        }
        "Deployment" | "ReplicaSet" | "StatefulSet" => {
            if object.pointer("/spec/replicas").is_none() {
                set(object, "/spec/replicas", 1);
            }
            set(object, "/status", json!({}));
        }
        "Service" if object.pointer("/spec/clusterIP").is_none() => {
            let address = format!("172.20.{}.{}", store.random.below(255), 1 + store.random.below(253));
            set(object, "/spec/clusterIP", address.as_str());
            set(object, "/spec/clusterIPs", json!([address]));
            if text(object, "/spec/type").is_empty() {
                set(object, "/spec/type", "ClusterIP");
            }
        }
        "Namespace" => set(object, "/status", json!({"phase": "Active"})),
        "NetworkPolicy" => {
            if object.pointer("/spec/podSelector").is_none() {
                set(object, "/spec/podSelector", json!({}));
            }
            if object.pointer("/spec/policyTypes").is_none() {
                let egress = object.pointer("/spec/egress").is_some();
                set(
                    object,
                    "/spec/policyTypes",
                    if egress { json!(["Ingress", "Egress"]) } else { json!(["Ingress"]) },
                );
            }
        }
        _ => {}
    }
}
