//! Namespaces with what every one has, policies, and jobs on a clock.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::life::Life;
use super::super::store::Store;
use super::app::{container, pod_spec};
use super::{Blueprint, DAY, ago, install, service_account};

const NAMESPACES: &[&str] = &[
    "default",
    "kube-system",
    "kube-public",
    "kube-node-lease",
    "shop",
    "catalog",
    "payments",
    "checkout",
    "search",
    "identity",
    "notifications",
    "fulfilment",
    "analytics",
    "reports",
    "recommendations",
    "monitoring",
    "logging",
    "ingress",
    "platform",
    "ci",
    "staging",
    "amazon-guardduty",
];

/// Every namespace with its default account, its CA and, for those of teams, a policy.
pub(super) fn namespaces(store: &mut Store, at: Timestamp) {
    for name in NAMESPACES {
        let labels = json!({"kubernetes.io/metadata.name": name});
        store.put(
            json!({
                "kind": "Namespace", "apiVersion": "v1", "metadata": {"name": name, "labels": labels},
                "spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"},
            }),
            at,
        );
        service_account(store, name, "default", "", at);
        store.put(
            json!({
                "kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "kube-root-ca.crt", "namespace": name},
                "data": {"ca.crt": "-----BEGIN CERTIFICATE-----\ngame day\n-----END CERTIFICATE-----\n"},
            }),
            at,
        );
    }
    for name in ["payments", "identity", "catalog"] {
        store.put(deny(name), at);
    }
    store.put(json!({
        "kind": "Service", "apiVersion": "v1",
        "metadata": {"name": "kubernetes", "namespace": "default", "labels": {"component": "apiserver", "provider": "kubernetes"}},
        "spec": {"type": "ClusterIP", "clusterIP": "172.20.0.1", "clusterIPs": ["172.20.0.1"], "ports": [{"name": "https", "port": 443, "targetPort": 443, "protocol": "TCP"}], "sessionAffinity": "None"},
        "status": {"loadBalancer": {}},
    }), at);
    store.put(
        json!({
            "kind": "StorageClass", "apiVersion": "storage.k8s.io/v1", "metadata": {"name": "gp3"},
            "provisioner": "ebs.csi.aws.com", "reclaimPolicy": "Delete", "volumeBindingMode": "WaitForFirstConsumer",
            "allowVolumeExpansion": true,
        }),
        at,
    );
    for (name, value) in [("system-cluster-critical", 2_000_000_000), ("system-node-critical", 2_000_001_000)] {
        store.put(json!({
            "kind": "PriorityClass", "apiVersion": "scheduling.k8s.io/v1", "metadata": {"name": name}, "value": value,
            "preemptionPolicy": "PreemptLowerPriority",
        }), at);
    }
}

fn deny(namespace: &str) -> Value {
    json!({
        "kind": "NetworkPolicy", "apiVersion": "networking.k8s.io/v1",
        "metadata": {"name": "default-deny-ingress", "namespace": namespace},
        "spec": {"podSelector": {}, "policyTypes": ["Ingress"]},
    })
}

/// Clockwork of the teams: namespace, name, schedule, image.
const CLOCKWORK: &[(&str, &str, &str, &str)] = &[
    ("shop", "nightly", "0 3 * * *", "shop/tools:1.6.0"),
    ("payments", "settlement", "*/30 * * * *", "payments/settlement:2.30.4"),
    ("catalog", "reindex", "15 * * * *", "catalog/indexer:6.2.0"),
    ("analytics", "compact", "*/10 * * * *", "analytics/compact:3.5.2"),
];

/// CronJobs, each with a run of its own behind it.
pub(super) fn jobs(store: &mut Store, blueprint: &Blueprint, life: &mut Life, now: Timestamp) {
    for (place, (namespace, name, schedule, image)) in (1..).zip(CLOCKWORK) {
        let image = format!("{}/{image}", blueprint.registry());
        let mut spec = pod_spec(vec![container(name, &image)], "default");
        super::super::json::set(&mut spec, "/restartPolicy", "Never");
        let template =
            json!({"spec": {"backoffLimit": 3, "template": {"metadata": {"labels": {"job": name}}, "spec": spec}}});
        let cron = json!({
            "kind": "CronJob", "apiVersion": "batch/v1", "metadata": {"name": name, "namespace": namespace},
            "spec": {
                "schedule": schedule, "suspend": false, "concurrencyPolicy": "Forbid", "successfulJobsHistoryLimit": 3,
                "failedJobsHistoryLimit": 1, "jobTemplate": template,
            },
            "status": {},
        });
        let cron = store.put(cron, ago(now, 60 * DAY));
        let at = ago(now, place * 431);
        if let Some(job) = super::super::life::job_of(store, &cron, at) {
            install(store, life, job, at);
        }
    }
}
