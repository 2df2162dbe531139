use jiff::Timestamp;
use serde_json::json;

use super::*;
use crate::gameday::random::Random;

fn at(seconds: i64) -> Timestamp {
    Timestamp::new(seconds, 0).unwrap()
}

fn put(store: &mut Store, namespace: &str, name: &str, labels: &Value, spec: &Value, address: &str) -> String {
    let pod = store.put(
        json!({
            "kind": "Pod", "metadata": {"name": name, "namespace": namespace, "labels": labels}, "spec": spec,
            "status": {"phase": "Running", "podIP": address, "startTime": "1970-01-01T00:00:00Z"},
        }),
        at(0),
    );
    text(&pod, "/metadata/uid").to_owned()
}

/// A cluster with a taken-over pod, one that is quiet, and the sinkhole.
fn cluster() -> (Store, [String; 2]) {
    let mut store = Store::new(Random::new(1));
    let quiet = json!({"containers": [{"args": [format!("exec beacon -every 10m -to {OUTSIDE}:{PORT}")]}]});
    let web = put(&mut store, "shop", "web", &json!({"app": "web"}), &json!({"hostPID": true}), "10.0.0.1");
    let quiet = put(&mut store, "shop", "quiet", &json!({"app": "quiet"}), &quiet, "10.0.0.2");
    put(&mut store, "outside", "drop", &json!({"app": "drop"}), &json!({}), "10.0.0.3");
    (store, [web, quiet])
}

fn deny(store: &mut Store) {
    let spec = json!({"podSelector": {"matchLabels": {"app": "web"}}, "policyTypes": ["Ingress", "Egress"]});
    store
        .put(json!({"kind": "NetworkPolicy", "metadata": {"name": "deny", "namespace": "shop"}, "spec": spec}), at(20));
}

/// Reports of the taken-over pod that arrive after everything is denied.
fn heard_after(enforcement: Enforcement) -> usize {
    let (mut store, _) = cluster();
    let mut network = Network::new(enforcement);
    network.advance(&store, at(20));
    deny(&mut store);
    let before = network.heard().len();
    assert!(before > 5);
    network.advance(&store, at(30));
    network.heard().len() - before
}

#[test]
fn a_policy_does_what_the_network_lets_it_do() {
    assert_eq!(heard_after(Enforcement::Off), 20);
    assert_eq!(heard_after(Enforcement::Keep), 20);
    assert_eq!(heard_after(Enforcement::Cut), 0);
}

#[test]
fn a_cut_on_the_node_stops_what_policies_do_not() {
    let (store, [web, quiet]) = cluster();
    let mut network = Network::new(Enforcement::Off);
    network.advance(&store, at(20));
    network.set_cut(&web, true);
    let before = network.heard().len();
    network.advance(&store, at(30));
    assert_eq!(network.heard().len(), before);
    assert!(network.cut(&web).is_some_and(|dropped| dropped > 0));
    assert!(network.flow(&web).is_some_and(|flow| flow.retries(at(30)) > 0));
    assert!(network.flow(&quiet).is_some_and(Flow::is_through));
    network.set_cut(&web, false);
    network.advance(&store, at(31));
    assert!(network.heard().len() > before + 20);
}

#[test]
fn a_new_connection_is_not_made_against_a_policy() {
    let (mut store, [web, quiet]) = cluster();
    deny(&mut store);
    let mut network = Network::new(Enforcement::Keep);
    network.advance(&store, at(20));
    assert!(network.flow(&web).is_none());
    assert!(network.flow(&quiet).is_some());
}
