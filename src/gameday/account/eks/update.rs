//! Changes of what a control plane logs: EKS takes one at a time, and needs a while for it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::super::cluster::Cluster;
use super::super::super::json::{is_true, items};
use super::super::super::random::Random;
use super::super::Fault;

/// How long a change takes; the real service needs some minutes.
const TAKES: Duration = Duration::from_secs(2);

const KINDS: [&str; 5] = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

/// What was asked for of each cluster, by its name.
#[derive(Debug, Default)]
pub struct Updates(Mutex<BTreeMap<&'static str, Vec<Update>>>);

#[derive(Clone, Debug)]
struct Update {
    id: String,
    begun: Instant,
    at: Timestamp,
    asked: Value,
    /// What is logged when it is through.
    logged: BTreeSet<String>,
}

impl Update {
    fn is_through(&self) -> bool {
        self.begun.elapsed() >= TAKES
    }

    fn told(&self) -> Value {
        json!({
            "id": self.id, "status": if self.is_through() { "Successful" } else { "InProgress" },
            "type": "LoggingUpdate", "createdAt": self.at.as_millisecond() as f64 / 1000.0, "errors": [],
            "params": [{"type": "ClusterLogging", "value": self.asked.to_string()}],
        })
    }
}

impl Updates {
    fn all(&self) -> MutexGuard<'_, BTreeMap<&'static str, Vec<Update>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a cluster logs, and whether a change is under way.
    pub fn logging(&self, cluster: &Cluster) -> (Value, bool) {
        let all = self.all();
        let updates = all.get(cluster.name).map(Vec::as_slice).unwrap_or_default();
        let logged = updates.iter().rev().find(|update| update.is_through());
        let logged = logged.map_or_else(|| at_first(cluster), |update| update.logged.clone());
        let (on, off): (Vec<&str>, Vec<&str>) = KINDS.iter().partition(|kind| logged.contains(**kind));
        let setup =
            |types: Vec<&str>, enabled: bool| (!types.is_empty()).then(|| json!({"types": types, "enabled": enabled}));
        let setups: Vec<_> = [setup(on, true), setup(off, false)].into_iter().flatten().collect();
        (json!({"clusterLogging": setups}), updates.last().is_some_and(|update| !update.is_through()))
    }

    /// Begins a change.
    pub fn begin(&self, cluster: &Cluster, body: &Value) -> Result<Value, Fault> {
        let invalid = |message: &str| Fault::new("InvalidParameterException", message);
        let asked = body.get("logging").ok_or_else(|| invalid("No supported change is asked for."))?;
        let mut all = self.all();
        let updates = all.entry(cluster.name).or_default();
        if updates.last().is_some_and(|update| !update.is_through()) {
            let message =
                format!("Cannot LoggingUpdate because cluster {} currently has an update in progress", cluster.name);
            return Err(Fault::new("ResourceInUseException", message));
        }
        let before = updates.last().map_or_else(|| at_first(cluster), |update| update.logged.clone());
        let mut logged = before.clone();
        for setup in items(asked, "/clusterLogging") {
            for kind in items(setup, "/types").iter().filter_map(Value::as_str) {
                if !KINDS.contains(&kind) {
                    return Err(invalid(&format!("{kind} is not a valid log type")));
                }
                if is_true(setup, "/enabled") {
                    logged.insert(kind.to_owned())
                } else {
                    logged.remove(kind)
                };
            }
        }
        if logged == before {
            return Err(invalid("No changes needed for the logging config provided"));
        }
        let id = Random::named(updates.len() as u64, &format!("{} update", cluster.name)).hex(32);
        let update = Update { id, begun: Instant::now(), at: Timestamp::now(), asked: asked.clone(), logged };
        let told = update.told();
        updates.push(update);
        Ok(told)
    }

    /// A change by its id.
    pub fn get(&self, cluster: &Cluster, id: &str) -> Option<Value> {
        self.all().get(cluster.name)?.iter().find(|update| update.id == id).map(Update::told)
    }

    /// The ids of all changes.
    pub fn ids(&self, cluster: &Cluster) -> Vec<String> {
        self.all().get(cluster.name).into_iter().flatten().map(|update| update.id.clone()).collect()
    }
}

/// The cluster with the trouble was made by people who log; its sister was not.
fn at_first(cluster: &Cluster) -> BTreeSet<String> {
    let logged = if cluster.region == "us-east-1" { &["api", "audit", "authenticator"][..] } else { &[] };
    logged.iter().map(|kind| (*kind).to_owned()).collect()
}
