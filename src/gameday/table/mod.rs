//! What `kubectl get` prints: the columns of every kind, and an object's cells in them.

mod age;
mod batch;
mod cluster;
mod network;
mod node;
mod pod;
mod rbac;
mod workload;

use jiff::Timestamp;
use serde_json::{Value, json};

/// A column: name, type, format, priority (1 is printed by `-o wide` alone).
pub(super) type Column = (&'static str, &'static str, &'static str, u8);

/// The columns of a kind and how its cells are found.
#[derive(Clone, Copy)]
pub(super) struct Table {
    columns: &'static [Column],
    cells: fn(&Value, Timestamp) -> Vec<Value>,
}

impl Table {
    /// `columnDefinitions`
    pub(super) fn columns(self) -> Value {
        let columns = self.columns.iter().map(|(name, kind, format, priority)| {
            json!({"name": name, "type": kind, "format": format, "description": "", "priority": priority})
        });
        Value::Array(columns.collect())
    }

    /// The cells of one row.
    pub(super) fn cells(self, object: &Value, now: Timestamp) -> Vec<Value> {
        (self.cells)(object, now)
    }
}

/// A column of words.
const fn word(name: &'static str) -> Column {
    (name, "string", "", 0)
}

/// A column of words in `-o wide`.
const fn wide(name: &'static str) -> Column {
    (name, "string", "", 1)
}

/// A column of whole numbers.
const fn count(name: &'static str) -> Column {
    (name, "integer", "", 0)
}

/// The first column.
const NAME: Column = ("Name", "string", "name", 0);

/// The table of a kind.
pub(super) fn of(kind: &str) -> Table {
    match kind {
        "Pod" => pod::TABLE,
        "Node" => node::TABLE,
        "Deployment" => workload::DEPLOYMENT,
        "ReplicaSet" | "ReplicationController" => workload::REPLICA_SET,
        "StatefulSet" => workload::STATEFUL_SET,
        "DaemonSet" => workload::DAEMON_SET,
        "ControllerRevision" => workload::REVISION,
        "Job" => batch::JOB,
        "CronJob" => batch::CRON_JOB,
        "Service" => network::SERVICE,
        "EndpointSlice" => network::ENDPOINT_SLICE,
        "NetworkPolicy" => network::POLICY,
        "Ingress" => network::INGRESS,
        "PodDisruptionBudget" => network::BUDGET,
        "Role" | "ClusterRole" => rbac::ROLE,
        "RoleBinding" | "ClusterRoleBinding" => rbac::BINDING,
        "Event" => cluster::EVENT,
        "Namespace" => cluster::NAMESPACE,
        "Secret" => cluster::SECRET,
        "ConfigMap" => cluster::CONFIG_MAP,
        "Lease" => cluster::LEASE,
        "StorageClass" => cluster::STORAGE_CLASS,
        "PriorityClass" => cluster::PRIORITY_CLASS,
        "PersistentVolume" => cluster::VOLUME,
        "PersistentVolumeClaim" => cluster::CLAIM,
        "HorizontalPodAutoscaler" => workload::AUTOSCALER,
        _ => cluster::PLAIN,
    }
}
