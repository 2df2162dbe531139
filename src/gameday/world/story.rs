//! The compromised workload: `web`, a storefront that became a privileged container 47 minutes ago.
//!
//! Somebody found a way to upload a file through the storefront, read the token of
//! its service account and, since that account may patch deployments, gave the
//! deployment the whole node: privileged, the host's process table, its root mounted.
//! The innocent `api` has the same account, `web-canary` and others the same image.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::json::set;
use super::super::life::{self, Life};
use super::super::store::Store;
use super::app::{budget, container, pod_spec, service, store_address};
use super::rights::{account, binding};
use super::{Blueprint, DAY, ago, install, service_account};

/// When the deployment was changed, in seconds before the game.
pub(super) const CHANGED: i64 = 47 * 60;

const STOREFRONT: &str = "shop/storefront:4.18.2";

/// Puts the shop's front, and in the cluster with the trouble what was done to it.
pub(super) fn tell(store: &mut Store, blueprint: &Blueprint, life: &mut Life, now: Timestamp) {
    let before = ago(now, 2 * DAY + 5_400);
    service_account(store, "shop", "web", "shop-storefront", before);
    for (name, port) in [("web", 8080), ("api", 8080)] {
        let address = store_address(store);
        store.put(service("shop", name, port, false, address), before);
    }
    store.put(budget("shop", "api"), before);
    store.put(json!({
        "kind": "Secret", "apiVersion": "v1", "type": "Opaque", "metadata": {"name": "payments", "namespace": "shop"},
        "data": {"card-key": "bm90LWEtcmVhbC1rZXk="},
    }), before);
    store.put(json!({
        "kind": "NetworkPolicy", "apiVersion": "networking.k8s.io/v1", "metadata": {"name": "front-may-talk", "namespace": "shop"},
        "spec": {"podSelector": {"matchLabels": {"tier": "front"}}, "policyTypes": ["Egress"], "egress": [{}]},
    }), before);
    binding(store, "web-reads-everything", "view", json!([account("shop", "web")]), before);

    let registry = blueprint.registry();
    let image = format!("{registry}/{STOREFRONT}");
    let front = [("web", 3, "front"), ("api", 2, "back"), ("web-canary", 1, "canary")];
    for (name, replicas, tier) in front {
        let account = if name == "web-canary" { "default" } else { "web" };
        let image = if name == "api" { format!("{registry}/shop/api:4.18.2") } else { image.clone() };
        let web = if name == "web" { web(&registry, &image) } else { pod_spec(vec![listening(name, &image)], account) };
        install(store, life, deployment(name, replicas, tier, web), before);
    }
    install(
        store,
        life,
        deployment("thumbnailer", 2, "worker", pod_spec(vec![container("thumbnailer", &image)], "default")),
        before,
    );
    if blueprint.trouble {
        compromise(store, life, ago(now, CHANGED));
    }
}

fn deployment(name: &str, replicas: u64, tier: &str, spec: Value) -> Value {
    json!({
        "kind": "Deployment", "apiVersion": "apps/v1",
        "metadata": {"name": name, "namespace": "shop", "labels": {"app": name}},
        "spec": {
            "replicas": replicas, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600,
            "selector": {"matchLabels": {"app": name}},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}},
            "template": {"metadata": {"labels": {"app": name, "tier": tier}}, "spec": spec},
        },
    })
}

fn listening(name: &str, image: &str) -> Value {
    let mut container = container(name, image);
    set(&mut container, "/ports", json!([{"name": "http", "containerPort": 8080, "protocol": "TCP"}]));
    container
}

/// The storefront's pod as its owners made it.
fn web(registry: &str, image: &str) -> Value {
    let mut front = listening("web", image);
    set(&mut front, "/volumeMounts", json!([{"name": "payments", "mountPath": "/secret"}]));
    let sidecar = container("sidecar", "public.ecr.aws/appmesh/aws-appmesh-envoy:v1.34.4.0-prod");
    let prepare = container("prepare", &format!("{registry}/shop/tools:1.6.0"));
    let mut spec = pod_spec(vec![front, sidecar], "web");
    set(&mut spec, "/initContainers", json!([prepare]));
    set(&mut spec, "/volumes", json!([{"name": "payments", "secret": {"secretName": "payments", "defaultMode": 420}}]));
    spec
}

/// What the intruder made of it. The old ReplicaSet stays as the deployment's first revision.
fn compromise(store: &mut Store, life: &mut Life, at: Timestamp) {
    store.edit("Deployment", "shop", "web", at, |deployment| {
        let spec = "/spec/template/spec";
        set(deployment, &format!("{spec}/hostPID"), true);
        set(
            deployment,
            &format!("{spec}/volumes"),
            json!([
                {"name": "host", "hostPath": {"path": "/", "type": "Directory"}},
                {"name": "payments", "secret": {"secretName": "payments", "defaultMode": 420}},
            ]),
        );
        let containers = deployment.pointer_mut(&format!("{spec}/containers")).and_then(Value::as_array_mut);
        if let Some(front) = containers.and_then(|containers| containers.first_mut()) {
            set(front, "/securityContext", json!({"privileged": true}));
            set(
                front,
                "/volumeMounts",
                json!([
                    {"name": "host", "mountPath": "/host"}, {"name": "payments", "mountPath": "/secret"},
                ]),
            );
        }
    });
    life::roll_out(store, life, "shop", "web", at);
}
