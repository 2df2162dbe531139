//! Equal values kept once.

use std::hash::{BuildHasher, Hash};
use std::marker::PhantomData;

use hashbrown::{DefaultHashBuilder, HashTable};

/// Values that many rows share, each stored once and dropped with its last user.
///
/// Twenty thousand pods have a few hundred templates between them: a row then
/// costs four bytes for its whole list of containers, and a question about
/// images is answered once a template instead of once a pod.
#[derive(Debug)]
pub struct Pool<T> {
    slots: Vec<Slot<T>>,
    free: Vec<u32>,
    places: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

#[derive(Debug)]
struct Slot<T> {
    value: Option<T>,
    users: u32,
}

/// A place in a pool of `T`.
#[derive(Debug)]
pub struct Id<T>(u32, PhantomData<fn() -> T>);

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Id<T> {}

impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T> Eq for Id<T> {}

impl<T> Hash for Id<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<T> Id<T> {
    /// Its number in the pool: equal values have the same, as long as one of them is used.
    pub const fn number(self) -> u32 {
        self.0
    }
}

impl<T: Eq + Hash> Pool<T> {
    /// An empty pool.
    pub fn new() -> Self {
        Self { slots: Vec::new(), free: Vec::new(), places: HashTable::new(), hasher: DefaultHashBuilder::default() }
    }

    /// The place of an equal value, which gains a user; the value moves in if there is none.
    pub fn take(&mut self, value: T) -> Id<T> {
        let hash = self.hasher.hash_one(&value);
        let slots = &self.slots;
        let held = |place: &u32| slots.get(*place as usize).and_then(|slot| slot.value.as_ref());
        if let Some(&place) = self.places.find(hash, |place| held(place) == Some(&value)) {
            if let Some(slot) = self.slots.get_mut(place as usize) {
                slot.users += 1;
            }
            return Id(place, PhantomData);
        }
        let slot = Slot { value: Some(value), users: 1 };
        let place = match self.free.pop() {
            Some(place) => {
                if let Some(empty) = self.slots.get_mut(place as usize) {
                    *empty = slot;
                }
                place
            }
            None => {
                self.slots.push(slot);
                (self.slots.len() - 1) as u32
            }
        };
        let (slots, hasher) = (&self.slots, &self.hasher);
        self.places.insert_unique(hash, place, |place| {
            slots.get(*place as usize).and_then(|slot| slot.value.as_ref()).map_or(0, |value| hasher.hash_one(value))
        });
        Id(place, PhantomData)
    }

    /// Gives up one use; the value is dropped with the last.
    pub fn release(&mut self, id: Id<T>) {
        let Some(slot) = self.slots.get_mut(id.0 as usize) else { return };
        slot.users = slot.users.saturating_sub(1);
        if slot.users > 0 {
            return;
        }
        let Some(value) = slot.value.take() else { return };
        let hash = self.hasher.hash_one(&value);
        if let Ok(entry) = self.places.find_entry(hash, |place| *place == id.0) {
            entry.remove();
        }
        self.free.push(id.0);
    }

    /// The value at a place.
    pub fn get(&self, id: Id<T>) -> Option<&T> {
        self.slots.get(id.0 as usize).and_then(|slot| slot.value.as_ref())
    }

    /// The place of an equal value, if the pool holds one.
    pub fn find(&self, value: &T) -> Option<Id<T>> {
        let hash = self.hasher.hash_one(value);
        self.places
            .find(hash, |place| {
                self.slots.get(*place as usize).and_then(|slot| slot.value.as_ref()).is_some_and(|held| held == value)
            })
            .map(|place| Id(*place, PhantomData))
    }

    /// The places whose values pass a test, to be asked of many rows.
    pub fn select(&self, test: impl Fn(&T) -> bool) -> Selected<T> {
        Selected(self.slots.iter().map(|slot| slot.value.as_ref().is_some_and(&test)).collect(), PhantomData)
    }
}

impl<T: Eq + Hash> Default for Pool<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// The places of a pool that passed a test.
#[derive(Debug, Clone)]
pub struct Selected<T>(Vec<bool>, PhantomData<fn() -> T>);

impl<T> Selected<T> {
    /// Whether the value at a place passed.
    pub fn has(&self, id: Id<T>) -> bool {
        self.0.get(id.0 as usize).copied().unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_pool_keeps_exactly_what_is_used(steps in prop::collection::vec((any::<bool>(), 0u8..20), 0..200)) {
            let mut pool = Pool::new();
            let mut users: Vec<(u8, Id<u8>)> = Vec::new();
            for (take, value) in steps {
                if take {
                    users.push((value, pool.take(value)));
                } else if let Some(place) = users.iter().position(|(held, _)| *held == value) {
                    let (_, id) = users.swap_remove(place);
                    pool.release(id);
                }
                let different: std::collections::HashSet<_> = users.iter().map(|(value, _)| value).collect();
                prop_assert_eq!(pool.slots.len() - pool.free.len(), different.len());
                for (value, id) in &users {
                    prop_assert_eq!(pool.get(*id), Some(value));
                    prop_assert_eq!(pool.find(value), Some(*id));
                }
            }
        }
    }

    #[test]
    fn a_selection_answers_for_every_place() {
        let mut pool = Pool::new();
        let (even, odd) = (pool.take(2), pool.take(3));
        let selected = pool.select(|value| value % 2 == 0);
        assert!(selected.has(even) && !selected.has(odd));
    }
}
