//! What DELETE takes away, and evictions.

use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::json::{items, number, set, text};
use super::super::life;
use super::super::store::{Resource, Store};
use super::failure::Failure;
use super::query::Query;
use super::route::Place;
use super::shape::Shape;

/// Deletes one object: at once, or after its grace period.
pub(super) fn delete(
    store: &mut Store,
    place: &Place,
    query: &Query,
    options: &Value,
) -> Result<(StatusCode, Value), Failure> {
    let resource = place.resource;
    let object = store.get(resource.kind, &place.namespace, &place.name);
    let object = object.ok_or_else(|| Failure::not_found(resource, &place.name))?;
    meant(resource, &object, options)?;
    let dry = query.has("dryRun") || !items(options, "/dryRun").is_empty();
    let grace = match query.number("gracePeriodSeconds")? {
        Some(seconds) => Some(seconds.cast_signed()),
        None => options.pointer("/gracePeriodSeconds").and_then(Value::as_i64),
    };
    let last = end(store, resource, &object, grace, dry);
    let status = last.unwrap_or_else(|| {
        let mut details = json!({"name": place.name, "kind": resource.plural, "uid": text(&object, "/metadata/uid")});
        if !resource.group.is_empty() {
            set(&mut details, "/group", resource.group);
        }
        json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details})
    });
    Ok((StatusCode::OK, status))
}

/// Deletes all that is selected; gives them as a list.
pub(super) fn delete_all(
    store: &mut Store,
    place: &Place,
    query: &Query,
    options: &Value,
    shape: Shape,
) -> Result<(StatusCode, Value), Failure> {
    let selection = query.selection(place)?;
    let mut objects = store.list(place.resource.kind, place.within());
    objects.retain(|object| selection.has(object));
    let dry = query.has("dryRun") || !items(options, "/dryRun").is_empty();
    let grace = options.pointer("/gracePeriodSeconds").and_then(Value::as_i64);
    for object in &objects {
        end(store, place.resource, object, grace, dry);
    }
    let objects: Vec<&Value> = objects.iter().map(AsRef::as_ref).collect();
    Ok((StatusCode::OK, shape.list(&objects, json!({"resourceVersion": store.revision().to_string()}))))
}

/// Evicts a pod where its budgets allow it.
pub(super) fn evict(
    store: &mut Store,
    place: &Place,
    query: &Query,
    eviction: &Value,
) -> Result<(StatusCode, Value), Failure> {
    let pod = store.get("Pod", &place.namespace, &place.name);
    let pod = pod.ok_or_else(|| Failure::not_found(place.resource, &place.name))?;
    let options = eviction.get("deleteOptions").cloned().unwrap_or_default();
    meant(place.resource, &pod, &options)?;
    let now = Timestamp::now();
    if let Some(budget) = life::budget_against(store, &pod, now) {
        let healthy = usize::try_from(number(&budget, "/status/currentHealthy")).unwrap_or(0);
        return Err(Failure::budget(
            text(&budget, "/metadata/name"),
            healthy,
            number(&budget, "/status/desiredHealthy"),
        ));
    }
    let dry = query.has("dryRun") || !items(&options, "/dryRun").is_empty();
    end(store, place.resource, &pod, options.pointer("/gracePeriodSeconds").and_then(Value::as_i64), dry);
    Ok((
        StatusCode::CREATED,
        json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}),
    ))
}

/// Whether this is the object that is to go.
fn meant(resource: &Resource, object: &Value, options: &Value) -> Result<(), Failure> {
    let (has, means) = (text(object, "/metadata/uid"), text(options, "/preconditions/uid"));
    let name = text(object, "/metadata/name");
    if !means.is_empty() && means != has {
        let why = format!("Precondition failed: UID in precondition: {means}, UID in object meta: {has}");
        return Err(Failure::conflict(resource, name, &why));
    }
    let (has, means) = (text(object, "/metadata/resourceVersion"), text(options, "/preconditions/resourceVersion"));
    if !means.is_empty() && means != has {
        let why = format!(
            "Precondition failed: ResourceVersion in precondition: {means}, ResourceVersion in object meta: {has}"
        );
        return Err(Failure::conflict(resource, name, &why));
    }
    Ok(())
}

/// Lets an object go. Gives it as it is now where it stays for a while.
fn end(store: &mut Store, resource: &'static Resource, object: &Value, grace: Option<i64>, dry: bool) -> Option<Value> {
    let (namespace, name) = (text(object, "/metadata/namespace"), text(object, "/metadata/name"));
    let grace = grace.unwrap_or_else(|| number(object, "/spec/terminationGracePeriodSeconds"));
    let runs = resource.kind == "Pod" && !text(object, "/spec/nodeName").is_empty() && grace > 0;
    let lingers = runs || resource.kind == "Namespace" || !items(object, "/metadata/finalizers").is_empty();
    let now = Timestamp::now();
    let mut last = object.clone();
    if object.pointer("/metadata/deletionTimestamp").is_none() {
        life::mark_deleted(&mut last, if runs { grace } else { 0 }, now);
    }
    if resource.kind == "Namespace" {
        set(&mut last, "/status/phase", "Terminating");
    }
    match (lingers, dry) {
        (true, true) => Some(last),
        (true, false) => Some(Value::clone(&store.put(last, now))),
        (false, true) => (resource.kind == "Pod").then_some(last),
        (false, false) => {
            store.remove(resource.kind, namespace, name);
            (resource.kind == "Pod").then_some(last)
        }
    }
}
