//! What POST makes: objects, tokens, and answers to reviews.

use http::StatusCode;
use serde_json::{Value, json};

use super::super::access;
use super::super::fields;
use super::super::json::{remove, set, text};
use super::super::life;
use super::super::store::{Store, by_kind, rfc3339};
use super::defaults::fill;
use super::failure::{Cause, Failure};
use super::valid;
use super::write::Write;

/// Creates what was sent. Gives the status of the answer and the object.
pub(super) fn create(write: &mut Write<'_>) -> Result<(StatusCode, Value), Failure> {
    let mut object = write.sent.needed()?;
    is_of_kind(write, &object)?;
    write.fitted(&mut object)?;
    keep(write, object, false)
}

/// Creates what was applied where nothing stood; its managers are written down already.
pub(super) fn create_applied(write: &mut Write<'_>, mut object: Value) -> Result<(StatusCode, Value), Failure> {
    is_of_kind(write, &object)?;
    set(&mut object, "/metadata/name", write.place.name.as_str());
    keep(write, object, true)
}

/// Answers a review.
pub(super) fn review(write: &mut Write<'_>) -> Result<(StatusCode, Value), Failure> {
    let object = write.sent.needed()?;
    is_of_kind(write, &object)?;
    let kind = write.place.resource.kind;
    let answer = access::review(write.store, write.tokens, write.who, kind, object, write.now);
    Ok((StatusCode::CREATED, answer))
}

/// Makes a token of a service account.
pub(super) fn token(write: &mut Write<'_>) -> Result<(StatusCode, Value), Failure> {
    let place = write.place;
    let account = write.store.get("ServiceAccount", &place.namespace, &place.name);
    let account = account.ok_or_else(|| Failure::not_found(place.resource, &place.name))?;
    let mut request = write.sent.needed()?;
    let seconds = request.pointer("/spec/expirationSeconds").and_then(Value::as_i64).unwrap_or(3600);
    if seconds < 600 {
        let why = "may not specify a duration less than 10 minutes";
        let cause = Cause::invalid("spec.expirationSeconds", &json!(seconds), why);
        return Err(Failure::invalid_kind("TokenRequest.authentication.k8s.io", "", vec![cause]));
    }
    set(&mut request, "/spec/expirationSeconds", seconds);
    let bound = request.pointer("/spec/boundObjectRef").filter(|bound| !bound.is_null()).cloned();
    if let Some(bound) = &bound {
        let kind =
            by_kind(text(bound, "/kind")).ok_or_else(|| Failure::bad_request("cannot bind token to this kind"))?;
        let name = text(bound, "/name");
        let object =
            write.store.get(kind.kind, &place.namespace, name).ok_or_else(|| Failure::not_found(kind, name))?;
        let (has, means) = (text(&object, "/metadata/uid"), text(bound, "/uid"));
        if !means.is_empty() && has != means {
            let why = format!(
                "the UID in the bound object reference ({means}) does not match the UID in record. The object might have been deleted and then recreated"
            );
            return Err(Failure::conflict(kind, name, &why));
        }
    }
    let audiences: Vec<String> = super::super::json::items(&request, "/spec/audiences")
        .iter()
        .filter_map(|audience| Some(audience.as_str()?.to_owned()))
        .collect();
    let given = write.tokens.issue(write.store, &account, bound.as_ref(), audiences, seconds, write.now);
    set(&mut request, "/spec/audiences", json!(given.audiences));
    if bound.is_none() {
        set(&mut request, "/spec/boundObjectRef", Value::Null);
    }
    set(&mut request, "/kind", "TokenRequest");
    set(&mut request, "/apiVersion", "authentication.k8s.io/v1");
    for part in ["name", "namespace", "uid"] {
        let pointer = format!("/metadata/{part}");
        set(&mut request, &pointer, text(&account, &pointer));
    }
    set(&mut request, "/metadata/creationTimestamp", rfc3339(write.now));
    set(&mut request, "/status", json!({"token": given.text, "expirationTimestamp": rfc3339(given.expires)}));
    Ok((StatusCode::CREATED, request))
}

fn is_of_kind(write: &Write<'_>, object: &Value) -> Result<(), Failure> {
    let resource = write.place.resource;
    let (kind, version) = (text(object, "/kind"), text(object, "/apiVersion"));
    let right = (kind.is_empty() || kind == resource.kind) && (version.is_empty() || version == resource.api_version());
    if right {
        return Ok(());
    }
    Err(Failure::bad_request(format!(
        "{kind} in version \"{version}\" cannot be handled as a {}: no kind \"{kind}\" is registered for version \"{version}\"",
        resource.kind
    )))
}

fn keep(write: &mut Write<'_>, mut object: Value, applied: bool) -> Result<(StatusCode, Value), Failure> {
    let (resource, place) = (write.place.resource, write.place);
    set(&mut object, "/kind", resource.kind);
    set(&mut object, "/apiVersion", resource.api_version());
    christen(write, &mut object, applied)?;
    let name = text(&object, "/metadata/name").to_owned();
    if write.store.get(resource.kind, &place.namespace, &name).is_some() {
        return Err(Failure::already_exists(resource, &name));
    }
    fill(&mut object);
    complete(write.store, &mut object);
    valid::check(resource, None, &object)?;
    if let Some(kind) = write.kind().filter(|_| !applied) {
        fields::updated(None, &mut object, &write.manager(false), kind, write.now);
    }
    if write.options.dry_run {
        set(&mut object, "/metadata/creationTimestamp", rfc3339(write.now));
        let uid = write.store.random.uuid();
        set(&mut object, "/metadata/uid", uid);
        return Ok((StatusCode::CREATED, object));
    }
    let made = write.store.put(object, write.now);
    if resource.kind == "Namespace" {
        let account =
            json!({"kind": "ServiceAccount", "apiVersion": "v1", "metadata": {"name": "default", "namespace": name}});
        write.store.put(account, write.now);
    }
    Ok((StatusCode::CREATED, Value::clone(&made)))
}

/// Gives the object its place and takes away what only the server says.
fn christen(write: &mut Write<'_>, object: &mut Value, applied: bool) -> Result<(), Failure> {
    for own in ["uid", "creationTimestamp", "resourceVersion", "generation", "deletionTimestamp"] {
        remove(object, &format!("/metadata/{own}"));
    }
    if !applied {
        remove(object, "/metadata/managedFields");
    }
    let (resource, place) = (write.place.resource, write.place);
    let name = text(object, "/metadata/name").to_owned();
    if resource.namespaced {
        let named = text(object, "/metadata/namespace");
        if !named.is_empty() && named != place.namespace {
            return Err(Failure::bad_request(
                "the namespace of the provided object does not match the namespace sent on the request",
            ));
        }
        let Some(namespace) = write.store.get("Namespace", "", &place.namespace) else {
            let namespaces = by_kind("Namespace").unwrap_or(resource);
            return Err(Failure::not_found(namespaces, &place.namespace));
        };
        if namespace.pointer("/metadata/deletionTimestamp").is_some() {
            return Err(Failure::terminating(resource, &name, &place.namespace));
        }
        set(object, "/metadata/namespace", place.namespace.as_str());
    } else {
        remove(object, "/metadata/namespace");
    }
    if name.is_empty() {
        let generate = text(object, "/metadata/generateName").to_owned();
        if generate.is_empty() {
            let cause = Cause::required("metadata.name", "name or generateName is required");
            return Err(Failure::invalid(resource, "", vec![cause]));
        }
        let name = format!("{generate}{}", write.store.random.suffix(5));
        set(object, "/metadata/name", name);
    }
    let name = text(object, "/metadata/name");
    let fits = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "-.:".contains(letter);
    if name.len() > 253 || !name.chars().all(fits) {
        let why = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
        let cause = Cause::invalid("metadata.name", &json!(name), why);
        return Err(Failure::invalid(resource, name, vec![cause]));
    }
    Ok(())
}

/// What controllers and tables would stumble without, and what depends on the rest of the cluster.
fn complete(store: &mut Store, object: &mut Value) {
    match text(object, "/kind") {
        "Pod" => {
            set(object, "/status", json!({"phase": "Pending"}));
            life::admit(store, object);
        }
        "Deployment" | "ReplicaSet" | "StatefulSet" | "DaemonSet" | "Job" | "CronJob" => {
            set(object, "/status", json!({}))
        }
        "Service" if object.pointer("/spec/clusterIP").is_none() => {
            let address = format!("172.20.{}.{}", store.random.below(255), 1 + store.random.below(253));
            set(object, "/spec/clusterIP", address.as_str());
            set(object, "/spec/clusterIPs", json!([address]));
            set(object, "/spec/ipFamilies", json!(["IPv4"]));
            set(object, "/spec/ipFamilyPolicy", "SingleStack");
            set(object, "/status", json!({"loadBalancer": {}}));
        }
        "Namespace" => {
            let name = text(object, "/metadata/name").to_owned();
            set(object, "/metadata/labels/kubernetes.io~1metadata.name", name);
            set(object, "/spec/finalizers", json!(["kubernetes"]));
            set(object, "/status", json!({"phase": "Active"}));
        }
        _ => {}
    }
}
