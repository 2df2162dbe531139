//! What failed, of which cluster, and what that means for the exit code.

use std::time::Instant;

use crate::cli::Exit;
use crate::inventory::{ClusterState, Freshness};
use crate::model::{Age, Health, Kind};

use super::Fleet;

impl Fleet {
    /// Why a cluster has not told what it was asked for; `None` where it has.
    pub fn failure(&self, cluster: &ClusterState, kinds: &[Kind]) -> Option<String> {
        if kinds.is_empty() {
            return match (&cluster.identity, why(cluster)) {
                (Some(_), None) => None,
                (_, Some(why)) => Some(why),
                (None, None) => Some("no answer in time; --timeout gives it more".to_owned()),
            };
        }
        let failed = kinds.iter().filter_map(|kind| {
            let watch = cluster.watches.get(kind);
            if watch.is_some_and(|watch| watch.listed) {
                return None;
            }
            let reason = watch.and_then(|watch| told(&watch.health)).or_else(|| why(cluster));
            Some(match reason {
                Some(reason) => reason,
                None => format!("{}: no answer in time; --timeout gives it more", kind.plural()),
            })
        });
        let mut failed: Vec<_> = failed.collect();
        failed.dedup();
        (!failed.is_empty()).then(|| failed.join("; "))
    }

    /// Tells every failure on standard error, and how the command ends.
    pub fn tell_failures(&self, kinds: &[Kind]) -> Exit {
        let mut failed = 0;
        for (name, why) in &self.unopened {
            eprintln!("podmortem: {name}: {why}");
            failed += 1;
        }
        for cluster in self.inventory.clusters() {
            if let Some(why) = self.failure(cluster, kinds) {
                eprintln!("podmortem: {}: {why}", cluster.label);
                failed += 1;
            }
            for (kind, watch) in cluster.watches.iter().filter(|(_, watch)| watch.unreadable > 0) {
                eprintln!(
                    "podmortem: {}: {} {} could not be read and are not listed",
                    cluster.label,
                    watch.unreadable,
                    kind.plural()
                );
            }
        }
        Exit::of_failures(failed, self.unopened.len() + self.inventory.clusters().len())
    }

    /// A line for each cluster: who, where, how fresh.
    pub fn say(&self) -> String {
        let mut text = format!("{} clusters\n", self.inventory.clusters().len() + self.unopened.len());
        for cluster in self.inventory.clusters() {
            let identity = cluster.identity.as_ref();
            let who = match identity {
                Some(identity) if identity.user.is_empty() => format!(", {}", identity.version),
                Some(identity) => format!(", as {}, {}", identity.user, identity.version),
                None => String::new(),
            };
            let age = match cluster.freshness(Instant::now()) {
                Freshness::Fresh(age) => format!("{} old", Age::new(age)),
                Freshness::Stale(age) => format!("as of {} ago", Age::new(age)),
                Freshness::Nothing if identity.is_some() => "reached just now".to_owned(),
                Freshness::Nothing => "nothing known yet".to_owned(),
            };
            let why = why(cluster).map_or_else(String::new, |why| format!(": {why}"));
            text.push_str(&format!("{}{who}, {age}{why}\n", cluster.title()));
        }
        for (name, why) in &self.unopened {
            text.push_str(&format!("{name}: {why}\n"));
        }
        text
    }
}

/// Whether a cluster has said all that it will say of these kinds for now.
pub(super) fn has_answered(cluster: &ClusterState, kinds: &[Kind]) -> bool {
    if kinds.is_empty() {
        return cluster.identity.is_some() || why(cluster).is_some();
    }
    // Whoever may not read `kube-system` may well be allowed to list pods: each kind speaks for itself.
    kinds.iter().all(|kind| {
        let watch = cluster.watches.get(kind);
        watch.is_some_and(|watch| watch.listed || told(&watch.health).is_some())
    })
}

/// Why the cluster as a whole does not answer, where it does not.
pub(super) fn why(cluster: &ClusterState) -> Option<String> {
    told(&cluster.health)
}

fn told(health: &Health) -> Option<String> {
    match health {
        Health::Forbidden(said) => Some(said.to_string()),
        Health::Failing { why, .. } => Some(why.to_string()),
        Health::Absent => Some("the server does not have this kind".to_owned()),
        Health::Connecting | Health::Listing(_) | Health::Live | Health::Throttled(_) => None,
    }
}
