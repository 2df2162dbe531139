//! The EndpointSlice controller: behind every service the pods that it selects.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::json::{items, label, pairs, set, text};
use super::super::random::Random;
use super::super::store::Store;
use super::pod;
use super::status::{is_leaving, is_over, is_ready};

/// Brings every service's slice up to date.
pub(super) fn reconcile(store: &mut Store, at: Timestamp) {
    for service in store.list("Service", None) {
        let selector: Vec<(&str, &str)> = pairs(&service, "/spec/selector").collect();
        if selector.is_empty() {
            continue;
        }
        let (namespace, name) = (text(&service, "/metadata/namespace"), text(&service, "/metadata/name"));
        let endpoints: Vec<Value> = store
            .list("Pod", Some(namespace))
            .iter()
            .filter(|pod| selector.iter().all(|(key, value)| label(pod, key) == Some(*value)))
            .filter(|pod| !is_over(pod) && !text(pod, "/status/podIP").is_empty())
            .map(|pod| endpoint(store, pod))
            .collect();
        let ports: Vec<Value> = items(&service, "/spec/ports")
            .iter()
            .map(|port| json!({"name": port.get("name"), "port": port.get("targetPort"), "protocol": port.get("protocol")}))
            .collect();
        let suffix = Random::named(0xe9d, &format!("{namespace}/{name}")).suffix(5);
        let mut owner = pod::owner(&service);
        set(&mut owner, "/apiVersion", "v1");
        store.put(
            json!({
                "kind": "EndpointSlice", "apiVersion": "discovery.k8s.io/v1", "addressType": "IPv4",
                "metadata": {
                    "name": format!("{name}-{suffix}"), "namespace": namespace, "generateName": format!("{name}-"),
                    "ownerReferences": [owner], "labels": {
                        "kubernetes.io/service-name": name, "app": name,
                        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
                    },
                },
                "endpoints": endpoints, "ports": ports,
            }),
            at,
        );
    }
}

fn endpoint(store: &Store, pod: &Value) -> Value {
    let node = text(pod, "/spec/nodeName");
    let ready = is_ready(pod);
    let zone =
        store.get("Node", "", node).and_then(|node| Some(label(&node, "topology.kubernetes.io/zone")?.to_owned()));
    let mut endpoint = json!({
        "addresses": [text(pod, "/status/podIP")], "nodeName": node,
        "conditions": {"ready": ready && !is_leaving(pod), "serving": ready, "terminating": is_leaving(pod)},
        "targetRef": {
            "kind": "Pod", "name": text(pod, "/metadata/name"), "namespace": text(pod, "/metadata/namespace"),
            "uid": text(pod, "/metadata/uid"),
        },
    });
    if let Some(zone) = zone {
        set(&mut endpoint, "/zone", zone);
    }
    endpoint
}
