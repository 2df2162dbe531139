//! One cluster: its objects, its life and the log of what was asked of it.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::life::Life;
use super::random::Random;
use super::store::Store;
use super::world::{self, Blueprint};

/// Requests that are remembered; the oldest go first.
const REMEMBERED: usize = 20_000;

/// A request that a cluster received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The cluster's name, not its ARN.
    pub cluster: String,
    /// `GET`, `PATCH`…
    pub method: String,
    /// Path and query as they came.
    pub path: String,
    /// Who asked; empty where nobody was recognised.
    pub user: String,
}

/// A cluster of the game day.
#[derive(Debug)]
pub(super) struct Cluster {
    /// Its name within its region.
    pub(super) name: &'static str,
    store: Mutex<Store>,
    life: Mutex<Life>,
    requests: Mutex<VecDeque<Request>>,
}

impl Cluster {
    /// A populated cluster.
    pub(super) fn new(blueprint: &Blueprint, seed: u64) -> Self {
        let mut store = Store::new(Random::named(seed, blueprint.name));
        let life = world::populate(&mut store, blueprint, Timestamp::now());
        Self { name: blueprint.name, store: Mutex::new(store), life: Mutex::new(life), requests: Mutex::default() }
    }

    /// Its objects. Held only between two awaits.
    pub(super) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What its life remembers from step to step. Taken before the store, never after.
    pub(super) fn life(&self) -> MutexGuard<'_, Life> {
        self.life.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers a request.
    pub(super) fn note(&self, request: Request) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        if requests.len() == REMEMBERED {
            requests.pop_front();
        }
        requests.push_back(request);
    }

    /// The requests so far.
    pub(super) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
