//! Objects, a counter of revisions and a bounded history of changes: what etcd and the watch cache are.

mod resource;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::watch;

use super::json::{set, text};
use super::random::Random;

pub(super) use self::resource::{RESOURCES, Resource, Subresource, by_kind, by_path};

/// Changes that are remembered; a watch from before the oldest gets 410 Gone.
const HISTORY: usize = 5_000;

/// A moment as Kubernetes writes it: whole seconds, UTC.
pub(super) fn rfc3339(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Where an object stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    /// Its kind; kinds are unique among what is stored.
    pub(super) kind: &'static str,
    /// Its namespace, empty for objects of the cluster.
    pub(super) namespace: String,
    /// Its name.
    pub(super) name: String,
}

/// One change of one object.
#[derive(Clone, Debug)]
pub(super) struct Change {
    /// The revision that it made.
    pub(super) revision: u64,
    /// Where.
    pub(super) key: Key,
    /// What stood there before; `None` for a creation.
    pub(super) old: Option<Arc<Value>>,
    /// What stands there now; `None` for a deletion.
    pub(super) new: Option<Arc<Value>>,
}

/// The history does not reach back so far.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Gone {
    /// What was asked for.
    pub(super) asked: u64,
    /// The oldest revision that could be answered.
    pub(super) oldest: u64,
}

/// The objects of one cluster.
#[derive(Debug)]
pub(super) struct Store {
    objects: BTreeMap<Key, Arc<Value>>,
    history: VecDeque<Change>,
    revision: u64,
    /// The newest revision that the history no longer tells how to reach.
    compacted: u64,
    latest: watch::Sender<u64>,
    /// The newest revision of every kind.
    newest: BTreeMap<&'static str, u64>,
    /// Where uids, names and digests come from.
    pub(super) random: Random,
}

impl Store {
    /// An empty store.
    pub(super) fn new(random: Random) -> Self {
        let (latest, _) = watch::channel(1);
        Self {
            objects: BTreeMap::new(),
            history: VecDeque::new(),
            revision: 1,
            compacted: 0,
            latest,
            newest: BTreeMap::new(),
            random,
        }
    }

    /// The newest revision.
    pub(super) const fn revision(&self) -> u64 {
        self.revision
    }

    /// The newest revision of any object of these kinds; 0 where there never was one.
    pub(super) fn newest(&self, kinds: &[&str]) -> u64 {
        kinds.iter().filter_map(|kind| self.newest.get(kind).copied()).max().unwrap_or(0)
    }

    /// Tells the newest revision whenever it moves.
    pub(super) fn subscribe(&self) -> watch::Receiver<u64> {
        self.latest.subscribe()
    }

    /// One object.
    pub(super) fn get(&self, kind: &'static str, namespace: &str, name: &str) -> Option<Arc<Value>> {
        self.objects.get(&Key { kind, namespace: namespace.to_owned(), name: name.to_owned() }).cloned()
    }

    /// The objects of a kind by namespace and name, of one namespace or of all.
    pub(super) fn list(&self, kind: &'static str, namespace: Option<&str>) -> Vec<Arc<Value>> {
        self.range(kind, namespace).map(|(_, object)| Arc::clone(object)).collect()
    }

    fn range<'a>(
        &'a self,
        kind: &'static str,
        namespace: Option<&'a str>,
    ) -> impl Iterator<Item = (&'a Key, &'a Arc<Value>)> {
        let from = Key { kind, namespace: namespace.unwrap_or_default().to_owned(), name: String::new() };
        self.objects
            .range(from..)
            .take_while(move |(key, _)| key.kind == kind && namespace.is_none_or(|wanted| key.namespace == wanted))
    }

    /// The objects of a kind as they were at a revision.
    pub(super) fn list_at(
        &self,
        kind: &'static str,
        namespace: Option<&str>,
        revision: u64,
    ) -> Result<Vec<(Key, Arc<Value>)>, Gone> {
        self.reaches(revision)?;
        let mut then: BTreeMap<Key, Arc<Value>> =
            self.range(kind, namespace).map(|(key, object)| (key.clone(), Arc::clone(object))).collect();
        let wanted = |key: &Key| key.kind == kind && namespace.is_none_or(|wanted| key.namespace == wanted);
        for change in self.history.iter().rev().take_while(|change| change.revision > revision) {
            match &change.old {
                _ if !wanted(&change.key) => {}
                Some(old) => drop(then.insert(change.key.clone(), Arc::clone(old))),
                None => drop(then.remove(&change.key)),
            }
        }
        Ok(then.into_iter().collect())
    }

    fn reaches(&self, revision: u64) -> Result<(), Gone> {
        if revision < self.compacted { Err(Gone { asked: revision, oldest: self.compacted }) } else { Ok(()) }
    }

    /// What changed after a revision, oldest first.
    pub(super) fn changes_after(&self, revision: u64) -> Result<Vec<Change>, Gone> {
        self.reaches(revision)?;
        let from = self.history.partition_point(|change| change.revision <= revision);
        Ok(self.history.range(from..).cloned().collect())
    }

    /// Forgets all history.
    pub(super) fn compact(&mut self) {
        self.history.clear();
        self.compacted = self.revision;
    }

    /// Creates or replaces an object; gives it what the server gives: uid, creation time, generation, revision.
    /// An object that says nothing new is left as it was, its revision too.
    pub(super) fn put(&mut self, mut object: Value, at: Timestamp) -> Arc<Value> {
        let Some(resource) = by_kind(text(&object, "/kind")) else { return Arc::new(object) };
        let key = Key {
            kind: resource.kind,
            namespace: text(&object, "/metadata/namespace").to_owned(),
            name: text(&object, "/metadata/name").to_owned(),
        };
        let old = self.objects.get(&key).cloned();
        match &old {
            Some(old) => {
                for kept in ["/metadata/uid", "/metadata/creationTimestamp", "/metadata/resourceVersion"] {
                    if let Some(value) = old.pointer(kept) {
                        set(&mut object, kept, value.clone());
                    }
                }
                let generation = old.pointer("/metadata/generation").and_then(Value::as_i64);
                if let Some(generation) = generation {
                    let moved = i64::from(old.get("spec") != object.get("spec"));
                    set(&mut object, "/metadata/generation", generation + moved);
                }
                if **old == object {
                    return Arc::clone(old);
                }
            }
            None => self.christen(&mut object, at),
        }
        self.revision += 1;
        set(&mut object, "/metadata/resourceVersion", self.revision.to_string());
        let object = Arc::new(object);
        self.objects.insert(key.clone(), Arc::clone(&object));
        self.remember(Change { revision: self.revision, key, old, new: Some(Arc::clone(&object)) });
        object
    }

    fn christen(&mut self, object: &mut Value, at: Timestamp) {
        if text(object, "/metadata/uid").is_empty() {
            let uid = self.random.uuid();
            set(object, "/metadata/uid", uid);
        }
        if text(object, "/metadata/creationTimestamp").is_empty() {
            set(object, "/metadata/creationTimestamp", rfc3339(at));
        }
        let plain = ["Event", "Lease", "Node", "Namespace"].contains(&text(object, "/kind"));
        if object.get("spec").is_some() && !plain && object.pointer("/metadata/generation").is_none() {
            set(object, "/metadata/generation", 1);
        }
    }

    /// Takes an object away; gives it back as its last state with the revision of its end.
    pub(super) fn remove(&mut self, kind: &'static str, namespace: &str, name: &str) -> Option<Arc<Value>> {
        let key = Key { kind, namespace: namespace.to_owned(), name: name.to_owned() };
        let old = self.objects.remove(&key)?;
        self.revision += 1;
        let mut last = Value::clone(&old);
        set(&mut last, "/metadata/resourceVersion", self.revision.to_string());
        self.remember(Change { revision: self.revision, key, old: Some(old), new: None });
        Some(Arc::new(last))
    }

    /// Changes an object in place, if it is there.
    pub(super) fn edit(
        &mut self,
        kind: &'static str,
        namespace: &str,
        name: &str,
        at: Timestamp,
        change: impl FnOnce(&mut Value),
    ) {
        if let Some(object) = self.get(kind, namespace, name) {
            let mut object = Value::clone(&object);
            change(&mut object);
            self.put(object, at);
        }
    }

    /// Gives an object another status, if it is there and has another one. Costs nothing where nothing changes.
    pub(super) fn report(&mut self, kind: &'static str, namespace: &str, name: &str, at: Timestamp, status: Value) {
        let same = self.get(kind, namespace, name).is_none_or(|object| object.get("status") == Some(&status));
        if !same {
            self.edit(kind, namespace, name, at, |object| set(object, "/status", status));
        }
    }

    fn remember(&mut self, change: Change) {
        if self.history.len() == HISTORY {
            self.compacted = self.history.pop_front().map_or(self.compacted, |oldest| oldest.revision);
        }
        self.newest.insert(change.key.kind, change.revision);
        self.history.push_back(change);
        self.latest.send_replace(self.revision);
    }
}

#[cfg(test)]
mod tests;
