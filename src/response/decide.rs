//! What became of a call that nobody has the answer to: the object itself tells.

use std::time::Duration;

use serde_json::Value;

use super::account;
use crate::actions::{ActionError, Look};
use crate::kubernetes::Error;
use crate::model::{Call, Clean};

/// How long a request may still be on its way into the server after its sender was killed.
const SETTLES_IN: Duration = Duration::from_millis(700);

/// What reading the object showed.
#[derive(Clone, Debug, PartialEq)]
pub enum Decided {
    /// It is as the call would make it. The object, where one is left.
    Done(Value),
    /// It is as if the call had never come.
    NotDone,
    /// Reading does not tell.
    Unknown(Clean),
}

/// Reads what a call was about, and decides whether it was done. What is not
/// done yet is looked at again after a moment: the request may still be on its way.
///
/// # Errors
/// The object cannot be read; nothing is known then.
pub async fn decide(look: &dyn Look, call: &Call) -> Result<Decided, ActionError> {
    match read(look, call).await? {
        Decided::NotDone => {
            tokio::time::sleep(SETTLES_IN).await;
            read(look, call).await
        }
        decided => Ok(decided),
    }
}

async fn read(look: &dyn Look, call: &Call) -> Result<Decided, ActionError> {
    if call.is_to_account() {
        return account::read(look, call).await;
    }
    let Some(path) = object_of(call) else {
        return Ok(Decided::Unknown(format!("nothing shows whether {} {} was done", call.method, call.path).into()));
    };
    let object = match look.get(&path).await {
        Err(Error::NotFound { .. }) => None,
        read => Some(serde_json::from_slice::<Value>(&read?).unwrap_or_default()),
    };
    Ok(judge(call, object))
}

/// The path of the object that a call changes; `None` where it changes none that can be read.
fn object_of(call: &Call) -> Option<String> {
    let path = call.path.split('?').next().filter(|path| path.starts_with('/'))?;
    match &*call.method {
        "PATCH" | "PUT" | "DELETE" => Some(path.to_owned()),
        "POST" => match path.strip_suffix("/eviction") {
            Some(pod) => Some(pod.to_owned()),
            // A token or a review is made, and is nowhere afterwards.
            None if path.ends_with("/token") || path.ends_with("reviews") => None,
            None => Some(format!("{path}/{}", call.body.pointer("/metadata/name")?.as_str()?)),
        },
        _ => None,
    }
}

/// Holds what is there against what the call would make.
fn judge(call: &Call, object: Option<Value>) -> Decided {
    let removes = &*call.method == "DELETE" || call.path.contains("/eviction");
    match (object, removes) {
        (None, true) => Decided::Done(Value::Null),
        (None, false) => Decided::NotDone,
        (Some(object), true) => {
            let ends = object.pointer("/metadata/deletionTimestamp").is_some();
            let meant = uid_meant(&call.body);
            let another = meant.is_some() && meant != object.pointer("/metadata/uid").and_then(Value::as_str);
            if ends || another { Decided::Done(object) } else { Decided::NotDone }
        }
        (Some(object), false) => {
            let done = match &call.body {
                Value::Array(steps) => steps.iter().all(|step| took_effect(step, &object)),
                body if &*call.method == "PATCH" => merged(body, &object),
                body => holds(body, &object),
            };
            if done { Decided::Done(object) } else { Decided::NotDone }
        }
    }
}

/// The UID that a deletion or an eviction is bound to.
fn uid_meant(body: &Value) -> Option<&str> {
    let places = ["/preconditions/uid", "/deleteOptions/preconditions/uid"];
    places.iter().find_map(|place| body.pointer(place)?.as_str())
}

/// Whether a step of a JSON patch shows in the object. Its tests are what was there before.
fn took_effect(step: &Value, object: &Value) -> bool {
    let text = |field: &str| step.get(field).and_then(Value::as_str).unwrap_or_default();
    let there = object.pointer(text("path"));
    match text("op") {
        "test" => true,
        "remove" => there.is_none(),
        "add" if text("path").ends_with("/-") => {
            let list = text("path").trim_end_matches("/-");
            let items = object.pointer(list).and_then(Value::as_array);
            items.is_some_and(|items| items.iter().any(|item| Some(item) == step.get("value")))
        }
        "add" | "replace" => there == step.get("value"),
        _ => false,
    }
}

/// Whether a merge patch would change nothing any more.
fn merged(patch: &Value, object: &Value) -> bool {
    match (patch, object) {
        (Value::Object(patch), Value::Object(object)) => patch.iter().all(|(field, value)| {
            // A version is the one before the patch; it never shows that the patch was taken.
            field == "resourceVersion"
                || match object.get(field) {
                    None => is_nothing(value),
                    Some(there) => !value.is_null() && merged(value, there),
                }
        }),
        _ => patch == object,
    }
}

/// A patch that leaves no trace where there was nothing: nulls, and objects of nothing but nulls.
fn is_nothing(patch: &Value) -> bool {
    match patch {
        Value::Null => true,
        Value::Object(fields) => fields.values().all(is_nothing),
        _ => false,
    }
}

/// Whether everything that was sent is in the object: the server adds to it, and drops empty lists.
fn holds(sent: &Value, object: &Value) -> bool {
    match (sent, object) {
        (Value::Object(sent), Value::Object(object)) => sent.iter().all(|(field, value)| match object.get(field) {
            None => value.is_null() || value.as_array().is_some_and(Vec::is_empty),
            Some(there) => holds(value, there),
        }),
        (Value::Array(sent), Value::Array(there)) => {
            sent.len() == there.len() && sent.iter().zip(there).all(|(sent, there)| holds(sent, there))
        }
        _ => sent == object,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn call(method: &str, path: &str, body: Value) -> Call {
        Call { target: 0, method: method.into(), path: path.into(), body }
    }

    fn is_done(call: &Call, object: Option<Value>) -> bool {
        matches!(judge(call, object), Decided::Done(_))
    }

    #[test]
    fn the_object_that_a_call_is_about() {
        let of = |method, path, body| object_of(&call(method, path, body));
        let policy = json!({"metadata": {"name": "ir-1"}});
        assert_eq!(
            of("POST", "/apis/x/v1/namespaces/a/ps?fieldManager=p", policy).unwrap(),
            "/apis/x/v1/namespaces/a/ps/ir-1"
        );
        assert_eq!(of("PATCH", "/api/v1/nodes/a?x=y", json!({})).unwrap(), "/api/v1/nodes/a");
        assert_eq!(
            of("POST", "/api/v1/namespaces/a/pods/p/eviction", json!({})).unwrap(),
            "/api/v1/namespaces/a/pods/p"
        );
        assert_eq!(of("POST", "/api/v1/namespaces/a/serviceaccounts/s/token", json!({})), None);
        assert_eq!(of("ssm:SendCommand", "i-0123", json!({})), None);
    }

    #[test]
    fn a_merge_patch_was_taken_where_it_would_change_nothing() {
        let label = call(
            "PATCH",
            "/api/v1/nodes/a",
            json!({"metadata": {"uid": "u", "resourceVersion": "4", "labels": {"x": "1"}}}),
        );
        let node = |labels: Value| Some(json!({"metadata": {"uid": "u", "resourceVersion": "9", "labels": labels}}));
        assert!(is_done(&label, node(json!({"x": "1", "y": "2"}))));
        assert!(!is_done(&label, node(json!({"x": "2"}))));
        assert!(!is_done(&label, None));
        let unlabel = call("PATCH", "/api/v1/nodes/a", json!({"metadata": {"labels": {"x": null}}}));
        assert!(is_done(&unlabel, node(json!({"y": "2"}))));
        assert!(is_done(&unlabel, Some(json!({"metadata": {}}))));
        assert!(!is_done(&unlabel, node(json!({"x": "1"}))));
    }

    #[test]
    fn a_list_patch_was_taken_where_its_result_stands() {
        let body = json!([
            {"op": "test", "path": "/spec/taints", "value": []},
            {"op": "add", "path": "/spec/taints/-", "value": {"key": "ir"}},
            {"op": "remove", "path": "/metadata/labels/a~1b"},
        ]);
        let patch = call("PATCH", "/api/v1/nodes/a", body);
        assert!(is_done(
            &patch,
            Some(json!({"spec": {"taints": [{"key": "x"}, {"key": "ir"}]}, "metadata": {"labels": {}}}))
        ));
        assert!(!is_done(&patch, Some(json!({"spec": {"taints": []}}))));
    }

    #[test]
    fn what_was_created_is_known_by_what_was_sent() {
        let policy =
            json!({"metadata": {"name": "a", "labels": {"case": "1"}}, "spec": {"podSelector": {}, "egress": []}});
        let create = call("POST", "/apis/x/v1/namespaces/a/ps", policy);
        let mut there = json!({"metadata": {"name": "a", "uid": "u", "labels": {"case": "1", "z": "2"}}, "spec": {"podSelector": {}}});
        assert!(is_done(&create, Some(there.clone())));
        there["metadata"]["labels"]["case"] = json!("2");
        assert!(!is_done(&create, Some(there)));
    }

    #[test]
    fn what_was_removed_is_gone_or_on_its_way_or_another() {
        let delete = call("DELETE", "/api/v1/namespaces/a/pods/p", json!({"preconditions": {"uid": "u"}}));
        let pod = |uid: &str| json!({"metadata": {"uid": uid}});
        assert!(is_done(&delete, None) && is_done(&delete, Some(pod("v"))));
        assert!(!is_done(&delete, Some(pod("u"))));
        let evict = call(
            "POST",
            "/api/v1/namespaces/a/pods/p/eviction",
            json!({"deleteOptions": {"preconditions": {"uid": "u"}}}),
        );
        assert!(is_done(&evict, Some(json!({"metadata": {"uid": "u", "deletionTimestamp": "2026-11-23T00:00:00Z"}}))));
        assert!(!is_done(&evict, Some(pod("u"))));
    }
}
