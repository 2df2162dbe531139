//! The intruder, who has the token of `shop/web` and comes back when there is less of it.

use jiff::Timestamp;
use serde_json::Value;

use super::super::access::{Attempt, Subject, allows};
use super::super::audit::{Reference, Request};
use super::super::cluster::Cluster;
use super::super::json::{number, set};
use super::super::store::Store;

/// Steps before it acts for the first time.
const PATIENCE: u64 = 180;

/// Steps between two acts.
const EVERY: u64 = 60;

/// It wants no more of its pods than draws no attention.
const ENOUGH: i64 = 5;

/// What this step brings: one more of its pods, where the token still may, and nobody took it away.
pub(super) fn act(cluster: &Cluster, store: &mut Store, step: u64, now: Timestamp) {
    if step < PATIENCE || !step.is_multiple_of(EVERY) {
        return;
    }
    let Some(deployment) = store.get("Deployment", "shop", "web").filter(|web| is_taken_over(web)) else { return };
    let replicas = number(&deployment, "/spec/replicas");
    if replicas >= ENOUGH {
        return;
    }
    let groups = ["system:serviceaccounts", "system:serviceaccounts:shop", "system:authenticated"].map(str::to_owned);
    let who = Subject::named("system:serviceaccount:shop:web", groups.to_vec());
    let attempt = Attempt {
        verb: "patch".to_owned(),
        group: "apps".to_owned(),
        resource: "deployments".to_owned(),
        namespace: "shop".to_owned(),
        name: "web".to_owned(),
    };
    let known = store.get("ServiceAccount", "shop", "web").is_some();
    let allowed = known && allows(store, &who, &attempt).is_some();
    let entry = cluster.audit.received(Request {
        cluster: cluster.name.to_owned(),
        method: "PATCH".to_owned(),
        verb: attempt.verb,
        path: "/apis/apps/v1/namespaces/shop/deployments/web".to_owned(),
        object: Some(Reference {
            group: attempt.group,
            version: "v1".to_owned(),
            resource: attempt.resource,
            subresource: String::new(),
            namespace: attempt.namespace,
            name: attempt.name,
        }),
        user: who.user,
        agent: "curl/8.15.0".to_owned(),
        at: now,
        code: None,
    });
    let code = match (known, allowed) {
        (true, true) => 200,
        (true, false) => 403,
        (false, _) => 401,
    };
    cluster.audit.answered(entry, code);
    if allowed {
        store.edit("Deployment", "shop", "web", now, |web| set(web, "/spec/replicas", replicas + 1));
    }
}

fn is_taken_over(deployment: &Value) -> bool {
    super::super::json::is_true(deployment, "/spec/template/spec/hostPID")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::gameday::network::Enforcement;
    use crate::gameday::world;

    #[test]
    fn it_comes_back_until_its_rights_are_gone() {
        let cluster = Cluster::new(&world::blueprints()[0], 3, Enforcement::Off, Arc::default());
        let replicas = |store: &Store| number(&store.get("Deployment", "shop", "web").unwrap(), "/spec/replicas");
        let mut store = cluster.store();
        act(&cluster, &mut store, 179, Timestamp::now());
        assert_eq!(replicas(&store), 3);
        act(&cluster, &mut store, 180, Timestamp::now());
        assert_eq!(replicas(&store), 4);
        store.remove("RoleBinding", "shop", "web-ships");
        act(&cluster, &mut store, 240, Timestamp::now());
        assert_eq!(replicas(&store), 4);
        let codes: Vec<_> = cluster.audit.requests().iter().map(|request| request.code).collect();
        assert_eq!(codes, [Some(200), Some(403)]);
    }
}
