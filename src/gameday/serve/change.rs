//! What PUT and PATCH change.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::super::fields;
use super::super::json::{items, number, pairs, remove, set, text};
use super::super::life;
use super::create::create_applied;
use super::defaults::fill;
use super::failure::{Cause, Failure};
use super::strategic::{self, Unfit};
use super::valid;
use super::write::Write;

/// What only the server says of an object.
const SERVERS: [&str; 4] = ["creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation"];

/// Puts another object in the place of one.
pub(super) fn replace(write: &mut Write<'_>) -> Result<(StatusCode, Value), Failure> {
    let place = write.place;
    let old = standing(write)?;
    let mut new = write.sent.needed()?;
    let kind = text(&old, "/kind").to_owned();
    set(&mut new, "/kind", kind);
    set(&mut new, "/apiVersion", text(&old, "/apiVersion"));
    let (has, means) = (text(&old, "/metadata/uid"), text(&new, "/metadata/uid").to_owned());
    if !means.is_empty() && means != has {
        let key = format!("/registry/{}/{}/{}", place.resource.plural, place.namespace, place.name);
        let why = format!(
            "StorageError: invalid object, Code: 4, Key: {}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: {means}, UID in object meta: {has}",
            key.replace("//", "/")
        );
        return Err(Failure::conflict(place.resource, &place.name, &why));
    }
    finish(write, &old, new)
}

/// Changes a part of an object, in one of four ways.
pub(super) fn patch(write: &mut Write<'_>) -> Result<(StatusCode, Value), Failure> {
    if write.sent.applies() {
        return apply(write);
    }
    let old = standing(write)?;
    let mut new = old.clone();
    let scaling = write.place.part.is_some_and(|part| part.name == "scale");
    match write.sent.media.as_str() {
        "application/json-patch+json" => {
            let patch: json_patch::Patch = serde_json::from_value(write.sent.needed()?)
                .map_err(|error| Failure::bad_request(format!("error decoding patch: {error}")))?;
            json_patch::patch(&mut new, &patch).map_err(|_| Failure::invalid_patch(None))?;
        }
        "application/merge-patch+json" => json_patch::merge(&mut new, &map(write)?),
        "application/strategic-merge-patch+json" => {
            let patch = map(write)?;
            let kind = write.kind().filter(|_| !scaling);
            strategic::merge(&mut new, &patch, kind).map_err(|unfit| match unfit {
                Unfit::Nameless(why) => Failure::unforeseen(why),
                Unfit::Shape(wanted) => Failure::invalid_patch(Some(Cause::invalid(
                    "patch",
                    &strategic::as_go_prints(&patch).into(),
                    &format!("unrecognized type: {wanted}"),
                ))),
            })?;
        }
        _ => {
            return Err(Failure::unsupported(&[
                "application/json-patch+json",
                "application/merge-patch+json",
                "application/strategic-merge-patch+json",
                "application/apply-patch+yaml",
            ]));
        }
    }
    finish(write, &old, new)
}

/// A patch that must be an object.
fn map(write: &Write<'_>) -> Result<Value, Failure> {
    let patch = write.sent.needed()?;
    let sort = match &patch {
        Value::Object(_) => return Ok(patch),
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Bool(_) => "bool",
        _ => "number",
    };
    Err(Failure::bad_request(format!("json: cannot unmarshal {sort} into Go value of type map[string]interface {{}}")))
}

/// Merges a configuration; creates the object where there is none.
fn apply(write: &mut Write<'_>) -> Result<(StatusCode, Value), Failure> {
    let place = write.place;
    let mut config = write.sent.needed()?;
    write.fitted(&mut config)?;
    let wanted = place.resource.api_version();
    let version = text(&config, "/apiVersion");
    if version != wanted {
        let why = format!(
            "Incorrect version specified in apply patch. Specified patch version: {version}, expected: {wanted}"
        );
        return Err(Failure::bad_request(why));
    }
    if config.pointer("/metadata/managedFields").is_some() {
        return Err(Failure::bad_request("metadata.managedFields must be nil"));
    }
    let Some(kind) = write.kind() else { return Err(Failure::method_not_allowed()) };
    let by = write.manager(true);
    let old = write.store.get(place.resource.kind, &place.namespace, &place.name);
    let merged = fields::applied(old.as_deref(), &config, &by, write.options.force, kind, write.now)
        .map_err(|conflicts| Failure::taken(&conflicts))?;
    match old {
        None if place.part.is_none() => create_applied(write, merged),
        None => Err(Failure::not_found(place.resource, &place.name)),
        Some(old) => settle(write, &old, merged, true),
    }
}

/// What stands there, or the scale of it.
fn standing(write: &Write<'_>) -> Result<Value, Failure> {
    let place = write.place;
    let old = write.store.get(place.resource.kind, &place.namespace, &place.name);
    let old = old.ok_or_else(|| Failure::not_found(place.resource, &place.name))?;
    Ok(if place.part.is_some_and(|part| part.name == "scale") { scale(&old) } else { Value::clone(&old) })
}

/// Checks what the writer wants to stand there, and puts it.
fn finish(write: &mut Write<'_>, old: &Value, mut new: Value) -> Result<(StatusCode, Value), Failure> {
    let place = write.place;
    let (name, renamed) = (text(old, "/metadata/name"), text(&new, "/metadata/name"));
    if !renamed.is_empty() && renamed != name {
        let message = format!("the name of the object ({renamed}) does not match the name on the URL ({name})");
        return Err(Failure::bad_request(message));
    }
    let (has, means) = (text(old, "/metadata/resourceVersion"), text(&new, "/metadata/resourceVersion"));
    if !means.is_empty() && means != has {
        let why = "the object has been modified; please apply your changes to the latest version and try again";
        return Err(Failure::conflict(place.resource, name, why));
    }
    if place.part.is_some_and(|part| part.name == "scale") {
        let whole = write.store.get(place.resource.kind, &place.namespace, &place.name);
        let whole = whole.ok_or_else(|| Failure::not_found(place.resource, name))?;
        let mut result = Value::clone(&whole);
        let replicas = new.pointer("/spec/replicas").cloned().unwrap_or_else(|| json!(0));
        if replicas.as_i64().is_none_or(|replicas| replicas < 0) {
            let cause = Cause::invalid("spec.replicas", &replicas, "must be greater than or equal to 0");
            return Err(Failure::invalid(place.resource, name, vec![cause]));
        }
        set(&mut result, "/spec/replicas", replicas);
        let (code, result) = settle(write, &whole, result, false)?;
        return Ok((code, scale(&result)));
    }
    write.fitted(&mut new)?;
    settle(write, old, new, false)
}

/// Makes an object whole, checks it, writes down who changed it, and puts it.
fn settle(write: &mut Write<'_>, old: &Value, wanted: Value, applied: bool) -> Result<(StatusCode, Value), Failure> {
    let (resource, place) = (write.place.resource, write.place);
    let mut new = match write.place.part.map(|part| part.name) {
        Some("status") => {
            let mut new = old.clone();
            set(&mut new, "/status", wanted.get("status").cloned().unwrap_or_else(|| json!({})));
            set(
                &mut new,
                "/metadata/managedFields",
                wanted.pointer("/metadata/managedFields").cloned().unwrap_or_default(),
            );
            new
        }
        _ => {
            let mut new = wanted;
            // The status of what has one is changed by its own path alone.
            let apart = resource.subresources.iter().any(|part| part.name == "status");
            match old.get("status") {
                Some(status) if apart => set(&mut new, "/status", status.clone()),
                None if apart => drop(remove(&mut new, "/status")),
                _ => {}
            }
            new
        }
    };
    if new.pointer("/metadata/managedFields").is_some_and(Value::is_null) {
        remove(&mut new, "/metadata/managedFields");
    }
    for own in ["name", "namespace"].into_iter().chain(SERVERS) {
        keep(&mut new, old, &format!("/metadata/{own}"));
    }
    if text(&new, "/metadata/uid").is_empty() {
        keep(&mut new, old, "/metadata/uid");
    }
    keep(&mut new, old, "/metadata/resourceVersion");
    for bare in ["labels", "annotations"] {
        let pointer = format!("/metadata/{bare}");
        if new.pointer(&pointer).and_then(Value::as_object).is_some_and(Map::is_empty) {
            remove(&mut new, &pointer);
        }
    }
    // What stood here before anybody wrote to it is not filled in because somebody writes now.
    let mut filled = old.clone();
    fill(&mut filled);
    if filled == *old {
        fill(&mut new);
    }
    valid::check(resource, Some(old), &new)?;
    if let Some(kind) = write.kind().filter(|_| !applied) {
        fields::updated(Some(old), &mut new, &write.manager(false), kind, write.now);
    }
    if write.options.dry_run {
        return Ok((StatusCode::OK, new));
    }
    let now = write.now;
    let mut result = Value::clone(&write.store.put(new, now));
    if resource.kind == "Node" {
        life::taint(write.store, &place.name, now);
    }
    let leaving = result.pointer("/metadata/deletionTimestamp").is_some();
    if resource.kind != "Pod"
        && resource.kind != "Namespace"
        && leaving
        && items(&result, "/metadata/finalizers").is_empty()
    {
        write.store.remove(resource.kind, &place.namespace, &place.name);
    } else if resource.kind == "Node"
        && let Some(node) = write.store.get("Node", "", &place.name)
    {
        result = Value::clone(&node);
    }
    Ok((StatusCode::OK, result))
}

fn keep(new: &mut Value, old: &Value, pointer: &str) {
    match old.pointer(pointer) {
        Some(value) => set(new, pointer, value.clone()),
        None => drop(remove(new, pointer)),
    }
}

/// The `Scale` of a workload.
pub(super) fn scale(workload: &Value) -> Value {
    let selector: Vec<String> =
        pairs(workload, "/spec/selector/matchLabels").map(|(key, value)| format!("{key}={value}")).collect();
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
