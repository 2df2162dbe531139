//! What the server writes into an object where nobody set it.

use serde_json::{Value, json};

use super::super::json::{is_true, set, text};

/// Fills an object in.
pub(super) fn fill(object: &mut Value) {
    let template = "/spec/template/spec";
    match text(object, "/kind").to_owned().as_str() {
        "Pod" => pod(object, "/spec"),
        "Deployment" => {
            under(
                object,
                "",
                &json!({"spec": {"replicas": 1, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600, "strategy": {"type": "RollingUpdate"}}}),
            );
            if text(object, "/spec/strategy/type") == "RollingUpdate" {
                under(
                    object,
                    "/spec/strategy",
                    &json!({"rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}}),
                );
            }
            pod(object, template);
        }
        "ReplicaSet" => {
            under(object, "", &json!({"spec": {"replicas": 1}}));
            pod(object, template);
        }
        "StatefulSet" => {
            under(
                object,
                "",
                &json!({"spec": {
                    "replicas": 1, "revisionHistoryLimit": 10, "podManagementPolicy": "OrderedReady",
                    "updateStrategy": {"type": "RollingUpdate"},
                    "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
                }}),
            );
            if text(object, "/spec/updateStrategy/type") == "RollingUpdate" {
                under(object, "/spec/updateStrategy", &json!({"rollingUpdate": {"partition": 0}}));
            }
            pod(object, template);
        }
        "DaemonSet" => {
            under(
                object,
                "",
                &json!({"spec": {"revisionHistoryLimit": 10, "updateStrategy": {"type": "RollingUpdate"}}}),
            );
            if text(object, "/spec/updateStrategy/type") == "RollingUpdate" {
                under(object, "/spec/updateStrategy", &json!({"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}));
            }
            pod(object, template);
        }
        "Job" => job(object, "/spec"),
        "CronJob" => {
            under(
                object,
                "",
                &json!({"spec": {
                    "concurrencyPolicy": "Allow", "suspend": false, "successfulJobsHistoryLimit": 3, "failedJobsHistoryLimit": 1,
                }}),
            );
            pod(object, "/spec/jobTemplate/spec/template/spec");
        }
        "Service" => service(object),
        "NetworkPolicy" => {
            let egress = object.pointer("/spec/egress").is_some();
            let types = if egress { json!(["Ingress", "Egress"]) } else { json!(["Ingress"]) };
            under(object, "", &json!({"spec": {"podSelector": {}, "policyTypes": types}}));
        }
        "RoleBinding" | "ClusterRoleBinding" => {
            under(object, "/roleRef", &json!({"apiGroup": "rbac.authorization.k8s.io"}));
            for subject in list(object, "/subjects") {
                if text(subject, "/kind") != "ServiceAccount" {
                    under(subject, "", &json!({"apiGroup": "rbac.authorization.k8s.io"}));
                }
            }
        }
        "Secret" => under(object, "", &json!({"type": "Opaque"})),
        "HorizontalPodAutoscaler" => under(object, "", &json!({"spec": {"minReplicas": 1}})),
        "PriorityClass" => under(object, "", &json!({"preemptionPolicy": "PreemptLowerPriority"})),
        _ => {}
    }
}

/// Puts what is missing at a place, which stays away where it is away.
fn under(object: &mut Value, pointer: &str, defaults: &Value) {
    if let Some(place) = object.pointer_mut(pointer).filter(|place| place.is_object()) {
        lay(place, defaults);
    }
}

fn lay(place: &mut Value, defaults: &Value) {
    let (Value::Object(has), Value::Object(defaults)) = (place, defaults) else { return };
    for (key, value) in defaults {
        let own = has.entry(key.as_str()).or_insert(Value::Null);
        if own.is_null() {
            own.clone_from(value);
        } else {
            lay(own, value);
        }
    }
}

fn list<'a>(object: &'a mut Value, pointer: &str) -> impl Iterator<Item = &'a mut Value> {
    object.pointer_mut(pointer).and_then(Value::as_array_mut).into_iter().flatten()
}

fn job(object: &mut Value, at: &str) {
    under(
        object,
        at,
        &json!({
            "backoffLimit": 6, "completions": 1, "parallelism": 1, "completionMode": "NonIndexed", "suspend": false,
            "manualSelector": false, "podReplacementPolicy": "TerminatingOrFailed",
        }),
    );
    pod(object, &format!("{at}/template/spec"));
}

fn pod(object: &mut Value, at: &str) {
    under(
        object,
        at,
        &json!({
            "restartPolicy": "Always", "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst",
            "securityContext": {}, "schedulerName": "default-scheduler",
        }),
    );
    let account = text(object, &format!("{at}/serviceAccountName")).to_owned();
    if !account.is_empty() {
        set(object, &format!("{at}/serviceAccount"), account);
    }
    let host = is_true(object, &format!("{at}/hostNetwork"));
    for containers in ["containers", "initContainers"] {
        for one in list(object, &format!("{at}/{containers}")) {
            container(one, host);
        }
    }
    for volume in list(object, &format!("{at}/volumes")) {
        for source in ["/secret", "/configMap", "/projected", "/downwardAPI"] {
            under(volume, source, &json!({"defaultMode": 420}));
        }
        under(volume, "/hostPath", &json!({"type": ""}));
    }
}

fn container(container: &mut Value, host: bool) {
    let image = text(container, "/image");
    let name = image.rsplit('/').next().unwrap_or_default();
    let moving = !image.contains('@') && (!name.contains(':') || name.ends_with(":latest"));
    let pull = if moving { "Always" } else { "IfNotPresent" };
    lay(
        container,
        &json!({
            "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File", "imagePullPolicy": pull,
            "resources": {},
        }),
    );
    for port in list(container, "/ports") {
        under(port, "", &json!({"protocol": "TCP"}));
        if let Some(number) = port.get("containerPort").cloned().filter(|_| host) {
            under(port, "", &json!({"hostPort": number}));
        }
    }
    for probe in ["/livenessProbe", "/readinessProbe", "/startupProbe"] {
        under(
            container,
            probe,
            &json!({"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}),
        );
        under(container, &format!("{probe}/httpGet"), &json!({"path": "/", "scheme": "HTTP"}));
    }
    for variable in list(container, "/env") {
        under(variable, "/valueFrom/fieldRef", &json!({"apiVersion": "v1"}));
    }
}

fn service(object: &mut Value) {
    under(
        object,
        "",
        &json!({"spec": {"type": "ClusterIP", "sessionAffinity": "None", "internalTrafficPolicy": "Cluster"}}),
    );
    for port in list(object, "/spec/ports") {
        let target = port.get("port").cloned().unwrap_or_default();
        under(port, "", &json!({"protocol": "TCP", "targetPort": target}));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_what_the_real_server_answers_with() {
        // The spec of `kubectl create deployment d --image=x` as a Kubernetes 1.36 API server keeps it.
        let mut object = json!({"kind": "Deployment", "spec": {
            "replicas": 1, "selector": {"matchLabels": {"app": "d"}}, "strategy": {},
            "template": {"metadata": {"labels": {"app": "d"}}, "spec": {"containers": [{"name": "x", "image": "x", "resources": {}}]}},
        }});
        fill(&mut object);
        let expected = json!({
            "replicas": 1, "selector": {"matchLabels": {"app": "d"}},
            "template": {"metadata": {"labels": {"app": "d"}}, "spec": {
                "containers": [{"name": "x", "image": "x", "resources": {}, "terminationMessagePath": "/dev/termination-log",
                    "terminationMessagePolicy": "File", "imagePullPolicy": "Always"}],
                "restartPolicy": "Always", "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst",
                "securityContext": {}, "schedulerName": "default-scheduler",
            }},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"}},
            "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600,
        });
        assert_eq!(object.get("spec"), Some(&expected));
        let once = object.clone();
        fill(&mut object);
        assert_eq!(object, once);
    }
}
