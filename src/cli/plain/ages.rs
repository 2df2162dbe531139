//! How fresh an answer is, in words that stand before it.

use std::time::{Duration, Instant};

use crate::inventory::{ClusterState, Freshness, Inventory};
use crate::model::{Age, Health, Kind, SessionId};

/// What each cluster knows of the kinds asked for: one sentence where all is
/// well, and one for each cluster where it is not.
pub fn tell(inventory: &Inventory, kinds: &[Kind], now: Instant) -> String {
    let mut oldest = Duration::ZERO;
    let mut told = Vec::new();
    for cluster in inventory.clusters() {
        for kind in kinds {
            match cluster.freshness_of(*kind, now) {
                Freshness::Fresh(age) => oldest = oldest.max(age),
                Freshness::Stale(age) => {
                    told.push(format!(
                        "{}: {} as of {} ago, {}",
                        cluster.label,
                        kind.plural(),
                        Age::new(age),
                        why(cluster, *kind)
                    ));
                }
                Freshness::Nothing => {
                    told.push(format!("{}: nothing known of {}, {}", cluster.label, kind.plural(), why(cluster, *kind)))
                }
            }
        }
    }
    told.insert(0, format!("{} old", Age::new(oldest)));
    told.join("; ")
}

/// Why a kind of a cluster is not kept up to date.
pub fn why(cluster: &ClusterState, kind: Kind) -> String {
    let own = cluster.watches.get(&kind).map(|watch| &watch.health).filter(|health| !health.is_live());
    match own.unwrap_or(&cluster.health) {
        Health::Connecting => "connecting".to_owned(),
        Health::Listing(so_far) => format!("{so_far} listed so far"),
        Health::Live => "live".to_owned(),
        Health::Forbidden(said) => format!("forbidden: {said}"),
        Health::Throttled(wait) => format!("the server asked to wait {} s", wait.as_secs()),
        Health::Failing { why, .. } => why.to_string(),
        Health::Absent => "the server does not have this kind".to_owned(),
    }
}

/// How fresh what is known of one cluster's kind is.
pub fn tell_of(inventory: &Inventory, session: SessionId, kind: Kind) -> String {
    let Some(cluster) = inventory.cluster(session) else { return "of a cluster that is not open".to_owned() };
    match cluster.freshness_of(kind, Instant::now()) {
        Freshness::Fresh(age) => format!("{} old", Age::new(age)),
        Freshness::Stale(age) => format!("as of {} ago: {}", Age::new(age), why(cluster, kind)),
        Freshness::Nothing => why(cluster, kind),
    }
}
