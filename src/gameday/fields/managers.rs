//! The list of those who set fields, `metadata.managedFields`.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::json::{items, text};
use super::set::Set;
use super::{Conflict, Manager, moment, put_managers};

/// What no manager ever owns.
const NOBODYS: &[&[&str]] = &[
    &["apiVersion"],
    &["kind"],
    &["metadata"],
    &["metadata", "name"],
    &["metadata", "namespace"],
    &["metadata", "creationTimestamp"],
    &["metadata", "selfLink"],
    &["metadata", "uid"],
    &["metadata", "clusterName"],
    &["metadata", "generation"],
    &["metadata", "managedFields"],
    &["metadata", "resourceVersion"],
];

/// Without what nobody owns, and without what the writer's path does not change.
pub(super) fn stripped(set: &Set, part: &str) -> Set {
    let mut set = set.clone();
    set.own = false;
    for path in NOBODYS {
        set.without(path);
    }
    if part == "status" {
        set.below.retain(|branch, _| branch == "f:status");
    } else {
        set.below.remove("f:status");
    }
    set
}

#[derive(Clone, Debug, PartialEq)]
struct Entry {
    by: Manager,
    set: Set,
    time: Value,
}

/// All managers of an object.
#[derive(Clone, Debug, Default)]
pub(super) struct Managers(Vec<Entry>);

impl Managers {
    /// As an object names them.
    pub(super) fn of(object: &Value) -> Self {
        let entry = |entry: &Value| Entry {
            by: Manager {
                name: text(entry, "/manager").to_owned(),
                applies: text(entry, "/operation") == "Apply",
                version: text(entry, "/apiVersion").to_owned(),
                part: text(entry, "/subresource").to_owned(),
            },
            set: entry.get("fieldsV1").map(|set| Set { own: false, ..Set::read(set) }).unwrap_or_default(),
            time: entry.get("time").cloned().unwrap_or_default(),
        };
        let entries = items(object, "/metadata/managedFields").iter().map(entry);
        Self(entries.filter(|entry| !entry.set.is_empty()).collect())
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Everything that somebody has.
    pub(super) fn everything(&self) -> Set {
        self.0.iter().fold(Set::default(), |all, entry| all.union(&entry.set))
    }

    /// Whether the same managers have the same.
    pub(super) fn same_sets(&self, other: &Self) -> bool {
        let same = |one: &Entry| other.0.iter().any(|two| one.by == two.by && one.set == two.set);
        self.0.len() == other.0.len() && self.0.iter().all(same)
    }

    /// Adds to what a manager has.
    pub(super) fn give(&mut self, to: &Manager, set: &Set, at: Timestamp) {
        if set.is_empty() {
            return;
        }
        match self.0.iter_mut().find(|entry| entry.by == *to) {
            Some(entry) => {
                entry.set = entry.set.union(set);
                entry.time = moment(at);
            }
            None => self.0.push(Entry { by: to.clone(), set: set.clone(), time: moment(at) }),
        }
    }

    /// Says anew what a manager has. Gives what it had.
    pub(super) fn replace(&mut self, of: &Manager, set: &Set, at: Timestamp) -> Option<Set> {
        let place = self.0.iter().position(|entry| entry.by == *of);
        let last = place.map(|place| self.0.remove(place).set);
        self.give(of, set, at);
        last
    }

    /// Takes fields away from everybody but one.
    pub(super) fn take_away(&mut self, but: Option<&Manager>, set: &Set) {
        for entry in self.0.iter_mut().filter(|entry| but != Some(&entry.by)) {
            entry.set = entry.set.difference(set);
        }
        self.0.retain(|entry| !entry.set.is_empty());
    }

    /// Which of the fields others have.
    pub(super) fn conflicts(&self, by: &Manager, set: &Set) -> Vec<Conflict> {
        let mut conflicts = Vec::new();
        for entry in self.0.iter().filter(|entry| entry.by != *by) {
            let with = entry.named();
            let both = entry.set.intersection(set).paths();
            conflicts.extend(both.into_iter().map(|field| Conflict { with: with.clone(), field }));
        }
        conflicts.sort_by(|one, other| (&one.with, &one.field).cmp(&(&other.with, &other.field)));
        conflicts
    }

    /// Writes them into an object, those that apply first.
    pub(super) fn write(mut self, object: &mut Value) {
        self.0.sort_by_key(|entry| {
            (!entry.by.applies, entry.time.to_string(), entry.by.name.clone(), entry.by.part.clone())
        });
        put_managers(object, self.0.iter().map(Entry::written).collect());
    }
}

impl Entry {
    fn written(&self) -> Value {
        let operation = if self.by.applies { "Apply" } else { "Update" };
        let mut entry = json!({
            "manager": self.by.name, "operation": operation, "apiVersion": self.by.version, "time": self.time,
            "fieldsType": "FieldsV1", "fieldsV1": self.set.write(),
        });
        if !self.by.part.is_empty() {
            super::put(&mut entry, "/subresource", self.by.part.as_str());
        }
        entry
    }

    fn named(&self) -> String {
        let mut named = format!("\"{}\"", self.by.name);
        if !self.by.part.is_empty() {
            named = format!("{named} with subresource \"{}\"", self.by.part);
        }
        if self.by.applies { named } else { format!("{named} using {}", self.by.version) }
    }
}
