//! Which fields an object sets, and in which two objects differ.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::super::schema::{List, Type};
use super::set::Set;

/// In what two objects differ.
#[derive(Debug, Default)]
pub(super) struct Change {
    /// What is new or another.
    pub(super) set: Set,
    /// What is no more.
    pub(super) removed: Set,
}

/// How a value of a type is to be looked at.
enum Look<'a> {
    Whole,
    Fields,
    Items(&'a List),
}

fn look<'a>(value: &Value, kind: Option<Type>, list: &'a List) -> Look<'a> {
    match (value, kind) {
        (Value::Object(_), Some(kind)) if !kind.is_atomic() => Look::Fields,
        (Value::Array(_), Some(_)) if *list != List::Atomic => Look::Items(list),
        _ => Look::Whole,
    }
}

/// The branch of an item of a list, and its place among others of the same name.
pub(super) fn branch(item: &Value, list: &List, kind: Option<Type>) -> Option<String> {
    match list {
        List::Atomic => None,
        List::Set => Some(format!("v:{item}")),
        List::Map(keys) => {
            let names = keys.iter().filter_map(Value::as_str);
            let mut found = Map::new();
            for name in names {
                // A key that is not set stands for its default: the protocol of a port is TCP.
                let default = || kind?.field(name)?.default();
                if let Some(value) = item.get(name).cloned().or_else(default) {
                    found.insert(name.to_owned(), value);
                }
            }
            (!found.is_empty()).then(|| format!("k:{}", Value::Object(found)))
        }
    }
}

/// The fields that an object sets.
pub(super) fn of(value: &Value, kind: Type) -> Set {
    sets(value, Some(kind))
}

fn sets(value: &Value, kind: Option<Type>) -> Set {
    let list = kind.map_or(List::Atomic, Type::list);
    let mut set = Set::default();
    match look(value, kind, &list) {
        Look::Whole => return Set::leaf(),
        Look::Fields => {
            for (name, value) in value.as_object().into_iter().flatten() {
                let mut below = sets(value, kind.and_then(|kind| kind.below(name)));
                let bare = value.is_null() || value.as_object().is_some_and(Map::is_empty);
                below.own |= bare || kind.is_some_and(|kind| kind.field(name).is_none());
                set.add(format!("f:{name}"), below);
            }
        }
        Look::Items(list) => {
            let items = kind.and_then(Type::items);
            for item in value.as_array().into_iter().flatten() {
                if let Some(branch) = branch(item, list, items) {
                    let mut below = if matches!(list, List::Set) { Set::leaf() } else { sets(item, items) };
                    below.own = true;
                    set.add(branch, below);
                }
            }
        }
    }
    set
}

/// In what two objects differ.
pub(super) fn compare(old: Option<&Value>, new: Option<&Value>, kind: Type) -> Change {
    differ(old, new, Some(kind))
}

fn differ(old: Option<&Value>, new: Option<&Value>, kind: Option<Type>) -> Change {
    let mut change = Change::default();
    let list = kind.map_or(List::Atomic, Type::list);
    let shown = new.filter(|new| !new.is_null()).or(old);
    let sort = match shown {
        Some(value) => look(value, kind, &list),
        None => return change,
    };
    let alike = |value: Option<&Value>| {
        value.is_none_or(|value| {
            value.is_null()
                || shown
                    .is_some_and(|shown| shown.is_object() == value.is_object() && shown.is_array() == value.is_array())
        })
    };
    change.set.own = old.is_none();
    change.removed.own = new.is_none();
    match sort {
        Look::Fields if alike(old) && alike(new) => {
            let fields = |value: Option<&Value>| value.and_then(Value::as_object).cloned().unwrap_or_default();
            let (old, new) = (fields(old), fields(new));
            for name in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
                let below = differ(old.get(name), new.get(name), kind.and_then(|kind| kind.below(name)));
                change.add(format!("f:{name}"), below);
            }
        }
        Look::Items(list) if alike(old) && alike(new) => {
            let items = kind.and_then(Type::items);
            let named = |value: Option<&Value>| -> Vec<(String, Value)> {
                let all = value.and_then(Value::as_array).into_iter().flatten();
                all.filter_map(|item| Some((branch(item, list, items)?, item.clone()))).collect()
            };
            let (old, new) = (named(old), named(new));
            for name in old.iter().chain(&new).map(|(name, _)| name).collect::<BTreeSet<_>>() {
                let find =
                    |all: &[(String, Value)]| all.iter().find(|(other, _)| other == name).map(|(_, item)| item.clone());
                let (one, other) = (find(&old), find(&new));
                let below = differ(one.as_ref(), other.as_ref(), items);
                change.add(name.clone(), below);
            }
        }
        _ if old.is_some() && new.is_some() => change.set.own = old != new,
        _ => {}
    }
    change
}

impl Change {
    fn add(&mut self, branch: String, below: Self) {
        self.set.add(branch.clone(), below.set);
        self.removed.add(branch, below.removed);
    }
}
