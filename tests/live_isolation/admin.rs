//! The admin tier: the VPC CNI's cluster-wide policy, held against a real API server that has its definition.

use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::bench::*;

const KIND: &str = "clusternetworkpolicies.networking.k8s.aws";

/// The definition (aws/amazon-network-policy-controller-k8s, `config/crd/bases`), as far as it says what is accepted.
fn definition() -> Value {
    let text = || json!({"type": "string"});
    let list = |of: Value, most: usize| json!({"type": "array", "minItems": 1, "maxItems": most, "items": of});
    let selector = json!({
        "type": "object", "x-kubernetes-map-type": "atomic",
        "properties": {
            "matchLabels": {"type": "object", "additionalProperties": text()},
            "matchExpressions": {"type": "array", "items": {
                "type": "object", "required": ["key", "operator"],
                "properties": {"key": text(), "operator": text(), "values": {"type": "array", "items": text()}},
            }},
        },
    });
    let pods = json!({
        "type": "object", "required": ["namespaceSelector", "podSelector"],
        "properties": {"namespaceSelector": selector, "podSelector": selector},
    });
    let one_of =
        |properties: Value| json!({"type": "object", "minProperties": 1, "maxProperties": 1, "properties": properties});
    let rule = |way: &str, peers: Value| {
        json!({"type": "array", "maxItems": 100, "items": {
            "type": "object", "required": ["action", way],
            "properties": {
                "name": {"type": "string", "maxLength": 100},
                "action": {"type": "string", "enum": ["Accept", "Deny", "Pass"]},
                way: list(one_of(peers), 100),
            },
        }})
    };
    let network = json!({"type": "string", "maxLength": 43});
    let spec = json!({
        "type": "object", "required": ["priority", "subject", "tier"],
        "properties": {
            "tier": {"type": "string", "enum": ["Admin", "Baseline"]},
            "priority": {"type": "integer", "format": "int32", "minimum": 0, "maximum": 1000},
            "subject": one_of(json!({"namespaces": selector, "pods": pods})),
            "ingress": rule("from", json!({"namespaces": selector, "pods": pods})),
            "egress": rule("to", json!({
                "namespaces": selector, "pods": pods, "networks": list(network, 25), "domainNames": list(text(), 25),
            })),
        },
    });
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": KIND},
        "spec": {
            "group": "networking.k8s.aws", "scope": "Cluster",
            "names": {"kind": "ClusterNetworkPolicy", "listKind": "ClusterNetworkPolicyList",
                "plural": "clusternetworkpolicies", "singular": "clusternetworkpolicy", "shortNames": ["cnp"]},
            "versions": [{"name": "v1alpha1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {
                "type": "object",
                "properties": {"spec": spec, "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}},
            }}, "subresources": {"status": {}}}],
        },
    })
}

/// The definition on the cluster, until this is dropped.
struct Defined;

impl Defined {
    fn new() -> Self {
        apply(&definition());
        let defined = Self;
        kubectl(&["wait", "--for=condition=Established", &format!("crd/{KIND}"), "--timeout=30s"]);
        let began = Instant::now();
        while !kubectl(&["get", "--raw", "/apis/networking.k8s.aws/v1alpha1"]).contains("clusternetworkpolicies") {
            assert!(began.elapsed() < Duration::from_secs(30), "the API does not list it");
            sleep(Duration::from_millis(200));
        }
        defined
    }
}

impl Drop for Defined {
    fn drop(&mut self) {
        kubectl(&["delete", "clusterrole,clusterrolebinding", "admin-tier", "--ignore-not-found"]);
        kubectl(&["delete", "crd", KIND]);
    }
}

/// Lets the responders make such policies.
fn allow() {
    apply(&json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "admin-tier"},
        "rules": [{"apiGroups": ["networking.k8s.aws"], "resources": ["clusternetworkpolicies"],
            "verbs": ["get", "list", "create", "delete"]}],
    }));
    apply(&json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "admin-tier"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "admin-tier"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "responders"}],
    }));
}

fn there() -> Vec<Value> {
    object(&["get", KIND])["items"].as_array().unwrap().clone()
}

#[test]
fn where_the_admin_tier_is_served_its_policy_is_made_and_goes_again() {
    if cluster().is_none() {
        return;
    }
    let bench = Bench::new("LIVE-N10 admin", "cut");
    let web = pods("web");
    let (name, uid) = (text(&web[0], "/metadata/name"), text(&web[0], "/metadata/uid"));
    let pod = format!("pod/{name}");
    let isolate = ["isolate-pod", &pod, "-n", "shop"];
    let planned = |plan: &Value| plan["calls"].to_string().contains("clusternetworkpolicies");
    assert!(!planned(&bench.json(&[&["plan"][..], &isolate].concat())), "nobody serves it yet");

    // Whoever may not make it isolates all the same, and is told.
    let _defined = Defined::new();
    let plan = bench.json(&[&["plan"][..], &isolate].concat());
    assert!(planned(&plan), "{plan:#}");
    let (verdict, why) = bench.act(&isolate).remove(0);
    assert_eq!(verdict, "proven-for-pod", "{why}");
    assert!(why.contains("not done: ") && there().is_empty(), "{why}");
    bench.release();

    allow();
    let (verdict, why) = bench.act(&isolate).remove(0);
    assert_eq!(verdict, "proven-for-pod", "{why}");
    assert!(!why.contains("not done: "), "{why}");
    let made = there();
    assert_eq!(made.len(), 1, "{made:#?}");
    let spec = &made[0]["spec"];
    assert_eq!((&spec["tier"], &spec["priority"]), (&json!("Admin"), &json!(0)), "{spec}");
    assert_eq!(spec["subject"]["pods"]["podSelector"]["matchLabels"]["ir.podmortem/case-target"], uid);
    assert_eq!(spec["egress"][0]["to"][0]["networks"], json!(["0.0.0.0/0", "::/0"]));
    assert_eq!((&spec["ingress"][0]["action"], &spec["egress"][0]["action"]), (&json!("Deny"), &json!("Deny")));
    let again = bench.json(&[&["plan"][..], &isolate].concat());
    assert!(!planned(&again), "it is there already: {again:#}");

    bench.release();
    assert!(there().is_empty(), "{:#?}", there());
    heard_again(&addresses(&web));
}
