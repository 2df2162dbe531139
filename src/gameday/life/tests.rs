use super::*;
use crate::gameday::json::{label, number};
use crate::gameday::network::Enforcement;
use crate::gameday::world;

fn cluster() -> Cluster {
    Cluster::new(&world::blueprints()[0], 3, Enforcement::Off, Arc::default())
}

fn web(store: &Store) -> Vec<Arc<Value>> {
    let mut pods = store.list("Pod", Some("shop"));
    pods.retain(|pod| label(pod, "app") == Some("web"));
    pods
}

fn steps(cluster: &Cluster, count: usize) {
    for _ in 0..count {
        step(cluster, false);
    }
}

#[test]
fn a_deleted_pod_stops_and_is_replaced() {
    let cluster = cluster();
    let pod = Value::clone(&web(&cluster.store())[0]);
    let name = text(&pod, "/metadata/name").to_owned();
    cluster.store().edit("Pod", "shop", &name, Timestamp::now(), |pod| mark_deleted(pod, 30, Timestamp::now()));
    steps(&cluster, 1);
    assert!(cluster.store().get("Pod", "shop", &name).is_some_and(|pod| status::is_leaving(&pod)));
    steps(&cluster, 5);
    let after = web(&cluster.store());
    assert_eq!(after.len(), 3);
    assert!(after.iter().all(|pod| text(pod, "/metadata/name") != name && status::is_ready(pod)));
}

#[test]
fn a_pod_that_lost_its_label_is_let_go_and_replaced() {
    let cluster = cluster();
    let pod = Value::clone(&web(&cluster.store())[0]);
    let name = text(&pod, "/metadata/name").to_owned();
    cluster.store().edit("Pod", "shop", &name, Timestamp::now(), |pod| set(pod, "/metadata/labels/app", "isolated"));
    steps(&cluster, 6);
    let store = cluster.store();
    let alone = store.get("Pod", "shop", &name).unwrap();
    assert!(controller(&alone).is_none() && status::is_ready(&alone));
    assert_eq!(web(&store).len(), 3);
}

#[test]
fn a_cordoned_node_is_tainted_and_gets_no_pods() {
    let cluster = cluster();
    let node = text(&web(&cluster.store())[0], "/spec/nodeName").to_owned();
    cluster.store().edit("Node", "", &node, Timestamp::now(), |node| set(node, "/spec/unschedulable", true));
    taint(&mut cluster.store(), &node, Timestamp::now());
    let taints = cluster.store().get("Node", "", &node).unwrap();
    assert_eq!(text(&taints, "/spec/taints/0/key"), "node.kubernetes.io/unschedulable");
    cluster.store().edit("Deployment", "shop", "web", Timestamp::now(), |web| set(web, "/spec/replicas", 9));
    steps(&cluster, 8);
    let store = cluster.store();
    let pods = web(&store);
    assert_eq!(pods.len(), 9);
    assert!(pods.iter().filter(|pod| text(pod, "/spec/nodeName") == node).count() <= 1);
}

#[test]
fn a_rollout_ends_with_every_pod_replaced_and_the_deployment_available_throughout() {
    let cluster = cluster();
    let before: Vec<String> = web(&cluster.store()).iter().map(|pod| text(pod, "/metadata/uid").to_owned()).collect();
    cluster.store().edit("Deployment", "shop", "web", Timestamp::now(), |web| {
        set(web, "/spec/template/metadata/annotations/restarted", "now");
    });
    for _ in 0..24 {
        step(&cluster, false);
        let ready = web(&cluster.store()).iter().filter(|pod| status::is_ready(pod)).count();
        assert!(ready >= 2, "{ready} pods were ready");
    }
    let store = cluster.store();
    assert!(web(&store).iter().all(|pod| !before.iter().any(|uid| uid == text(pod, "/metadata/uid"))));
    let deployment = store.get("Deployment", "shop", "web").unwrap();
    assert_eq!(number(&deployment, "/status/updatedReplicas"), 3);
    assert_eq!(number(&deployment, "/status/readyReplicas"), 3);
}

#[test]
fn life_goes_on_for_hundreds_of_steps_without_running_away() {
    let cluster = cluster();
    let before = cluster.store().list("Pod", None).len();
    steps(&cluster, 130);
    let store = cluster.store();
    let after = store.list("Pod", None).len();
    assert!(after.abs_diff(before) < 30, "{before} pods became {after}");
    assert!(store.list("Event", None).len() <= 700);
    assert!(store.revision() > 130);
    let restarted = store
        .list("Pod", None)
        .iter()
        .filter(|pod| number(pod, "/status/containerStatuses/0/restartCount") > 0)
        .count();
    assert!(restarted > 1);
}

#[test]
fn what_a_deleted_deployment_owned_goes_with_it() {
    let cluster = cluster();
    cluster.store().remove("Deployment", "shop", "web");
    steps(&cluster, 6);
    let store = cluster.store();
    assert!(web(&store).is_empty());
    assert!(store.list("ReplicaSet", Some("shop")).iter().all(|set| label(set, "app") != Some("web")));
}

#[test]
fn a_changed_set_replaces_its_pods_one_at_a_time() {
    let cluster = cluster();
    let database = |store: &Store| {
        let mut pods = store.list("Pod", Some("catalog"));
        pods.retain(|pod| label(pod, "app") == Some("catalog-db"));
        pods
    };
    let before: Vec<String> =
        database(&cluster.store()).iter().map(|pod| text(pod, "/metadata/uid").to_owned()).collect();
    cluster.store().edit("StatefulSet", "catalog", "catalog-db", Timestamp::now(), |set| {
        super::set(set, "/spec/template/metadata/annotations/restarted", "now");
    });
    for _ in 0..40 {
        step(&cluster, false);
        let ready = database(&cluster.store()).iter().filter(|pod| status::is_ready(pod)).count();
        assert!(ready >= 1, "{ready} pods were ready");
    }
    let store = cluster.store();
    assert!(database(&store).iter().all(|pod| !before.iter().any(|uid| uid == text(pod, "/metadata/uid"))));
    let set = store.get("StatefulSet", "catalog", "catalog-db").unwrap();
    assert_eq!(number(&set, "/status/updatedReplicas"), 3);
}
