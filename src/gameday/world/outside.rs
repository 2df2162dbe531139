//! What stands around the story: the sinkhole that hears the intruder's reports, a pod that reports
//! and is quiet, and what the intruder's token may do.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::json::set;
use super::super::life::Life;
use super::super::network::{OUTSIDE, PORT};
use super::super::store::Store;
use super::app::{container, pod_spec};
use super::rights::{account, binding};
use super::{Blueprint, DAY, ago, install, service_account};

/// Puts what every cluster has of its own, and in the cluster with the trouble what belongs to it.
pub(super) fn surround(store: &mut Store, blueprint: &Blueprint, life: &mut Life, now: Timestamp) {
    let founded = ago(now, 212 * DAY);
    let block = if blueprint.trouble { 42 } else { 57 };
    // The API server behind its service, where pods and nodes reach it.
    store.put(
        json!({
            "kind": "EndpointSlice", "apiVersion": "discovery.k8s.io/v1", "addressType": "IPv4",
            "metadata": {"name": "kubernetes", "namespace": "default", "labels": {"kubernetes.io/service-name": "kubernetes"}},
            "endpoints": [
                {"addresses": [format!("10.{block}.0.200")], "conditions": {"ready": true}},
                {"addresses": [format!("10.{block}.16.200")], "conditions": {"ready": true}},
            ],
            "ports": [{"name": "https", "port": 443, "protocol": "TCP"}],
        }),
        founded,
    );
    store.put(
        json!({
            "kind": "Service", "apiVersion": "v1",
            "metadata": {"name": "kube-dns", "namespace": "kube-system", "labels": {"k8s-app": "kube-dns"}},
            "spec": {
                "type": "ClusterIP", "clusterIP": "172.20.0.10", "clusterIPs": ["172.20.0.10"], "selector": {"app": "coredns"},
                "ports": [
                    {"name": "dns", "port": 53, "targetPort": 53, "protocol": "UDP"},
                    {"name": "dns-tcp", "port": 53, "targetPort": 53, "protocol": "TCP"},
                ],
                "sessionAffinity": "None",
            },
            "status": {"loadBalancer": {}},
        }),
        founded,
    );
    if blueprint.trouble {
        sinkhole(store, blueprint, life, ago(now, 2 * DAY));
        rights(store, ago(now, 2 * DAY));
    }
}

/// The address that the intruder's processes report to leads here: who still reports is in its log.
fn sinkhole(store: &mut Store, blueprint: &Blueprint, life: &mut Life, at: Timestamp) {
    let labels = json!({"kubernetes.io/metadata.name": "outside"});
    store.put(
        json!({
            "kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "outside", "labels": labels},
            "spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"},
        }),
        at,
    );
    service_account(store, "outside", "default", "", at);
    store.put(
        json!({
            "kind": "Service", "apiVersion": "v1", "metadata": {"name": "drop", "namespace": "outside"},
            "spec": {
                "type": "ClusterIP", "clusterIP": "172.20.44.44", "clusterIPs": ["172.20.44.44"], "externalIPs": [OUTSIDE],
                "selector": {"app": "drop"}, "ports": [{"port": PORT, "targetPort": PORT, "protocol": "TCP"}],
                "sessionAffinity": "None",
            },
            "status": {"loadBalancer": {}},
        }),
        at,
    );
    let image = |name: &str| format!("{}/{name}", blueprint.registry());
    let mut listener = container("drop", &image("security/sinkhole:1.2.0"));
    set(&mut listener, "/args", json!([format!("exec beacon -listen :{PORT}")]));
    set(&mut listener, "/ports", json!([{"containerPort": PORT, "protocol": "TCP"}]));
    install(store, life, deployment("outside", "drop", listener), at);
    let mut quiet = container("quiet", &image("shop/tools:1.6.0"));
    set(&mut quiet, "/args", json!([format!("exec beacon -every 10m -to {OUTSIDE}:{PORT}")]));
    install(store, life, deployment("shop", "quiet", quiet), at);
}

fn deployment(namespace: &str, name: &str, container: Value) -> Value {
    json!({
        "kind": "Deployment", "apiVersion": "apps/v1",
        "metadata": {"name": name, "namespace": namespace, "labels": {"app": name}},
        "spec": {
            "replicas": 1, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600,
            "selector": {"matchLabels": {"app": name}},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": pod_spec(vec![container], "default")},
        },
    })
}

/// Why the intruder could do what it did, and a binding that somebody forgot.
fn rights(store: &mut Store, at: Timestamp) {
    const RBAC: &str = "rbac.authorization.k8s.io";
    let rules = json!([{"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get", "patch"]}]);
    let version = format!("{RBAC}/v1");
    store.put(json!({"kind": "Role", "apiVersion": version, "metadata": {"name": "ships", "namespace": "shop"}, "rules": rules}), at);
    store.put(
        json!({
            "kind": "RoleBinding", "apiVersion": version, "metadata": {"name": "web-ships", "namespace": "shop"},
            "roleRef": {"apiGroup": RBAC, "kind": "Role", "name": "ships"}, "subjects": [account("shop", "web")],
        }),
        at,
    );
    let anybody = json!([
        {"apiGroup": RBAC, "kind": "User", "name": "system:anonymous"},
        {"apiGroup": RBAC, "kind": "Group", "name": "system:unauthenticated"},
    ]);
    binding(store, "debug-anonymous", "view", anybody, at);
}
