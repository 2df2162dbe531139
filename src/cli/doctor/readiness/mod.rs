//! What an incident will need of a cluster, looked at before there is one.

mod account;
mod bucket;
mod evidence;
mod nodes;
mod objects;
mod rights;

use std::time::Duration;

use crate::aws::Account;
use crate::aws::identity::caller;
use crate::cli::Startup;
use crate::cli::fleet::Fleet;
use crate::inventory::ClusterState;
use crate::kubernetes::{Cluster, ReadOnly};

use super::check::Checks;

/// Looks at what a cluster and its account have ready. Nothing of it decides whether the program works.
pub async fn check(state: &ClusterState, fleet: &Fleet, startup: &Startup, patience: Duration) -> Checks {
    let mut checks = Checks::of(format!("readiness of {}", state.title()));
    let Some(cluster) = fleet.cluster(state.session) else { return checks };
    // Each call has its own deadline; a service that hangs leaves what the others said.
    let looked = tokio::time::timeout(patience * 3, look(&mut checks, cluster, startup)).await;
    if looked.is_err() {
        let seen = format!("not everything answered in {} s", (patience * 3).as_secs());
        checks.poor("readiness", seen, "look again; --timeout gives it more");
    }
    checks
}

async fn look(checks: &mut Checks, cluster: &Cluster, startup: &Startup) {
    objects::check(checks, &cluster.read()).await;
    let entry = cluster.entry();
    let Some(place) = entry.place() else {
        checks.note("account", "no AWS account belongs to this cluster here: nothing of one is looked at");
        return;
    };
    match Account::at(place, ReadOnly::closed()).await {
        Ok(account) => {
            match caller(place, &ReadOnly::closed()).await {
                Ok(caller) => checks.good("account", format!("{} in account {}", caller.arn, caller.account)),
                Err(error) => checks.note("account", format!("STS does not say who we are there: {}", error.why)),
            }
            let plane = account.control_plane(entry.eks_name(), entry.server()).await;
            account::check(checks, &account, plane.as_ref()).await;
            nodes::check(checks, &account, &cluster.read()).await;
            evidence::check(checks, &account, &startup.settings.evidence).await;
            rights::check(checks, &account, plane.as_ref().ok()).await;
        }
        Err(why) => checks.poor(
            "account",
            format!("cannot be asked: {why}"),
            "without it neither logs, GuardDuty, Systems Manager nor evidence can be looked at",
        ),
    }
}
