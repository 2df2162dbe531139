//! Strategic merge patches: lists of things with names are merged thing by thing.

use serde_json::{Map, Value};

use super::super::schema::Type;

/// Why a patch cannot be applied, in the words of the real server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    /// An item of a list does not say which item it is.
    Nameless(String),
    /// A value is of another type than the field.
    Shape(&'static str),
}

/// Applies a patch to an object of a type.
pub(super) fn merge(target: &mut Value, patch: &Value, kind: Option<Type>) -> Result<(), Unfit> {
    let Value::Object(patch) = patch else {
        let scalar = kind.is_some_and(|kind| ["integer", "boolean", "object", "array"].contains(&kind.shape()));
        if let Some(kind) = kind.filter(|kind| scalar && !fits(patch, *kind)) {
            return Err(Unfit::Shape(kind.go_name()));
        }
        target.clone_from(patch);
        return Ok(());
    };
    match patch.get("$patch").and_then(Value::as_str) {
        Some("replace") => {
            let mut whole = patch.clone();
            whole.remove("$patch");
            *target = Value::Object(whole);
            return Ok(());
        }
        Some("delete") => {
            *target = Value::Object(Map::new());
            return Ok(());
        }
        _ => {}
    }
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(target) = target else { return Ok(()) };
    for (key, value) in patch {
        let below = |name: &str| kind.and_then(|kind| kind.below(name));
        if let Some(list) = key.strip_prefix("$deleteFromPrimitiveList/") {
            if let (Some(Value::Array(has)), Value::Array(gone)) = (target.get_mut(list), value) {
                has.retain(|item| !gone.contains(item));
            }
        } else if key.starts_with('$') {
            // Their turn comes with the lists that they are about.
        } else if value.is_null() {
            target.remove(key);
        } else if let Value::Array(items) = value {
            let order = patch.get(&format!("$setElementOrder/{key}")).and_then(Value::as_array);
            merge_list(target.entry(key.as_str()).or_insert(Value::Null), items, order.unwrap_or(items), below(key))?;
        } else if value.get("$patch").is_some_and(|directive| directive == "delete") {
            target.remove(key);
        } else {
            merge(target.entry(key.as_str()).or_insert(Value::Null), value, below(key))?;
        }
    }
    if let Some(Value::Array(kept)) = patch.get("$retainKeys") {
        target.retain(|name, _| kept.iter().any(|keep| keep == name));
    }
    Ok(())
}

fn fits(value: &Value, kind: Type) -> bool {
    match kind.shape() {
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "object" | "array" => false,
        _ => true,
    }
}

/// Brings the items that an order names into that order, and the others where they stood between them.
fn sort(items: &mut Vec<Value>, order: &[Value], before: &[Value], key: Option<&str>) {
    let name = |item: &Value| key.map_or_else(|| item.clone(), |key| item.get(key).cloned().unwrap_or_default());
    let place = |list: &[Value], item: &Value| list.iter().position(|other| name(other) == name(item));
    let (mut named, mut others): (Vec<Value>, Vec<Value>) =
        items.drain(..).partition(|item| place(order, item).is_some());
    named.sort_by_key(|item| place(order, item));
    others.sort_by_key(|item| place(before, item));
    let (mut named, mut others) = (named.into_iter().peekable(), others.into_iter().peekable());
    while let Some(other) = others.peek() {
        let Some(next) = named.peek() else { break };
        let earlier = matches!((place(before, other), place(before, next)), (Some(one), Some(two)) if one < two);
        items.extend(if earlier { others.next() } else { named.next() });
    }
    items.extend(named);
    items.extend(others);
}

fn merge_list(target: &mut Value, items: &[Value], order: &[Value], kind: Option<Type>) -> Result<(), Unfit> {
    let directive = |item: &Value| item.get("$patch").and_then(Value::as_str).map(str::to_owned);
    let replaced = items.iter().any(|item| directive(item).as_deref() == Some("replace"));
    let has = match target {
        Value::Array(has) if !replaced && kind.is_some_and(Type::is_merged) => has,
        Value::Null if !replaced && kind.is_some_and(Type::is_merged) => {
            *target = Value::Array(Vec::new());
            return merge_list(target, items, order, kind);
        }
        other => {
            *other = items.iter().filter(|item| item.get("$patch").is_none()).cloned().collect();
            return Ok(());
        }
    };
    let key = kind.and_then(Type::merge_key);
    let before = has.clone();
    for item in items {
        let Some(key) = key else {
            if !has.contains(item) {
                has.push(item.clone());
            }
            continue;
        };
        let Some(name) = item.get(key).filter(|name| !name.is_null()) else {
            return Err(Unfit::Nameless(format!(
                "map: {} does not contain declared merge key: {key}",
                as_go_prints(item)
            )));
        };
        let same = |other: &Value| other.get(key) == Some(name);
        if directive(item).as_deref() == Some("delete") {
            has.retain(|other| !same(other));
        } else if let Some(other) = has.iter_mut().find(|other| same(other)) {
            merge(other, item, kind.and_then(Type::items))?;
        } else {
            let mut new = Value::Null;
            merge(&mut new, item, kind.and_then(Type::items))?;
            has.push(new);
        }
    }
    sort(has, order, &before, key);
    Ok(())
}

/// `map[image:y]`
pub(super) fn as_go_prints(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let pairs: Vec<String> = map.iter().map(|(key, value)| format!("{key}:{}", as_go_prints(value))).collect();
            format!("map[{}]", pairs.join(" "))
        }
        Value::Array(list) => format!("[{}]", list.iter().map(as_go_prints).collect::<Vec<_>>().join(" ")),
        Value::String(text) => text.clone(),
        Value::Null => "<nil>".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn merged(kind: &str, mut target: Value, patch: &Value) -> Value {
        let kind = Type::named("", "v1", kind).and_then(|kind| kind.field("spec"));
        merge(&mut target, patch, kind).unwrap();
        target
    }

    #[test]
    fn things_with_names_are_merged_by_name_and_stand_in_order() {
        let target = json!({"containers": [{"name": "a", "image": "1"}, {"name": "b", "image": "1"}]});
        let patch = json!({"$setElementOrder/containers": [{"name": "b"}, {"name": "c"}], "containers": [{"name": "b", "image": "2"}, {"name": "c"}]});
        let expected = json!({"containers": [{"name": "a", "image": "1"}, {"name": "b", "image": "2"}, {"name": "c"}]});
        assert_eq!(merged("Pod", target, &patch), expected);
    }

    #[test]
    fn what_is_new_stands_before_what_the_patch_does_not_name() {
        let kind = Type::named("", "v1", "Pod").and_then(|kind| kind.field("spec"));
        let mut target = json!({"containers": [{"name": "app", "env": [{"name": "A"}]}]});
        merge(&mut target, &json!({"containers": [{"name": "app", "env": [{"name": "B"}]}]}), kind).unwrap();
        assert_eq!(target.pointer("/containers/0/env"), Some(&json!([{"name": "B"}, {"name": "A"}])));
    }

    #[test]
    fn a_port_of_a_service_is_known_by_its_number() {
        let target = json!({"ports": [{"port": 80, "name": "web"}, {"port": 443}]});
        let patch = json!({"ports": [{"port": 80, "targetPort": 8080}]});
        let expected = json!({"ports": [{"port": 80, "name": "web", "targetPort": 8080}, {"port": 443}]});
        assert_eq!(merged("Service", target, &patch), expected);
    }

    #[test]
    fn directives_delete_and_replace() {
        let target = json!({"containers": [{"name": "a"}, {"name": "b"}], "securityContext": {"runAsUser": 1}});
        let patch = json!({"containers": [{"name": "a", "$patch": "delete"}], "securityContext": {"$patch": "replace", "runAsGroup": 3}});
        let expected = json!({"containers": [{"name": "b"}], "securityContext": {"runAsGroup": 3}});
        assert_eq!(merged("Pod", target, &patch), expected);
        let target = json!({"volumes": [{"name": "v", "emptyDir": {}}]});
        let patch = json!({"volumes": [{"name": "v", "$retainKeys": ["name", "hostPath"], "hostPath": {"path": "/"}}]});
        assert_eq!(merged("Pod", target, &patch), json!({"volumes": [{"name": "v", "hostPath": {"path": "/"}}]}));
    }

    #[test]
    fn other_lists_are_replaced_and_null_takes_away() {
        let target = json!({"taints": [{"key": "a", "effect": "NoSchedule"}], "unschedulable": true});
        let patch = json!({"taints": [{"key": "b", "effect": "NoSchedule"}], "unschedulable": null});
        assert_eq!(merged("Node", target, &patch), json!({"taints": [{"key": "b", "effect": "NoSchedule"}]}));
    }

    #[test]
    fn an_item_without_its_name_is_refused() {
        let kind = Type::named("", "v1", "Pod").and_then(|kind| kind.field("spec"));
        let refused = merge(&mut json!({"containers": []}), &json!({"containers": [{"image": "y"}]}), kind);
        let words = "map: map[image:y] does not contain declared merge key: name";
        assert_eq!(refused, Err(Unfit::Nameless(words.to_owned())));
    }
}
