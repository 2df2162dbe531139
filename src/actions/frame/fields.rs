//! The fields that a patch speaks of.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::Value;

use crate::model::Clean;

/// What says which object is meant, and is no change.
const IDENTITY: [&str; 4] = ["/apiVersion", "/kind", "/metadata/uid", "/metadata/resourceVersion"];

/// A key as a part of a JSON pointer (RFC 6901).
pub fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The fields that a merge patch sets, by their JSON pointers; `null` takes one away.
pub fn fields_of(patch: &Value) -> Vec<(String, Value)> {
    let mut fields = Vec::new();
    walk(patch, "", &mut fields);
    fields.retain(|(pointer, _)| !IDENTITY.contains(&pointer.as_str()));
    fields
}

fn walk(value: &Value, pointer: &str, fields: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                walk(value, &format!("{pointer}/{}", escaped(key)), fields);
            }
        }
        leaf => fields.push((pointer.to_owned(), leaf.clone())),
    }
}

/// Whether two values are the same to the API, which leaves out what is zero, false or empty.
pub fn same(one: &Value, other: &Value) -> bool {
    let nothing = |value: &Value| match value {
        Value::Null | Value::Bool(false) => true,
        Value::Number(number) => number.as_i64() == Some(0),
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Bool(true) => false,
    };
    one == other || (nothing(one) && nothing(other))
}

/// A field of an object, `null` where it is not there.
pub fn field<'a>(object: &'a Value, pointer: &str) -> &'a Value {
    object.pointer(pointer).unwrap_or(&Value::Null)
}

/// The fields that are not as a patch, of either kind, leaves them.
pub fn unmet(patch: &Value, object: &Value) -> Vec<String> {
    let wanted: Vec<(String, Value)> = match patch {
        Value::Array(operations) => operations
            .iter()
            .filter(|operation| operation.get("op").and_then(Value::as_str) != Some("test"))
            .filter_map(|operation| {
                let pointer = operation.get("path")?.as_str()?.to_owned();
                Some((pointer, operation.get("value").cloned().unwrap_or_default()))
            })
            .collect(),
        merge => fields_of(merge),
    };
    wanted
        .into_iter()
        .filter(|(pointer, value)| !same(field(object, pointer), value))
        .map(|(pointer, _)| pointer)
        .collect()
}

/// A field for a person: `label status`, `spec.suspend`.
pub fn words(pointer: &str) -> String {
    let plain = |part: &str| Clean::from(part.replace("~1", "/").replace("~0", "~")).to_string();
    match pointer.split('/').collect::<Vec<_>>().as_slice() {
        ["", "metadata", "labels", key] => format!("label {}", plain(key)),
        ["", "metadata", "annotations", key] => format!("annotation {}", plain(key)),
        ["", parts @ ..] => parts.iter().map(|part| plain(part)).collect::<Vec<_>>().join("."),
        _ => plain(pointer),
    }
}

/// An object's metadata.
pub fn meta_of(object: &Value) -> ObjectMeta {
    object.get("metadata").and_then(|meta| serde_json::from_value(meta.clone()).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_patch_is_read_field_by_field() {
        let patch = json!({"metadata": {"uid": "u", "labels": {"a/b": "1", "gone": null}}, "spec": {"replicas": 0}});
        let fields: Vec<_> = fields_of(&patch).into_iter().map(|(pointer, _)| pointer).collect();
        assert_eq!(fields, ["/metadata/labels/a~1b", "/metadata/labels/gone", "/spec/replicas"]);
        let done = json!({"metadata": {"uid": "u", "labels": {"a/b": "1"}}, "spec": {}});
        assert_eq!(unmet(&patch, &done), [] as [String; 0]);
        assert_eq!(unmet(&patch, &json!({"metadata": {"labels": {"gone": "x"}}, "spec": {"replicas": 2}})).len(), 3);
    }

    #[test]
    fn a_json_patch_is_met_when_its_changes_are_there() {
        let patch = json!([
            {"op": "test", "path": "/metadata/uid", "value": "u"},
            {"op": "remove", "path": "/metadata/labels/a"},
            {"op": "replace", "path": "/spec/suspend", "value": false},
        ]);
        assert_eq!(unmet(&patch, &json!({"metadata": {"uid": "u"}})), [] as [String; 0]);
        assert_eq!(unmet(&patch, &json!({"metadata": {"labels": {"a": "x"}}, "spec": {"suspend": true}})).len(), 2);
    }
}
