//! The slab of pods.

use hashbrown::HashMap;

use crate::model::facts::{Owner, PodFacts};
use crate::model::{Clean, SessionId, Uid};

use super::super::pool::{Id, Pool};
use super::gone::Gone;
use super::pod::Pod;
use super::row::{Ips, Labels, PodRow, Template};

/// A pod's place in the slab. Places of pods that were forgotten are used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PodSlot(pub u32);

/// All pods of all sessions, those that are gone included.
#[derive(Debug, Default)]
pub struct Pods {
    rows: Vec<Option<PodRow>>,
    free: Vec<u32>,
    places: HashMap<(SessionId, Uid), u32>,
    pub(super) words: Pool<Clean>,
    pub(super) templates: Pool<Template>,
    pub(super) labels: Pool<Labels>,
    pub(super) owners: Pool<Owner>,
    gone: Gone,
    present: usize,
    on_nodes: HashMap<(SessionId, Id<Clean>), usize>,
}

/// What came of taking a pod in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Placed {
    /// It stands where it stood.
    Same,
    /// It may stand elsewhere in an order or a selection.
    Moved,
    /// It is new, or there again.
    New,
}

impl Pods {
    /// Takes a pod in, or what changed of it.
    pub fn put(&mut self, session: SessionId, facts: PodFacts, stamp: u32) -> Placed {
        let key = (session, facts.meta.uid);
        let row = self.row(session, facts, stamp);
        self.count(&row, true);
        let Some(&place) = self.places.get(&key) else {
            let place = self.place(row);
            self.places.insert(key, place);
            self.present += 1;
            return Placed::New;
        };
        let Some(held) = self.rows.get_mut(place as usize) else { return Placed::Same };
        let moved = held.as_ref().is_none_or(|held| held.stands_elsewhere(&row));
        if let Some(before) = held.replace(row) {
            let returned = before.gone.is_some();
            if returned {
                self.present += 1;
                self.gone.returned(place);
            } else {
                self.count(&before, false);
            }
            self.release(before);
            if returned {
                return Placed::New;
            }
        }
        if moved { Placed::Moved } else { Placed::Same }
    }

    /// Notes that a pod is no longer there. It stays findable, with its last known facts.
    pub fn remove(&mut self, session: SessionId, uid: Uid, now: i64, stamp: u32) -> bool {
        let Some(&place) = self.places.get(&(session, uid)) else { return false };
        self.bury(place, now, stamp)
    }

    /// A list begins: what it does not name will be gone when it ends.
    pub fn begin_list(&mut self, session: SessionId) {
        for row in self.rows.iter_mut().flatten().filter(|row| row.session == session) {
            row.seen = false;
        }
    }

    /// A list is complete. Returns how many pods it did not name.
    pub fn end_list(&mut self, session: SessionId, now: i64, stamp: u32) -> usize {
        let unseen: Vec<u32> = (0u32..)
            .zip(&self.rows)
            .filter(|(_, row)| {
                row.as_ref().is_some_and(|row| row.session == session && !row.seen && row.gone.is_none())
            })
            .map(|(place, _)| place)
            .collect();
        unseen.into_iter().filter(|place| self.bury(*place, now, stamp)).count()
    }

    /// Forgets every pod of a session, those that are gone included.
    pub fn forget_session(&mut self, session: SessionId) {
        let of_session = |row: &Option<PodRow>| row.as_ref().is_some_and(|row| row.session == session);
        let places: Vec<u32> = (0u32..).zip(&self.rows).filter(|(_, row)| of_session(row)).map(|(at, _)| at).collect();
        for place in places {
            self.gone.returned(place);
            if self.rows.get(place as usize).and_then(Option::as_ref).is_some_and(|row| row.gone.is_none()) {
                self.present -= 1;
            }
            self.forget(place);
        }
    }

    /// Forgets what has been gone for too long.
    pub fn expire(&mut self, now: i64) {
        for place in self.gone.expired(now) {
            self.forget(place);
        }
    }

    /// The pod at a place.
    pub fn get(&self, slot: PodSlot) -> Option<Pod<'_>> {
        let row = self.rows.get(slot.0 as usize)?.as_ref()?;
        Some(Pod { row, pods: self })
    }

    /// The place of a pod.
    pub fn find(&self, session: SessionId, uid: Uid) -> Option<PodSlot> {
        self.places.get(&(session, uid)).map(|place| PodSlot(*place))
    }

    /// Every pod with its place.
    pub fn iter(&self) -> impl Iterator<Item = (PodSlot, Pod<'_>)> {
        (0u32..)
            .zip(&self.rows)
            .filter_map(|(place, row)| row.as_ref().map(|row| (PodSlot(place), Pod { row, pods: self })))
    }

    /// Places, those that are free included: one more than the last that a pod has.
    pub const fn places(&self) -> usize {
        self.rows.len()
    }

    /// The pods at some places.
    pub fn part(&self, from: usize, to: usize) -> impl Iterator<Item = Pod<'_>> {
        let rows = self.rows.get(from..to.min(self.rows.len())).unwrap_or_default();
        rows.iter().flatten().map(|row| Pod { row, pods: self })
    }

    /// Pods that are bound to a node.
    pub fn on_node(&self, session: SessionId, node: &Clean) -> usize {
        let Some(node) = self.words.find(node) else { return 0 };
        self.on_nodes.get(&(session, node)).copied().unwrap_or(0)
    }

    /// Pods that are there.
    pub const fn present(&self) -> usize {
        self.present
    }

    /// Pods that are gone and still findable.
    pub fn gone(&self) -> usize {
        self.gone.len()
    }

    /// Pods that are gone and were dropped, because they were too many or too old.
    pub const fn dropped(&self) -> u64 {
        self.gone.dropped()
    }

    pub(in super::super) const fn templates(&self) -> &Pool<Template> {
        &self.templates
    }

    pub(in super::super) const fn words(&self) -> &Pool<Clean> {
        &self.words
    }

    pub(in super::super) const fn label_sets(&self) -> &Pool<Labels> {
        &self.labels
    }

    fn row(&mut self, session: SessionId, facts: PodFacts, stamp: u32) -> PodRow {
        let template = Template {
            containers: facts.containers.into_boxed_slice(),
            service_account: facts.service_account,
            given: facts.given,
        };
        PodRow {
            uid: facts.meta.uid,
            name: facts.meta.name,
            namespace: self.words.take(facts.meta.namespace),
            node: self.words.take(facts.node),
            status: self.words.take(facts.status),
            template: self.templates.take(template),
            labels: self.labels.take(facts.meta.labels.into_boxed_slice()),
            owner: facts.meta.owner.map(|owner| self.owners.take(owner)),
            ips: Ips::new(&facts.ips),
            created: facts.meta.created,
            gone: None,
            restarts: facts.restarts,
            stamp,
            session,
            ready: facts.ready,
            security: facts.security,
            hid_something: facts.meta.hid_something,
            seen: true,
        }
    }

    fn place(&mut self, row: PodRow) -> u32 {
        if let Some(place) = self.free.pop() {
            if let Some(empty) = self.rows.get_mut(place as usize) {
                *empty = Some(row);
            }
            return place;
        }
        self.rows.push(Some(row));
        (self.rows.len() - 1) as u32
    }

    fn bury(&mut self, place: u32, now: i64, stamp: u32) -> bool {
        let Some(Some(row)) = self.rows.get_mut(place as usize) else { return false };
        if row.gone.is_some() {
            return false;
        }
        row.gone = Some(now);
        row.stamp = stamp;
        let (session, node) = (row.session, row.node);
        self.count_on(session, node, false);
        self.present -= 1;
        if let Some(too_many) = self.gone.add(place, now) {
            self.forget(too_many);
        }
        true
    }

    fn count(&mut self, row: &PodRow, more: bool) {
        self.count_on(row.session, row.node, more);
    }

    fn count_on(&mut self, session: SessionId, node: Id<Clean>, more: bool) {
        let count = self.on_nodes.entry((session, node)).or_default();
        *count = if more { *count + 1 } else { count.saturating_sub(1) };
        if *count == 0 {
            self.on_nodes.remove(&(session, node));
        }
    }

    fn forget(&mut self, place: u32) {
        let Some(row) = self.rows.get_mut(place as usize).and_then(Option::take) else { return };
        if row.gone.is_none() {
            self.count(&row, false);
        }
        self.places.remove(&(row.session, row.uid));
        self.free.push(place);
        self.release(row);
    }

    fn release(&mut self, row: PodRow) {
        self.words.release(row.namespace);
        self.words.release(row.node);
        self.words.release(row.status);
        self.templates.release(row.template);
        self.labels.release(row.labels);
        if let Some(owner) = row.owner {
            self.owners.release(owner);
        }
    }
}
