use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::model::Clean;
use crate::model::facts::Endpoint;

const UID: &str = "0b5e8f8e-4a3c-4c86-9d3e-2f3b1c0a9d11";

fn read(kind: Kind, mut object: Value) -> Shape {
    object["metadata"]["uid"] = json!(UID);
    object["metadata"]["name"] = json!("x");
    match from_json(kind, &object.to_string()) {
        Ok(Facts::Object(object)) => object.shape,
        other => panic!("{other:?}"),
    }
}

#[test]
fn workloads_count_their_replicas() {
    let template = json!({"spec": {"serviceAccountName": "web", "containers": [{"image": "web:1"}]}});
    let deployment =
        read(Kind::Deployment, json!({"spec": {"template": template, "paused": true}, "status": {"readyReplicas": 3}}));
    assert_eq!(
        deployment,
        Shape::Workload {
            desired: 1,
            ready: 3,
            paused: true,
            images: vec!["web:1".into()],
            service_account: "web".into()
        }
    );
    let daemons = read(
        Kind::DaemonSet,
        json!({"spec": {"template": null}, "status": {"desiredNumberScheduled": 5, "numberReady": 4}}),
    );
    assert!(matches!(daemons, Shape::Workload { desired: 5, ready: 4, .. }));
}

#[test]
fn jobs_and_cron_jobs_mean_different_things_by_active() {
    assert_eq!(
        read(Kind::Job, json!({"spec": {"suspend": true}, "status": {"active": 2, "failed": -4}})),
        Shape::Job { active: 2, succeeded: 0, failed: 0, suspended: true }
    );
    assert_eq!(
        read(Kind::CronJob, json!({"spec": {"schedule": "* * * * *"}, "status": {"active": [{}, {}]}})),
        Shape::CronJob { schedule: "* * * * *".into(), suspended: false, active: 2 }
    );
}

#[test]
fn selectors_read_as_kubectl_prints_them() {
    let selector = json!({"matchLabels": {"b": "2", "a": "1"}, "matchExpressions": [
        {"key": "k", "operator": "In", "values": ["x", "y"]}, {"key": "gone", "operator": "DoesNotExist"}]});
    assert_eq!(
        read(Kind::NetworkPolicy, json!({"spec": {"podSelector": selector, "policyTypes": ["Egress"]}})),
        Shape::NetworkPolicy { selector: "a=1,b=2,k in (x,y),!gone".into(), ingress: false, egress: true }
    );
    assert!(
        matches!(read(Kind::NetworkPolicy, json!({"spec": {}})), Shape::NetworkPolicy { selector, ingress: true, egress: false } if selector == "<all>")
    );
}

#[test]
fn services_and_endpoints() {
    let service = read(
        Kind::Service,
        json!({"spec": {"type": "LoadBalancer", "clusterIPs": ["10.0.0.1"], "ports": [{"port": 80}, {"port": 70000}]},
        "status": {"loadBalancer": {"ingress": [{"hostname": "lb.example"}]}}}),
    );
    let Shape::Service { cluster_ips, external, ports, .. } = service else { panic!("{service:?}") };
    assert_eq!((cluster_ips.len(), external, ports.len()), (1, vec![Clean::from("lb.example")], 1));
    let headless = read(Kind::Service, json!({"spec": {"clusterIP": "None", "clusterIPs": ["None"]}}));
    assert!(matches!(headless, Shape::Service { cluster_ips, .. } if cluster_ips.is_empty()));
    let slice = read(
        Kind::EndpointSlice,
        json!({"metadata": {"labels": {"kubernetes.io/service-name": "web"}},
        "endpoints": [{"addresses": ["10.1.0.1"], "targetRef": {"kind": "Pod", "uid": UID}, "conditions": {}}]}),
    );
    let ready = Endpoint { addresses: vec!["10.1.0.1".parse().unwrap()], pod: UID.parse().ok(), ready: true };
    assert_eq!(slice, Shape::EndpointSlice { service: "web".into(), endpoints: vec![ready] });
}

#[test]
fn the_rest() {
    assert_eq!(
        read(Kind::ServiceAccount, json!({"metadata": {"annotations": {"eks.amazonaws.com/role-arn": "arn:x"}}})),
        Shape::ServiceAccount { role_arn: "arn:x".into(), automount: true }
    );
    assert_eq!(
        read(
            Kind::PodDisruptionBudget,
            json!({"spec": {"minAvailable": 2, "maxUnavailable": "50%"}, "status": {"disruptionsAllowed": 1}})
        ),
        Shape::DisruptionBudget { min_available: "2".into(), max_unavailable: "50%".into(), allowed: 1 }
    );
    assert_eq!(
        read(Kind::Namespace, json!({"status": {"phase": "Active"}})),
        Shape::Namespace { phase: "Active".into() }
    );
}

proptest! {
    #[test]
    fn wrong_types_are_errors_and_never_worse(place in 0usize..14, what in 0usize..6) {
        let kind = Kind::ALL[place];
        let odd = [json!(null), json!(3), json!("text"), json!([1]), json!({"a": [null]}), json!(true)][what].clone();
        let object = json!({"metadata": {"uid": UID, "name": "x", "labels": odd}, "spec": odd, "status": odd});
        let _ = super::super::from_json(kind, &object.to_string());
    }
}
