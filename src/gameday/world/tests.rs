use super::*;
use crate::gameday::json::{items, text};
use crate::gameday::random::Random;

fn filled(blueprint: &Blueprint, seed: u64) -> Store {
    let mut store = Store::new(Random::named(seed, blueprint.name));
    populate(&mut store, blueprint, Timestamp::from_second(1_795_000_000).unwrap());
    store
}

fn clusters() -> Vec<Store> {
    blueprints().iter().map(|blueprint| filled(blueprint, 7)).collect()
}

fn count(stores: &[Store], kind: &'static str) -> usize {
    stores.iter().map(|store| store.list(kind, None).len()).sum()
}

#[test]
fn there_are_forty_nodes_and_hundreds_of_pods() {
    let stores = clusters();
    assert_eq!(count(&stores, "Node"), 41);
    assert!((400..900).contains(&count(&stores, "Pod")), "{}", count(&stores, "Pod"));
    assert!(count(&stores, "Namespace") >= 24);
    assert!(count(&stores, "EndpointSlice") > 40);
}

#[test]
fn the_same_seed_makes_the_same_world() {
    let blueprint = &blueprints()[0];
    let pods = |seed| filled(blueprint, seed).list("Pod", None);
    assert_eq!(pods(7), pods(7));
    assert_ne!(pods(7), pods(8));
}

#[test]
fn every_pod_has_a_node_an_owner_and_an_account() {
    for store in clusters() {
        for pod in store.list("Pod", None) {
            let name = text(&pod, "/metadata/name");
            let node = text(&pod, "/spec/nodeName");
            assert!(store.get("Node", "", node).is_some(), "{name} on {node}");
            let (namespace, account) = (text(&pod, "/metadata/namespace"), text(&pod, "/spec/serviceAccountName"));
            assert!(store.get("ServiceAccount", namespace, account).is_some(), "{namespace}/{account} of {name}");
            assert_eq!(items(&pod, "/metadata/ownerReferences").len(), 1, "{name}");
        }
    }
}

#[test]
fn the_compromised_workload_shares_its_account_and_its_image() {
    let store = filled(&blueprints()[0], 7);
    let pods = store.list("Pod", None);
    let web: Vec<_> = pods
        .iter()
        .filter(|pod| text(pod, "/metadata/labels/app") == "web" && text(pod, "/metadata/namespace") == "shop")
        .collect();
    assert_eq!(web.len(), 3);
    let first = web[0];
    assert_eq!(first.pointer("/spec/hostPID"), Some(&json!(true)));
    assert_eq!(text(first, "/spec/volumes/0/hostPath/path"), "/");
    let same = |pointer: &str| {
        pods.iter()
            .filter(|pod| text(pod, pointer) == text(first, pointer) && text(pod, "/metadata/namespace") == "shop")
            .count()
    };
    assert!(same("/spec/serviceAccountName") > 3);
    assert!(same("/spec/containers/0/image") > 3);
}
