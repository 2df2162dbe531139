//! What stands in the clusters when the game begins.

mod app;
mod catalogue;
mod machine;
mod node;
mod outside;
mod plumbing;
mod rights;
mod story;
mod system;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::life::{self, Life};
use super::store::Store;

use self::machine::Fleet;

/// What a cluster is made from.
#[derive(Clone, Debug)]
pub(super) struct Blueprint {
    /// Its name within its region.
    pub(super) name: &'static str,
    /// Its region.
    pub(super) region: &'static str,
    /// Its nodes.
    fleets: &'static [Fleet],
    /// How many of ten replicas it runs of what the catalogue asks for.
    share: u64,
    /// Whether the intruder is here.
    trouble: bool,
}

impl Blueprint {
    /// The EKS cluster's ARN.
    pub(super) fn arn(&self) -> String {
        format!("arn:aws:eks:{}:111122223333:cluster/{}", self.region, self.name)
    }

    /// The registry of the account in the cluster's region.
    fn registry(&self) -> String {
        format!("111122223333.dkr.ecr.{}.amazonaws.com", self.region)
    }
}

/// The clusters of the game day, the one with the trouble first.
pub(super) fn blueprints() -> Vec<Blueprint> {
    vec![
        Blueprint { name: "shop-prod", region: "us-east-1", fleets: machine::UNITED_STATES, share: 10, trouble: true },
        Blueprint { name: "shop-prod-eu", region: "eu-west-1", fleets: machine::EUROPE, share: 5, trouble: false },
    ]
}

/// Fills a store.
pub(super) fn populate(store: &mut Store, blueprint: &Blueprint, now: Timestamp) -> Life {
    let mut life = Life::from(now);
    let founded = ago(now, 212 * DAY);
    plumbing::namespaces(store, founded);
    rights::roles(store, founded);
    node::nodes(store, blueprint, now);
    system::workloads(store, blueprint, &mut life, founded);
    for app in catalogue::APPS {
        let at = ago(now, app.days * DAY + store.random.below(DAY_SECONDS).cast_signed());
        app.install(store, blueprint, &mut life, at);
    }
    story::tell(store, blueprint, &mut life, now);
    plumbing::jobs(store, blueprint, &mut life, now);
    outside::surround(store, blueprint, &mut life, now);
    life::settle(store, &mut life, now);
    life
}

const DAY: i64 = 86_400;
const DAY_SECONDS: u64 = 86_400;

/// So many seconds before.
fn ago(now: Timestamp, seconds: i64) -> Timestamp {
    now.checked_sub(SignedDuration::from_secs(seconds)).unwrap_or(now)
}

/// Puts a workload and lets its controller, the scheduler and the kubelets act on it as of then.
fn install(store: &mut Store, life: &mut Life, workload: Value, at: Timestamp) {
    let workload = store.put(workload, at);
    life::bring_up(store, life, &workload, at);
}

/// A service account, with the IAM role that its pods may assume where one is named.
fn service_account(store: &mut Store, namespace: &str, name: &str, role: &str, at: Timestamp) {
    let mut account =
        json!({"kind": "ServiceAccount", "apiVersion": "v1", "metadata": {"name": name, "namespace": namespace}});
    if !role.is_empty() {
        let arn = format!("arn:aws:iam::111122223333:role/{role}");
        super::json::set(&mut account, "/metadata/annotations/eks.amazonaws.com~1role-arn", arn);
    }
    store.put(account, at);
}

#[cfg(test)]
mod tests;
