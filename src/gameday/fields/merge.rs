//! What an applied configuration makes of an object.

use serde_json::Value;

use super::super::schema::{List, Type};
use super::compare::branch;
use super::set::Set;

/// The object with the configuration laid over it.
pub(super) fn merge(live: &Value, config: &Value, kind: Type) -> Value {
    over(live, config, Some(kind))
}

fn over(live: &Value, config: &Value, kind: Option<Type>) -> Value {
    match (live, config, kind) {
        (Value::Object(has), Value::Object(wants), Some(kind)) if !kind.is_atomic() => {
            let mut merged = has.clone();
            for (name, value) in wants {
                if value.is_null() {
                    merged.remove(name);
                    continue;
                }
                let below = kind.below(name);
                let value = has.get(name).map_or_else(|| value.clone(), |old| over(old, value, below));
                merged.insert(name.clone(), value);
            }
            Value::Object(merged)
        }
        (Value::Array(has), Value::Array(wants), Some(kind)) if kind.list() != List::Atomic => {
            let (list, items) = (kind.list(), kind.items());
            let name = |item: &Value| branch(item, &list, items);
            let mut merged = has.clone();
            for item in wants {
                match merged.iter_mut().find(|other| name(other) == name(item)) {
                    Some(other) => *other = over(other, item, items),
                    None => merged.push(item.clone()),
                }
            }
            Value::Array(merged)
        }
        _ => config.clone(),
    }
}

/// Takes away what was applied before and is not any more, unless somebody else has it.
pub(super) fn prune(object: &mut Value, last: &Set, held: &Set, kind: Type) {
    cut(object, last, Some(held), Some(kind));
}

fn cut(value: &mut Value, last: &Set, held: Option<&Set>, kind: Option<Type>) {
    let gone = |branch: &str| {
        last.below.get(branch).is_some_and(|last| last.own) && held.is_none_or(|held| !held.below.contains_key(branch))
    };
    let below = |branch: &str| held.and_then(|held| held.below.get(branch));
    match value {
        Value::Object(map) => {
            map.retain(|name, _| !gone(&format!("f:{name}")));
            let mut bare = Vec::new();
            for (name, value) in map.iter_mut() {
                let branch = format!("f:{name}");
                if let Some(set) = last.below.get(&branch) {
                    let had = holds(value);
                    cut(value, set, below(&branch), kind.and_then(|kind| kind.below(name)));
                    // What held only what was taken away goes with it.
                    if had && !holds(value) && below(&branch).is_none() {
                        bare.push(name.clone());
                    }
                }
            }
            for name in bare {
                map.remove(&name);
            }
        }
        Value::Array(list) => {
            let (sort, items) = (kind.map_or(List::Atomic, Type::list), kind.and_then(Type::items));
            list.retain(|item| !branch(item, &sort, items).is_some_and(|branch| gone(&branch)));
            for item in list {
                if let Some((set, branch)) =
                    branch(item, &sort, items).and_then(|branch| Some((last.below.get(&branch)?, branch)))
                {
                    cut(item, set, below(&branch), items);
                }
            }
        }
        _ => {}
    }
}

fn holds(value: &Value) -> bool {
    match value {
        Value::Object(map) => !map.is_empty(),
        Value::Array(list) => !list.is_empty(),
        _ => true,
    }
}
