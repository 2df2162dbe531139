//! Who set which field: server-side apply, and what other writes tell of their writers.

mod compare;
mod managers;
mod merge;
mod set;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::json::{remove, set as put};
use super::schema::Type;
use super::store::rfc3339;

use self::compare::{compare, of};
use self::managers::{Managers, stripped};
use self::merge::{merge, prune};

/// A writer, as the list of managers tells writers apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Manager {
    /// Its name.
    pub(super) name: String,
    /// Whether it applies whole configurations.
    pub(super) applies: bool,
    /// Group and version that it writes.
    pub(super) version: String,
    /// Part of the object that it writes; empty for the object.
    pub(super) part: String,
}

/// A field that somebody else set to something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Conflict {
    /// Who, as a refusal names it.
    pub(super) with: String,
    /// `.spec.replicas`
    pub(super) field: String,
}

/// Writes down who changed what, after a write that is no apply. Nothing is written where nobody
/// was written down before, as by the real server; a new object always has its first writer.
pub(super) fn updated(old: Option<&Value>, new: &mut Value, by: &Manager, kind: Type, at: Timestamp) {
    let mut managers = Managers::of(new);
    if managers.is_empty() && old.is_some() {
        remove(new, "/metadata/managedFields");
        return;
    }
    let nothing = kind.nothing_set();
    let change = compare(Some(bare(old.unwrap_or(&nothing))).as_ref(), Some(&bare(new)), kind);
    managers.take_away(None, &change.set);
    managers.take_away(None, &change.removed);
    managers.give(by, &stripped(&change.set, &by.part), at);
    managers.write(new);
}

/// Merges a configuration into what stands there. The result has its managers.
///
/// # Errors
/// The fields that others set to something else, unless it is to be forced.
pub(super) fn applied(
    live: Option<&Value>,
    config: &Value,
    by: &Manager,
    force: bool,
    kind: Type,
    at: Timestamp,
) -> Result<Value, Vec<Conflict>> {
    let nothing = kind.nothing_set();
    let before = live.map_or(&nothing, |live| live);
    let mut managers = Managers::of(before);
    if managers.is_empty() && live.is_some() {
        // Whatever stood there before anybody was written down belongs to nobody in particular.
        let first = Manager { name: "before-first-apply".to_owned(), applies: false, ..by.clone() };
        let all = compare(Some(&nothing), Some(&bare(before)), kind).set;
        managers.give(&first, &stripped(&all, ""), at);
    }
    let own = stripped(&of(config, kind), &by.part);
    let last = managers.replace(by, &own, at);
    let mut merged = merge(&live.map_or_else(|| json!({}), bare), config, kind);
    if let Some(last) = last {
        prune(&mut merged, &last, &managers.everything(), kind);
    }
    let change = compare(Some(&bare(before)), Some(&merged), kind);
    let conflicts = managers.conflicts(by, &change.set);
    if !force && !conflicts.is_empty() {
        return Err(conflicts);
    }
    managers.take_away(Some(by), &change.set);
    managers.take_away(Some(by), &change.removed);
    // An apply that changes nothing leaves even the time as it was.
    if change.set.is_empty()
        && change.removed.is_empty()
        && live.is_some_and(|live| Managers::of(live).same_sets(&managers))
    {
        return Ok(before.clone());
    }
    managers.write(&mut merged);
    Ok(merged)
}

/// The object without what tells of its writers.
fn bare(object: &Value) -> Value {
    let mut bare = object.clone();
    remove(&mut bare, "/metadata/managedFields");
    bare
}

fn moment(at: Timestamp) -> Value {
    rfc3339(at).into()
}

/// Puts a list of managers where it belongs.
fn put_managers(object: &mut Value, list: Vec<Value>) {
    put(object, "/metadata/managedFields", list);
}

#[cfg(test)]
mod tests;
