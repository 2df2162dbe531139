//! Pods as controllers make them from a template and as admission completes them.

use serde_json::{Value, json};

use super::super::json::{list_mut, set, text};
use super::super::store::Store;

/// The reference to a controlling owner.
pub(super) fn owner(of: &Value) -> Value {
    json!({
        "apiVersion": text(of, "/apiVersion"), "kind": text(of, "/kind"), "name": text(of, "/metadata/name"),
        "uid": text(of, "/metadata/uid"), "controller": true, "blockOwnerDeletion": true,
    })
}

/// A pod of an owner, from the template at a pointer of it.
pub(super) fn from_template(store: &mut Store, of: &Value, name: &str, generate: Option<&str>) -> Value {
    let template = of.pointer("/spec/template").cloned().unwrap_or_default();
    let mut pod = json!({
        "kind": "Pod", "apiVersion": "v1",
        "metadata": {"name": name, "namespace": text(of, "/metadata/namespace")},
        "spec": template.get("spec"),
        "status": {"phase": "Pending"},
    });
    for part in ["labels", "annotations"] {
        if let Some(value) = template.pointer(&format!("/metadata/{part}")) {
            set(&mut pod, &format!("/metadata/{part}"), value.clone());
        }
    }
    if let Some(generate) = generate {
        set(&mut pod, "/metadata/generateName", generate);
    }
    set(&mut pod, "/metadata/ownerReferences", json!([owner(of)]));
    admit(store, &mut pod);
    pod
}

/// What admission adds to every pod: its account's token, its role, its tolerations, its class.
pub(in super::super) fn admit(store: &mut Store, pod: &mut Value) {
    if text(pod, "/spec/serviceAccountName").is_empty() {
        set(pod, "/spec/serviceAccountName", "default");
        set(pod, "/spec/serviceAccount", "default");
    }
    let (namespace, account) = (text(pod, "/metadata/namespace"), text(pod, "/spec/serviceAccountName"));
    let role = store.get("ServiceAccount", namespace, account).and_then(|account| {
        Some(account.pointer("/metadata/annotations/eks.amazonaws.com~1role-arn")?.as_str()?.to_owned())
    });
    let token = format!("kube-api-access-{}", store.random.suffix(5));
    let mut mounts =
        vec![json!({"name": token, "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount", "readOnly": true})];
    let mut volumes = vec![json!({"name": token, "projected": {"defaultMode": 420, "sources": [
        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
        {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}]}},
    ]}})];
    let mut env = Vec::new();
    if let Some(role) = role {
        let directory = "/var/run/secrets/eks.amazonaws.com/serviceaccount";
        env.push(json!({"name": "AWS_ROLE_ARN", "value": role}));
        env.push(json!({"name": "AWS_WEB_IDENTITY_TOKEN_FILE", "value": format!("{directory}/token")}));
        mounts.push(json!({"name": "aws-iam-token", "mountPath": directory, "readOnly": true}));
        volumes.push(json!({"name": "aws-iam-token", "projected": {"defaultMode": 420, "sources": [
            {"serviceAccountToken": {"audience": "sts.amazonaws.com", "expirationSeconds": 86400, "path": "token"}},
        ]}}));
    }
    for containers in ["/spec/containers", "/spec/initContainers"] {
        let containers = pod.pointer_mut(containers).and_then(Value::as_array_mut);
        for container in containers.into_iter().flatten() {
            if let Some(list) = list_mut(container, "/volumeMounts") {
                list.extend(mounts.iter().cloned());
            }
            if let Some(list) = list_mut(container, "/env").filter(|_| !env.is_empty()) {
                list.extend(env.iter().cloned());
            }
        }
    }
    if let Some(list) = list_mut(pod, "/spec/volumes") {
        list.extend(volumes);
    }
    if let Some(list) = list_mut(pod, "/spec/tolerations") {
        for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
            list.push(json!({"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}));
        }
    }
    set(pod, "/spec/enableServiceLinks", true);
    set(pod, "/spec/preemptionPolicy", "PreemptLowerPriority");
    let critical = text(pod, "/spec/priorityClassName") == "system-node-critical";
    set(pod, "/spec/priority", if critical { 2_000_001_000 } else { 0 });
    set(pod, "/status/qosClass", "Burstable");
}
