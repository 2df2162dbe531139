//! One cluster: its objects, its life and the log of what is asked of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tokio::sync::Notify;

use super::access::Tokens;
use super::audit::Audit;
use super::life::Life;
use super::network::{Enforcement, Network};
use super::random::Random;
use super::store::Store;
use super::world::{self, Blueprint};

/// A cluster of the game day.
#[derive(Debug)]
pub(super) struct Cluster {
    /// Its name within its region.
    pub(super) name: &'static str,
    /// Its region.
    pub(super) region: &'static str,
    store: Mutex<Store>,
    life: Mutex<Life>,
    tokens: Mutex<Tokens>,
    network: Mutex<Network>,
    /// Rung whenever somebody wrote something.
    pub(super) written: Notify,
    /// What is asked of it.
    pub(super) audit: Arc<Audit>,
}

impl Cluster {
    /// A populated cluster.
    pub(super) fn new(blueprint: &Blueprint, seed: u64, enforcement: Enforcement, audit: Arc<Audit>) -> Self {
        let mut store = Store::new(Random::named(seed, blueprint.name));
        let life = world::populate(&mut store, blueprint, Timestamp::now());
        Self {
            name: blueprint.name,
            region: blueprint.region,
            store: Mutex::new(store),
            life: Mutex::new(life),
            tokens: Mutex::default(),
            network: Mutex::new(Network::new(enforcement)),
            written: Notify::new(),
            audit,
        }
    }

    /// Its objects. Held only between two awaits.
    pub(super) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What its life remembers from step to step. Taken before the store, never after.
    pub(super) fn life(&self) -> MutexGuard<'_, Life> {
        self.life.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Its traffic. Taken after the life and the tokens, before the store.
    pub(super) fn network(&self) -> MutexGuard<'_, Network> {
        self.network.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The tokens that it gave out. Taken before the store, never after.
    pub(super) fn tokens(&self) -> MutexGuard<'_, Tokens> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
