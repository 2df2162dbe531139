//! Strategic merge patches: lists of things with names are merged thing by thing.

use serde_json::{Map, Value};

/// The field that names the items of a list, by the list's own name.
fn names_items(list: &str) -> Option<&'static str> {
    match list {
        "containers" | "initContainers" | "ephemeralContainers" | "volumes" | "env" | "imagePullSecrets" => {
            Some("name")
        }
        "volumeMounts" => Some("mountPath"),
        "conditions" | "addresses" => Some("type"),
        "ownerReferences" => Some("uid"),
        "hostAliases" => Some("ip"),
        "topologySpreadConstraints" => Some("topologyKey"),
        _ => None,
    }
}

/// Lists of plain values that are sets.
fn is_set(list: &str) -> bool {
    list == "finalizers"
}

/// Applies a patch.
pub(super) fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        target.clone_from(patch);
        return;
    };
    if patch.get("$patch").is_some_and(|directive| directive == "replace") {
        let mut whole = patch.clone();
        whole.remove("$patch");
        *target = Value::Object(whole);
        return;
    }
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(target) = target else { return };
    for (key, value) in patch {
        if let Some(list) = key.strip_prefix("$deleteFromPrimitiveList/") {
            if let (Some(Value::Array(has)), Value::Array(gone)) = (target.get_mut(list), value) {
                has.retain(|item| !gone.contains(item));
            }
        } else if key == "$retainKeys" {
            let kept = value.as_array().map(Vec::as_slice).unwrap_or_default();
            target.retain(|name, _| kept.iter().any(|keep| keep == name));
        } else if key.starts_with('$') {
            // The order of lists and other directives change nothing that is kept here.
        } else if value.is_null() {
            target.remove(key);
        } else if let Value::Array(items) = value {
            merge_list(target.entry(key.as_str()).or_insert_with(|| Value::Array(Vec::new())), key, items);
        } else {
            merge(target.entry(key.as_str()).or_insert(Value::Null), value);
        }
    }
}

fn merge_list(target: &mut Value, list: &str, items: &[Value]) {
    let replaced = items.iter().any(|item| item.get("$patch").is_some_and(|directive| directive == "replace"));
    let has = match target {
        Value::Array(has) if !replaced && (names_items(list).is_some() || is_set(list)) => has,
        other => {
            *other = items.iter().filter(|item| item.get("$patch").is_none()).cloned().collect();
            return;
        }
    };
    for item in items {
        let Some(name) = names_items(list) else {
            if !has.contains(item) {
                has.push(item.clone());
            }
            continue;
        };
        let same = |other: &Value| other.get(name).is_some() && other.get(name) == item.get(name);
        if item.get("$patch").is_some_and(|directive| directive == "delete") {
            has.retain(|other| !same(other));
        } else if let Some(other) = has.iter_mut().find(|other| same(other)) {
            merge(other, item);
        } else {
            has.push(item.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn merged(mut target: Value, patch: Value) -> Value {
        merge(&mut target, &patch);
        target
    }

    #[test]
    fn things_with_names_are_merged_by_name() {
        let target = json!({"containers": [{"name": "a", "image": "1"}, {"name": "b", "image": "1"}]});
        let patch = json!({"$setElementOrder/containers": [{"name": "b"}], "containers": [{"name": "b", "image": "2"}, {"name": "c"}]});
        let expected = json!({"containers": [{"name": "a", "image": "1"}, {"name": "b", "image": "2"}, {"name": "c"}]});
        assert_eq!(merged(target, patch), expected);
    }

    #[test]
    fn directives_delete_and_replace() {
        let target = json!({"env": [{"name": "a"}, {"name": "b"}], "finalizers": ["x", "y"], "spec": {"a": 1, "b": 2}});
        let patch = json!({"env": [{"name": "a", "$patch": "delete"}], "$deleteFromPrimitiveList/finalizers": ["x"], "spec": {"$patch": "replace", "c": 3}});
        assert_eq!(merged(target, patch), json!({"env": [{"name": "b"}], "finalizers": ["y"], "spec": {"c": 3}}));
    }

    #[test]
    fn other_lists_are_replaced_and_null_takes_away() {
        let target = json!({"taints": [{"key": "a"}], "unschedulable": true});
        assert_eq!(
            merged(target, json!({"taints": [{"key": "b"}], "unschedulable": null})),
            json!({"taints": [{"key": "b"}]})
        );
    }
}
