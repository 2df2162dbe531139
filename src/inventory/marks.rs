//! Marks and the scope: sets of objects that survive everything.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::{ClusterId, Kind, Target, Uid};

use super::row::RowId;
use super::store::Inventory;

/// An object in a set, with the names that it had when it was put there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark(pub Target);

/// A set of objects by cluster, kind and UID: the marked rows, or the *scope*
/// that the responder works on. A context that is renamed, a list that comes
/// anew and a restart change nothing in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Mark>", into = "Vec<Mark>")]
pub struct Marks {
    held: BTreeMap<(ClusterId, Kind, Uid), Target>,
}

impl Marks {
    /// Adds an object; says whether it is new.
    pub fn add(&mut self, target: Target) -> bool {
        self.held.insert(target.key(), target).is_none()
    }

    /// Takes an object out; says whether it was there.
    pub fn remove(&mut self, target: &Target) -> bool {
        self.held.remove(&target.key()).is_some()
    }

    /// Adds an object, or takes it out if it is there.
    pub fn toggle(&mut self, target: Target) {
        if !self.remove(&target) {
            self.add(target);
        }
    }

    /// Whether a row of the inventory is in the set.
    pub fn has(&self, inventory: &Inventory, row: RowId) -> bool {
        !self.held.is_empty()
            && inventory
                .cluster(row.session)
                .and_then(|cluster| cluster.id())
                .is_some_and(|cluster| self.held.contains_key(&(cluster, row.kind, row.uid)))
    }

    /// The objects, by cluster and kind.
    pub fn iter(&self) -> impl Iterator<Item = &Target> {
        self.held.values()
    }

    /// Number of objects.
    pub fn len(&self) -> usize {
        self.held.len()
    }

    /// Whether the set is empty.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// Number of objects of one kind.
    pub fn count(&self, kind: Kind) -> usize {
        self.held.keys().filter(|(_, held, _)| *held == kind).count()
    }

    /// Empties the set.
    pub fn clear(&mut self) {
        self.held.clear();
    }
}

impl From<Vec<Mark>> for Marks {
    fn from(marks: Vec<Mark>) -> Self {
        Self { held: marks.into_iter().map(|Mark(target)| (target.key(), target)).collect() }
    }
}

impl From<Marks> for Vec<Mark> {
    fn from(marks: Marks) -> Self {
        marks.held.into_values().map(Mark).collect()
    }
}
