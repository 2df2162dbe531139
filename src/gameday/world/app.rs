//! An ordinary workload: its account, its pods' template, its service and its budget.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::json::set;
use super::super::life::Life;
use super::super::store::Store;
use super::{Blueprint, install, service_account};

/// Where a workload's pods may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum On {
    /// Anywhere without a taint.
    Any,
    /// Nodes tainted `dedicated=payments`.
    Payments,
    /// Fargate.
    Fargate,
    /// The warehouse's own machines.
    Warehouse,
}

/// A workload of the catalogue.
#[derive(Clone, Copy, Debug)]
pub(super) struct App {
    /// Namespace.
    pub(super) namespace: &'static str,
    /// Name of the workload, its label `app` and its service.
    pub(super) name: &'static str,
    /// Image without registry where the account's own is meant.
    pub(super) image: &'static str,
    /// Replicas at full share.
    pub(super) replicas: u64,
    /// Port that it listens on; 0 for none.
    pub(super) port: u16,
    /// IAM role of its own service account; empty for none, `-` for the namespace's default account.
    pub(super) role: &'static str,
    /// Days since it was installed.
    pub(super) days: i64,
    /// Whether it is a StatefulSet.
    pub(super) stateful: bool,
    /// Where it may run.
    pub(super) on: On,
    /// Command line.
    pub(super) args: &'static [&'static str],
}

impl App {
    /// A Deployment with a service and an account of its own, anywhere.
    pub(super) const fn new(
        namespace: &'static str,
        name: &'static str,
        image: &'static str,
        replicas: u64,
        port: u16,
    ) -> Self {
        Self { namespace, name, image, replicas, port, role: "", days: 30, stateful: false, on: On::Any, args: &[] }
    }

    fn account(&self) -> &'static str {
        if self.role == "-" { "default" } else { self.name }
    }

    fn image_at(&self, blueprint: &Blueprint) -> String {
        let host = self.image.split('/').next().unwrap_or_default();
        if host.contains('.') { self.image.to_owned() } else { format!("{}/{}", blueprint.registry(), self.image) }
    }

    /// Puts it and all that belongs to it, as of then.
    pub(super) fn install(&self, store: &mut Store, blueprint: &Blueprint, life: &mut Life, at: Timestamp) {
        let role = if self.role == "-" { "" } else { self.role };
        if self.account() != "default" {
            service_account(store, self.namespace, self.account(), role, at);
        }
        if self.port > 0 {
            let address = store_address(store);
            store.put(service(self.namespace, self.name, self.port, self.stateful, address), at);
        }
        let replicas = (self.replicas * blueprint.share).div_ceil(10);
        if replicas > 2 {
            store.put(budget(self.namespace, self.name), at);
        }
        let mut workload = json!({
            "kind": if self.stateful { "StatefulSet" } else { "Deployment" }, "apiVersion": "apps/v1",
            "metadata": {"name": self.name, "namespace": self.namespace, "labels": self.labels()},
            "spec": {
                "replicas": replicas, "revisionHistoryLimit": 10,
                "selector": {"matchLabels": {"app": self.name}},
                "template": {"metadata": {"labels": self.labels()}, "spec": self.pod(blueprint)},
            },
        });
        if self.stateful {
            set(&mut workload, "/spec/serviceName", self.name);
            set(&mut workload, "/spec/podManagementPolicy", "OrderedReady");
            set(
                &mut workload,
                "/spec/updateStrategy",
                json!({"type": "RollingUpdate", "rollingUpdate": {"partition": 0}}),
            );
        } else {
            set(&mut workload, "/spec/progressDeadlineSeconds", 600);
            set(
                &mut workload,
                "/spec/strategy",
                json!({"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}}),
            );
        }
        install(store, life, workload, at);
    }

    fn labels(&self) -> Value {
        let mut labels = json!({"app": self.name, "app.kubernetes.io/name": self.name, "team": self.namespace});
        if self.on == On::Fargate {
            set(&mut labels, "/eks.amazonaws.com~1fargate-profile", "reports");
        }
        labels
    }

    fn pod(&self, blueprint: &Blueprint) -> Value {
        let mut container = container(self.name, &self.image_at(blueprint));
        if self.port > 0 {
            set(&mut container, "/ports", json!([{"name": "main", "containerPort": self.port, "protocol": "TCP"}]));
            let probe = json!({
                "httpGet": {"path": "/healthz", "port": "main", "scheme": "HTTP"}, "periodSeconds": 10,
                "timeoutSeconds": 1, "successThreshold": 1, "failureThreshold": 3,
            });
            set(&mut container, "/readinessProbe", probe);
        }
        if !self.args.is_empty() {
            set(&mut container, "/args", json!(self.args));
        }
        set(
            &mut container,
            "/env",
            json!([{"name": "REGION", "value": blueprint.region}, {"name": "LOG_LEVEL", "value": "info"}]),
        );
        let mut spec = pod_spec(vec![container], self.account());
        let tolerate =
            |key: &str, value: &str| json!([{"key": key, "operator": "Equal", "value": value, "effect": "NoSchedule"}]);
        match self.on {
            On::Any => {}
            On::Payments if blueprint.trouble => {
                set(&mut spec, "/nodeSelector", json!({"eks.amazonaws.com/nodegroup": "payments"}));
                set(&mut spec, "/tolerations", tolerate("dedicated", "payments"));
            }
            On::Payments => {}
            On::Fargate => {
                set(&mut spec, "/schedulerName", "fargate-scheduler");
                set(&mut spec, "/nodeSelector", json!({"eks.amazonaws.com/compute-type": "fargate"}));
                set(&mut spec, "/tolerations", tolerate("eks.amazonaws.com/compute-type", "fargate"));
            }
            On::Warehouse if blueprint.trouble => {
                set(&mut spec, "/nodeSelector", json!({"eks.amazonaws.com/compute-type": "hybrid"}));
                set(&mut spec, "/tolerations", tolerate("site", "warehouse"));
            }
            On::Warehouse => {}
        }
        spec
    }
}

/// A pod's spec with the server's defaults.
pub(super) fn pod_spec(containers: Vec<Value>, account: &str) -> Value {
    json!({
        "containers": containers, "restartPolicy": "Always", "terminationGracePeriodSeconds": 30,
        "dnsPolicy": "ClusterFirst", "serviceAccountName": account, "serviceAccount": account,
        "securityContext": {}, "schedulerName": "default-scheduler",
    })
}

/// A container with the server's defaults.
pub(super) fn container(name: &str, image: &str) -> Value {
    json!({
        "name": name, "image": image, "imagePullPolicy": "IfNotPresent",
        "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "512Mi"}},
        "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
    })
}

/// A cluster address from the service range of EKS.
pub(super) fn store_address(store: &mut Store) -> String {
    format!("172.20.{}.{}", store.random.below(255), 1 + store.random.below(253))
}

/// The service in front of pods labelled `app=name`.
pub(super) fn service(namespace: &str, name: &str, port: u16, headless: bool, address: String) -> Value {
    let address = if headless { "None".to_owned() } else { address };
    json!({
        "kind": "Service", "apiVersion": "v1",
        "metadata": {"name": name, "namespace": namespace, "labels": {"app": name}},
        "spec": {
            "type": "ClusterIP", "clusterIP": address, "clusterIPs": [address], "selector": {"app": name},
            "ports": [{"name": "main", "port": if port == 8080 { 80 } else { port }, "targetPort": port, "protocol": "TCP"}],
            "sessionAffinity": "None", "ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack",
            "internalTrafficPolicy": "Cluster",
        },
        "status": {"loadBalancer": {}},
    })
}

/// A budget that keeps all but one of the pods labelled `app=name`.
pub(super) fn budget(namespace: &str, name: &str) -> Value {
    json!({
        "kind": "PodDisruptionBudget", "apiVersion": "policy/v1",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"maxUnavailable": 1, "selector": {"matchLabels": {"app": name}}},
    })
}
