//! One cluster: reachable, as whom, with which clock and which rights.

use std::time::Duration;

use futures::future::join_all;
use jiff::SignedDuration;

use crate::actions::{self, Right};
use crate::cli::fleet::Fleet;
use crate::inventory::ClusterState;
use crate::kubernetes::{Cluster, Error, Read, Review};
use crate::model::Kind;

use super::check::Checks;

/// A difference between clocks from which on times of several sources can no longer be compared by eye.
const TOLERABLE: SignedDuration = SignedDuration::from_secs(5);

/// EKS takes no token whose signature is older than fifteen minutes, or from the future.
const FATAL: SignedDuration = SignedDuration::from_mins(14);

/// Looks at a cluster that was opened. What it has not answered in time is told as such.
pub async fn check(state: &ClusterState, fleet: &Fleet, patience: Duration) -> Checks {
    let mut checks = Checks::of(format!("cluster {}", state.title()));
    let Some(cluster) = fleet.cluster(state.session) else { return checks };
    let looked = tokio::time::timeout(patience, look(&mut checks, cluster)).await;
    if looked.is_err() {
        let seen = format!("{} did not answer everything in {} s", cluster.entry().server(), patience.as_secs());
        checks.bad("server", seen, "is the network slow, or does the server hang? --timeout gives it more");
    }
    checks
}

async fn look(checks: &mut Checks, cluster: &Cluster) {
    let read = cluster.read();
    let server = cluster.entry().server();
    if let Err(error) = read.get_path("/version").await {
        return checks.bad("server", format!("{server}: {error}"), mend(&error));
    }
    checks.good("server", server.clone());
    identity(checks, &read).await;
    clock(checks, &read).await;
    rights(checks, &read).await;
}

async fn identity(checks: &mut Checks, read: &Read) {
    match read.identify().await {
        Ok(identity) => {
            let groups: Vec<_> = identity.groups.iter().map(|group| group.as_str()).collect();
            checks.good("version", identity.version.clone());
            checks.good("identity", format!("{} ({})", identity.user, groups.join(", ")));
            checks.good("cluster", format!("{} (UID of kube-system)", identity.cluster));
            match identity.writes_denied {
                Some(true) => checks.good("writes", "denied by the cluster: these credentials are read-only"),
                Some(false) => checks.note("writes", "permitted to these credentials; --read-only refuses them here"),
                None => checks.note("writes", "the cluster does not say whether these credentials may write"),
            }
        }
        Err(error) => {
            let mend =
                "without the namespace kube-system a cluster cannot be told from others: ask for get on namespaces";
            checks.bad("identity", error.to_string(), mend);
        }
    }
}

async fn clock(checks: &mut Checks, read: &Read) {
    match read.clock_ahead().await {
        Ok(ahead) if ahead.abs() <= TOLERABLE => checks.good("clock", "agrees with this machine's to a few seconds"),
        Ok(ahead) => {
            let word = if ahead.is_negative() { "behind" } else { "ahead of" };
            let seen = format!("the server's is {} s {word} this machine's", ahead.abs().as_secs());
            let hint = if ahead.abs() > FATAL {
                "AWS refuses requests that are signed so"
            } else {
                "times of several sources will not agree"
            };
            checks.poor("clock", seen, format!("{hint}: set this machine's clock (timedatectl, chronyc tracking)"));
        }
        Err(error) => checks.note("clock", error.to_string()),
    }
}

async fn rights(checks: &mut Checks, read: &Read) {
    let lists = Kind::ALL.map(|kind| async move {
        let review = |verb| Review { verb, group: kind.group(), resource: kind.plural(), ..Review::default() };
        let (list, watch) = tokio::join!(read.can(review("list")), read.can(review("watch")));
        (kind, matches!((list, watch), (Ok(true), Ok(true))))
    });
    let answers = join_all(lists).await;
    let (may, may_not): (Vec<_>, Vec<_>) = answers.into_iter().partition(|(_, may)| *may);
    let names = |kinds: &[(Kind, bool)]| kinds.iter().map(|(kind, _)| kind.plural()).collect::<Vec<_>>().join(", ");
    if may.is_empty() {
        checks.bad(
            "see",
            "nothing may be listed",
            "ask for list and watch on pods, nodes and workloads (a view role), or use another context",
        );
    } else if may_not.is_empty() {
        checks.good("see", "every kind");
    } else {
        checks.poor("see", format!("all but {}", names(&may_not)), "ask for list and watch on them");
    }
    for spec in actions::all().iter().map(|action| action.spec()) {
        let asked: Vec<_> = spec.rights.iter().filter_map(|right| Some((right, review(right)?))).collect();
        if asked.is_empty() {
            continue; // Of the account alone: readiness asks IAM.
        }
        let answers = join_all(asked.iter().map(|(_, review)| read.can(*review))).await;
        if let Some(error) = answers.iter().find_map(|answer| answer.as_ref().err()) {
            checks.note("may", format!("{}: unknown: {error}", spec.id));
            continue;
        }
        let answered = asked.iter().zip(answers);
        let missing: Vec<_> =
            answered.filter(|(_, may)| *may != Ok(true)).map(|((right, _), _)| right.rule()).collect();
        if missing.is_empty() {
            checks.good("may", spec.id);
        } else {
            checks.note("may not", format!("{}, which takes {}", spec.id, missing.join(", ")));
        }
    }
}

/// The right in the whole cluster: where it is given for one namespace only, planning there tells.
const fn review(right: &Right) -> Option<Review<'static>> {
    match *right {
        Right::Rbac { verb, group, resource, subresource, .. } => {
            Some(Review { verb, group, resource, subresource, namespace: "" })
        }
        Right::Iam(_) => None,
    }
}

fn mend(error: &Error) -> &'static str {
    match error {
        Error::Unauthenticated { .. } => "renew the credential as the message says, or choose another context",
        Error::Forbidden { .. } => {
            "these credentials may do nothing here; choose another context or ask for an access entry"
        }
        Error::Unreachable { .. } => {
            "is the VPN up, and is the endpoint public? `aws eks describe-cluster` tells the endpoint and who may reach it"
        }
        Error::Configuration(_) => "correct the kubeconfig; `kubectl config view` shows it",
        _ => "the message is the server's own; `kubectl get --raw /version` asks the same",
    }
}
