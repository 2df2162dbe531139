//! Rows of the kinds that are few.

use hashbrown::HashMap;

use crate::model::facts::{Meta, NodeFacts, ObjectFacts};
use crate::model::{SessionId, Uid};

/// A place in a table.
pub type Slot = u32;

/// Objects of one kind, of all sessions. Whole facts are kept: there are
/// hundreds of them where there are tens of thousands of pods.
#[derive(Debug)]
pub struct Table<T> {
    rows: Vec<Option<Row<T>>>,
    free: Vec<Slot>,
    places: HashMap<(SessionId, Uid), Slot>,
}

/// A row of a table.
#[derive(Debug)]
pub struct Row<T> {
    /// The session that it was seen on.
    pub session: SessionId,
    /// What is known of it.
    pub facts: T,
    /// The tick of the inventory at which it last changed.
    pub stamp: u32,
    seen: bool,
}

/// Facts that carry an object's metadata.
pub trait HasMeta {
    /// What every object has.
    fn meta(&self) -> &Meta;
}

impl HasMeta for NodeFacts {
    fn meta(&self) -> &Meta {
        &self.meta
    }
}

impl HasMeta for ObjectFacts {
    fn meta(&self) -> &Meta {
        &self.meta
    }
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), free: Vec::new(), places: HashMap::new() }
    }
}

impl<T: HasMeta> Table<T> {
    /// Takes an object in, or what changed of it.
    pub fn put(&mut self, session: SessionId, facts: T, stamp: u32) {
        let key = (session, facts.meta().uid);
        let row = Some(Row { session, facts, stamp, seen: true });
        let place = self.places.get(&key).copied().or_else(|| self.free.pop());
        let place = match place.and_then(|place| self.rows.get_mut(place as usize).map(|held| (place, held))) {
            Some((place, held)) => {
                *held = row;
                place
            }
            None => {
                self.rows.push(row);
                (self.rows.len() - 1) as Slot
            }
        };
        self.places.insert(key, place);
    }

    /// Drops an object.
    pub fn remove(&mut self, session: SessionId, uid: Uid) -> bool {
        let Some(place) = self.places.remove(&(session, uid)) else { return false };
        if let Some(row) = self.rows.get_mut(place as usize) {
            *row = None;
        }
        self.free.push(place);
        true
    }

    /// A list begins: what it does not name will be dropped when it ends.
    pub fn begin_list(&mut self, session: SessionId) {
        self.rows.iter_mut().flatten().filter(|row| row.session == session).for_each(|row| row.seen = false);
    }

    /// Forgets every object of a session.
    pub fn forget_session(&mut self, session: SessionId) {
        self.begin_list(session);
        self.end_list(session);
    }

    /// A list is complete.
    pub fn end_list(&mut self, session: SessionId) {
        let unseen: Vec<_> = self
            .rows
            .iter()
            .flatten()
            .filter(|row| row.session == session && !row.seen)
            .map(|row| row.facts.meta().uid)
            .collect();
        for uid in unseen {
            self.remove(session, uid);
        }
    }

    /// The row at a place.
    pub fn get(&self, slot: Slot) -> Option<&Row<T>> {
        self.rows.get(slot as usize)?.as_ref()
    }

    /// The place of an object.
    pub fn find(&self, session: SessionId, uid: Uid) -> Option<Slot> {
        self.places.get(&(session, uid)).copied()
    }

    /// Every row with its place.
    pub fn iter(&self) -> impl Iterator<Item = (Slot, &Row<T>)> {
        (0..).zip(&self.rows).filter_map(|(place, row)| row.as_ref().map(|row| (place, row)))
    }

    /// Number of objects.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }
}
