//! kube-system, and the daemons that run on every node.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::json::set;
use super::super::life::Life;
use super::super::store::Store;
use super::app::{App, container, pod_spec};
use super::{Blueprint, install, service_account};

/// A daemon: namespace, name, image, whether it needs the host, IAM role.
struct Daemon(&'static str, &'static str, &'static str, bool, &'static str);

const DAEMONS: &[Daemon] = &[
    Daemon(
        "kube-system",
        "aws-node",
        "602401143452.dkr.ecr.us-east-1.amazonaws.com/amazon-k8s-cni:v1.20.4",
        true,
        "vpc-cni",
    ),
    Daemon(
        "kube-system",
        "kube-proxy",
        "602401143452.dkr.ecr.us-east-1.amazonaws.com/eks/kube-proxy:v1.36.1-eksbuild.2",
        true,
        "",
    ),
    Daemon(
        "kube-system",
        "ebs-csi-node",
        "602401143452.dkr.ecr.us-east-1.amazonaws.com/eks/aws-ebs-csi-driver:v1.51.0",
        true,
        "",
    ),
    Daemon(
        "kube-system",
        "eks-pod-identity-agent",
        "602401143452.dkr.ecr.us-east-1.amazonaws.com/eks/eks-pod-identity-agent:v0.1.33",
        false,
        "",
    ),
    Daemon("logging", "fluent-bit", "public.ecr.aws/aws-observability/aws-for-fluent-bit:3.0.0", false, "fluent-bit"),
    Daemon("monitoring", "node-exporter", "quay.io/prometheus/node-exporter:v1.10.2", true, ""),
    Daemon(
        "amazon-guardduty",
        "aws-guardduty-agent",
        "031903291036.dkr.ecr.us-east-1.amazonaws.com/aws-guardduty-agent:v1.12.0",
        true,
        "",
    ),
];

const DEPLOYMENTS: &[App] = &[
    App {
        days: 212,
        ..App::new("kube-system", "coredns", "602401143452.dkr.ecr.us-east-1.amazonaws.com/eks/coredns:v1.12.4", 2, 53)
    },
    App {
        days: 212,
        role: "-",
        ..App::new(
            "kube-system",
            "metrics-server",
            "602401143452.dkr.ecr.us-east-1.amazonaws.com/eks/metrics-server:v0.8.0",
            2,
            10250,
        )
    },
    App {
        days: 212,
        role: "ebs-csi",
        ..App::new(
            "kube-system",
            "ebs-csi-controller",
            "602401143452.dkr.ecr.us-east-1.amazonaws.com/eks/aws-ebs-csi-driver:v1.51.0",
            2,
            0,
        )
    },
    App {
        days: 212,
        role: "load-balancer-controller",
        ..App::new(
            "kube-system",
            "aws-load-balancer-controller",
            "public.ecr.aws/eks/aws-load-balancer-controller:v2.14.1",
            2,
            9443,
        )
    },
    App {
        days: 212,
        role: "cluster-autoscaler",
        ..App::new(
            "kube-system",
            "cluster-autoscaler",
            "registry.k8s.io/autoscaling/cluster-autoscaler:v1.36.0",
            1,
            8085,
        )
    },
];

/// Puts them, as of the founding.
pub(super) fn workloads(store: &mut Store, blueprint: &Blueprint, life: &mut Life, at: Timestamp) {
    for daemon in DAEMONS {
        service_account(store, daemon.0, daemon.1, daemon.4, at);
        install(store, life, daemon_set(daemon), at);
    }
    for app in DEPLOYMENTS {
        // Two of each stand in every cluster, however small.
        let full = Blueprint { share: 10, ..blueprint.clone() };
        app.install(store, &full, life, at);
    }
}

fn daemon_set(&Daemon(namespace, name, image, host, _): &Daemon) -> Value {
    let mut container = container(name, image);
    if host {
        set(&mut container, "/securityContext", json!({"privileged": name != "node-exporter"}));
        set(&mut container, "/volumeMounts", json!([{"name": "run", "mountPath": "/host/run"}]));
    }
    let mut spec = pod_spec(vec![container], name);
    set(&mut spec, "/tolerations", json!([{"operator": "Exists"}]));
    set(&mut spec, "/priorityClassName", "system-node-critical");
    if host {
        set(&mut spec, "/hostNetwork", true);
        set(&mut spec, "/volumes", json!([{"name": "run", "hostPath": {"path": "/run", "type": "Directory"}}]));
    }
    if name == "aws-guardduty-agent" {
        set(&mut spec, "/hostPID", true);
    }
    let labels = json!({"app": name, "k8s-app": name});
    json!({
        "kind": "DaemonSet", "apiVersion": "apps/v1",
        "metadata": {"name": name, "namespace": namespace, "labels": {"k8s-app": name}},
        "spec": {
            "revisionHistoryLimit": 10, "selector": {"matchLabels": {"k8s-app": name}},
            "template": {"metadata": {"labels": labels}, "spec": spec},
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": "10%"}},
        },
    })
}
