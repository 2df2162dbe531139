//! Roles and bindings: what the people of the game day may do, and what workloads may.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::store::Store;

const RBAC: &str = "rbac.authorization.k8s.io/v1";

/// Puts them.
pub(super) fn roles(store: &mut Store, at: Timestamp) {
    let read = json!(["get", "list", "watch"]);
    let rule = |groups: Value, resources: Value, verbs: &Value| json!({"apiGroups": groups, "resources": resources, "verbs": verbs});
    let everything = json!({"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]});
    let own =
        |resources: Value, group: &str| json!({"apiGroups": [group], "resources": resources, "verbs": ["create"]});
    let many = json!([
        "apps",
        "batch",
        "autoscaling",
        "networking.k8s.io",
        "discovery.k8s.io",
        "policy",
        "events.k8s.io",
        "rbac.authorization.k8s.io",
        "apiextensions.k8s.io",
        "admissionregistration.k8s.io",
    ]);
    let core = json!([
        "pods",
        "pods/log",
        "nodes",
        "events",
        "namespaces",
        "services",
        "endpoints",
        "serviceaccounts",
        "replicationcontrollers",
        "persistentvolumeclaims",
        "persistentvolumes",
        "configmaps",
    ]);
    let write = json!(["patch", "update"]);
    let responder = json!([
        rule(json!([""]), json!(["pods", "nodes", "services", "serviceaccounts", "configmaps"]), &write),
        rule(json!([""]), json!(["pods", "serviceaccounts"]), &json!(["create", "delete"])),
        rule(json!([""]), json!(["pods/eviction", "serviceaccounts/token"]), &json!(["create"])),
        rule(json!([""]), json!(["secrets"]), &json!(["list", "delete"])),
        rule(json!(["networking.k8s.io"]), json!(["networkpolicies"]), &json!(["create", "patch", "update", "delete"])),
        rule(
            json!(["apps"]),
            json!([
                "deployments",
                "deployments/scale",
                "statefulsets",
                "statefulsets/scale",
                "daemonsets",
                "replicasets",
                "replicasets/scale",
            ]),
            &write
        ),
        rule(json!(["batch"]), json!(["cronjobs", "jobs"]), &write),
        rule(json!(["rbac.authorization.k8s.io"]), json!(["rolebindings", "clusterrolebindings"]), &write),
        rule(json!([""]), json!(["nodes/proxy", "nodes/stats", "nodes/metrics"]), &json!(["get"])),
        rule(json!(["rbac.authorization.k8s.io"]), json!(["roles", "clusterroles"]), &json!(["bind"])),
        rule(json!(["authentication.k8s.io"]), json!(["tokenreviews"]), &json!(["create"])),
        rule(
            json!(["authorization.k8s.io"]),
            json!(["subjectaccessreviews", "localsubjectaccessreviews"]),
            &json!(["create"])
        ),
    ]);
    cluster_role(store, "cluster-admin", json!([everything, {"nonResourceURLs": ["*"], "verbs": ["*"]}]), at);
    cluster_role(
        store,
        "system:basic-user",
        json!([
            own(json!(["selfsubjectaccessreviews", "selfsubjectrulesreviews"]), "authorization.k8s.io"),
            own(json!(["selfsubjectreviews"]), "authentication.k8s.io"),
        ]),
        at,
    );
    cluster_role(store, "observer", json!([rule(json!([""]), core, &read), rule(many, json!(["*"]), &read)]), at);
    cluster_role(store, "responder", responder, at);
    cluster_role(
        store,
        "view",
        json!([
            rule(
                json!([""]),
                json!(["pods", "pods/log", "services", "configmaps", "endpoints", "serviceaccounts"]),
                &read
            ),
            rule(json!(["apps", "batch"]), json!(["*"]), &read),
        ]),
        at,
    );
    cluster_role(store, "aws-node", json!([rule(json!([""]), json!(["pods", "namespaces", "nodes"]), &read)]), at);
    binding(store, "cluster-admin", "cluster-admin", json!([group("system:masters")]), at);
    binding(store, "system:basic-user", "system:basic-user", json!([group("system:authenticated")]), at);
    binding(store, "observers", "observer", json!([group("observers"), group("responders")]), at);
    binding(store, "responders", "responder", json!([group("responders")]), at);
    binding(store, "aws-node", "aws-node", json!([account("kube-system", "aws-node")]), at);
    binding(store, "argocd", "cluster-admin", json!([account("platform", "argocd-application-controller")]), at);
    in_namespace(store, "ci", at);
}

/// A role and its binding for the runners, so that there are some that stand in a namespace.
fn in_namespace(store: &mut Store, namespace: &str, at: Timestamp) {
    let rules = json!([{"apiGroups": [""], "resources": ["pods", "pods/log"], "verbs": ["create", "delete", "get", "list", "watch"]}]);
    store.put(json!({"kind": "Role", "apiVersion": RBAC, "metadata": {"name": "runner", "namespace": namespace}, "rules": rules}), at);
    let reference = json!({"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "runner"});
    store.put(
        json!({
            "kind": "RoleBinding", "apiVersion": RBAC, "metadata": {"name": "runner", "namespace": namespace},
            "roleRef": reference, "subjects": [account(namespace, "runner")],
        }),
        at,
    );
}

fn cluster_role(store: &mut Store, name: &str, rules: Value, at: Timestamp) {
    store.put(json!({"kind": "ClusterRole", "apiVersion": RBAC, "metadata": {"name": name}, "rules": rules}), at);
}

/// Binds a ClusterRole in the whole cluster.
pub(super) fn binding(store: &mut Store, name: &str, role: &str, subjects: Value, at: Timestamp) {
    let reference = json!({"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role});
    store.put(
        json!({
            "kind": "ClusterRoleBinding", "apiVersion": RBAC, "metadata": {"name": name}, "roleRef": reference,
            "subjects": subjects,
        }),
        at,
    );
}

fn group(name: &str) -> Value {
    json!({"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": name})
}

/// A service account as a subject.
pub(super) fn account(namespace: &str, name: &str) -> Value {
    json!({"kind": "ServiceAccount", "name": name, "namespace": namespace})
}
