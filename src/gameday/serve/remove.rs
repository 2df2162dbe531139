//! What DELETE takes away, and evictions.

use http::StatusCode;
use serde_json::{Value, json};

use super::super::json::{items, list_mut, number, set, text};
use super::super::life::{self, FOREGROUND, Refusal};
use super::super::store::{Resource, rfc3339};
use super::failure::{Cause, Failure};
use super::shape::Shape;
use super::write::Write;

/// How an object is to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dependents {
    /// They follow it.
    Follow,
    /// They go first.
    First,
    /// They stay, and are nobody's.
    Stay,
}

/// The options of a deletion.
#[derive(Clone, Debug)]
struct Way {
    grace: Option<i64>,
    dependents: Dependents,
    dry_run: bool,
}

/// Deletes one object: at once, or after its grace period.
pub(super) fn delete(write: &mut Write<'_>) -> Result<(StatusCode, Value), Failure> {
    let place = write.place;
    let options = write.sent.object()?.unwrap_or_default();
    let object = write.store.get(place.resource.kind, &place.namespace, &place.name);
    let object = object.ok_or_else(|| Failure::not_found(place.resource, &place.name))?;
    meant(place.resource, &object, &options)?;
    let way = way(write, &options)?;
    let last = end(write, &object, &way);
    let status = last.unwrap_or_else(|| {
        let mut details =
            json!({"name": place.name, "kind": place.resource.plural, "uid": text(&object, "/metadata/uid")});
        if !place.resource.group.is_empty() {
            set(&mut details, "/group", place.resource.group);
        }
        json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details})
    });
    Ok((StatusCode::OK, status))
}

/// Deletes all that is selected; gives them as a list.
pub(super) fn delete_all(write: &mut Write<'_>, shape: Shape) -> Result<(StatusCode, Value), Failure> {
    let options = write.sent.object()?.unwrap_or_default();
    let selection = write.query.selection(write.place)?;
    let mut objects = write.store.list(write.place.resource.kind, write.place.within());
    objects.retain(|object| selection.has(object));
    let way = way(write, &options)?;
    for object in &objects {
        end(write, object, &way);
    }
    let objects: Vec<&Value> = objects.iter().map(AsRef::as_ref).collect();
    let metadata = json!({"resourceVersion": write.store.revision().to_string()});
    Ok((StatusCode::OK, shape.list(&objects, metadata)))
}

/// Evicts a pod where its budgets allow it.
pub(super) fn evict(write: &mut Write<'_>) -> Result<(StatusCode, Value), Failure> {
    let place = write.place;
    let eviction = write.sent.needed()?;
    let named = text(&eviction, "/metadata/name");
    if !named.is_empty() && named != place.name {
        return Err(Failure::bad_request("name in URL does not match name in Eviction object"));
    }
    let pod = write.store.get("Pod", &place.namespace, &place.name);
    let pod = pod.ok_or_else(|| Failure::not_found(place.resource, &place.name))?;
    let options = eviction.get("deleteOptions").cloned().unwrap_or_default();
    meant(place.resource, &pod, &options)?;
    let way = way(write, &options)?;
    life::disrupt(write.store, &pod, way.dry_run, write.now).map_err(|refusal| match refusal {
        Refusal::TooMany => Failure::unforeseen(
            "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
                .to_owned(),
        ),
        Refusal::Unseen(budget) => {
            Failure::budget(format!("The disruption budget {budget} is still being processed by the server."), 10)
        }
        Refusal::Spent(why) => Failure::budget(why, 0),
    })?;
    let mut evicted = Value::clone(&pod);
    if !way.dry_run {
        let condition = json!({
            "type": "DisruptionTarget", "status": "True", "reason": "EvictionByEvictionAPI",
            "message": "Eviction API: evicting", "lastProbeTime": null, "lastTransitionTime": rfc3339(write.now),
        });
        if let Some(conditions) = list_mut(&mut evicted, "/status/conditions") {
            conditions.retain(|other| text(other, "/type") != "DisruptionTarget");
            conditions.push(condition);
        }
        evicted = Value::clone(&write.store.put(evicted, write.now));
    }
    end(write, &evicted, &way);
    Ok((StatusCode::CREATED, json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"})))
}

/// Reads how an object is to go, from the query and from what was sent.
fn way(write: &Write<'_>, options: &Value) -> Result<Way, Failure> {
    let grace = match write.query.number("gracePeriodSeconds")? {
        Some(seconds) => Some(seconds.cast_signed()),
        None => options.pointer("/gracePeriodSeconds").and_then(Value::as_i64),
    };
    let dry: Vec<&str> = items(options, "/dryRun").iter().filter_map(Value::as_str).collect();
    if dry.iter().any(|word| *word != "All") {
        let cause = Cause::unsupported("dryRun", dry.first().copied().unwrap_or_default(), &["All"]);
        return Err(Failure::invalid_options("DeleteOptions", vec![cause]));
    }
    let asked = match write.query.get("propagationPolicy") {
        "" => text(options, "/propagationPolicy"),
        policy => policy,
    };
    let dependents = match asked {
        "" | "Background" => Dependents::Follow,
        "Foreground" => Dependents::First,
        "Orphan" => Dependents::Stay,
        other => {
            let cause = Cause::unsupported("propagationPolicy", other, &["Foreground", "Background", "Orphan", "nil"]);
            return Err(Failure::invalid_options("DeleteOptions", vec![cause]));
        }
    };
    Ok(Way { grace, dependents, dry_run: write.options.dry_run || !dry.is_empty() })
}

/// Whether this is the object that is to go.
fn meant(resource: &Resource, object: &Value, options: &Value) -> Result<(), Failure> {
    let name = text(object, "/metadata/name");
    for (field, part, since) in [
        ("uid", "UID", "The object might have been deleted and then recreated"),
        ("resourceVersion", "ResourceVersion", "The object might have been modified"),
    ] {
        let has = text(object, &format!("/metadata/{field}"));
        let means = text(options, &format!("/preconditions/{field}"));
        if !means.is_empty() && means != has {
            let why = format!(
                "the {part} in the precondition ({means}) does not match the {part} in record ({has}). {since}"
            );
            return Err(Failure::not_the_one(resource, name, &why));
        }
    }
    Ok(())
}

/// Lets an object go. Gives it as it is now where it stays for a while, and pods always.
fn end(write: &mut Write<'_>, object: &Value, way: &Way) -> Option<Value> {
    let resource = write.place.resource;
    let (namespace, name) = (text(object, "/metadata/namespace"), text(object, "/metadata/name"));
    let grace = way.grace.unwrap_or_else(|| number(object, "/spec/terminationGracePeriodSeconds"));
    let runs = resource.kind == "Pod" && !text(object, "/spec/nodeName").is_empty() && grace > 0;
    let mut last = object.clone();
    let first = way.dependents == Dependents::First && resource.kind != "Pod";
    let finalizers = first.then(|| list_mut(&mut last, "/metadata/finalizers")).flatten();
    if let Some(finalizers) = finalizers.filter(|all| !all.contains(&json!(FOREGROUND))) {
        finalizers.push(json!(FOREGROUND));
    }
    let lingers = runs || resource.kind == "Namespace" || !items(&last, "/metadata/finalizers").is_empty();
    let leaves_sooner = runs && number(object, "/metadata/deletionGracePeriodSeconds") > grace;
    if object.pointer("/metadata/deletionTimestamp").is_none() || leaves_sooner {
        life::mark_deleted(&mut last, if runs { grace } else { 0 }, write.now);
    }
    if resource.kind == "Namespace" {
        set(&mut last, "/status/phase", "Terminating");
    }
    if way.dry_run {
        return (lingers || resource.kind == "Pod").then_some(last);
    }
    if way.dependents == Dependents::Stay {
        life::orphan(write.store, text(object, "/metadata/uid"), namespace, write.now);
    }
    if lingers {
        return Some(Value::clone(&write.store.put(last, write.now)));
    }
    write.store.remove(resource.kind, namespace, name);
    (resource.kind == "Pod").then_some(last)
}
