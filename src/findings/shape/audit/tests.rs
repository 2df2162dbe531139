use serde_json::{Value, json};

use super::alerts::{ALERTS, raised};
use super::event::Event;
use super::*;
use crate::model::Severity;

fn pod(spec: Value) -> Value {
    json!({
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "stage": "ResponseComplete", "auditID": "a", "verb": "create",
        "user": {"username": "alice"}, "sourceIPs": ["10.0.0.1"], "responseStatus": {"code": 201},
        "objectRef": {"resource": "pods", "namespace": "shop", "name": "web"},
        "requestObject": {"kind": "Pod", "metadata": {"name": "web"}, "spec": spec},
    })
}

fn kinds(value: &Value) -> Vec<String> {
    raised(&Event::of(value)).into_iter().map(|(alert, _)| alert.kind()).collect()
}

#[test]
fn every_rule_has_a_name_of_its_own() {
    let mut names: Vec<_> = ALERTS.iter().map(|alert| alert.kind()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), ALERTS.len());
    assert!(ALERTS.iter().all(|alert| alert.kind().contains(":Audit/")));
}

#[test]
fn the_worst_is_the_type_and_the_rest_stands_beside_it() {
    let value = pod(
        json!({"hostPID": true, "containers": [{"name": "c", "image": "x:1", "securityContext": {"privileged": true, "runAsUser": 0}}]}),
    );
    let Shaped::Finding(finding) = shaped(&value, &Around::default()) else { panic!() };
    assert_eq!(
        (finding.kind.as_str(), finding.severity),
        ("PrivilegeEscalation:Audit/PrivilegedContainer", Severity::High)
    );
    assert_eq!(finding.remarks.len(), 2);
    assert_eq!(finding.about.workloads[0].images[0], "x:1");
}

#[test]
fn a_refused_request_started_nothing() {
    let mut value = pod(json!({"containers": [{"securityContext": {"privileged": true}}]}));
    value["responseStatus"]["code"] = json!(403);
    assert!(kinds(&value).is_empty());
    value["sourceIPs"] = json!(["8.8.8.8"]);
    assert_eq!(kinds(&value), ["Discovery:Audit/DeniedFromOutside"]);
}

#[test]
fn controllers_carry_out_what_was_told_already() {
    let mut value = pod(json!({"containers": [{"securityContext": {"privileged": true}}]}));
    value["user"]["username"] = json!("system:serviceaccount:kube-system:replicaset-controller");
    assert!(kinds(&value).is_empty());
}

#[test]
fn a_template_is_looked_into() {
    for (resource, object) in [
        ("deployments", json!({"spec": {"template": {"spec": {"containers": [{}], "hostNetwork": true}}}})),
        (
            "cronjobs",
            json!({"spec": {"jobTemplate": {"spec": {"template": {"spec": {"containers": [{}], "hostNetwork": true}}}}}}),
        ),
    ] {
        let mut value = pod(json!({}));
        value["objectRef"]["resource"] = json!(resource);
        value["requestObject"] = object;
        assert!(kinds(&value).iter().any(|kind| kind == "PrivilegeEscalation:Audit/HostNamespace"), "{resource}");
    }
}

#[test]
fn what_is_not_answered_yet_is_no_alert() {
    let mut value = pod(json!({"hostPID": true, "containers": [{}]}));
    value["stage"] = json!("RequestReceived");
    assert!(kinds(&value).is_empty());
}

#[test]
fn commands_are_read_from_the_query_too() {
    let value = json!({"verb": "create", "user": {"username": "mallory"}, "responseStatus": {"code": 101},
        "objectRef": {"resource": "pods", "subresource": "exec", "namespace": "shop", "name": "web"},
        "requestURI": "/api/v1/namespaces/shop/pods/web/exec?command=cat&command=%2Fvar%2Frun%2Fsecrets%2Fkubernetes.io%2Fserviceaccount%2Ftoken&stdout=true"});
    assert_eq!(Event::of(&value).command(), "cat /var/run/secrets/kubernetes.io/serviceaccount/token");
    assert_eq!(kinds(&value), ["CredentialAccess:Audit/TokenStolen", "Execution:Audit/ExecInPod"]);
}
