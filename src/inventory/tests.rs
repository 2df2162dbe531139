//! The inventory as its users meet it: news in, selections out.

use std::time::Instant;

use proptest::prelude::*;

use crate::model::facts::{ContainerFacts, Facts, Meta, NodeFacts, ObjectFacts, Owner, PodFacts, Shape};
use crate::model::{Clean, ClusterId, Health, Identity, Kind, News, Security, SessionId, Uid, Update};

use super::{ClusterState, Freshness, Inventory, Marks, Now, Order, Query, RowId, Shared, View};

const SHOP: SessionId = SessionId(0);

fn uid(number: u8) -> Uid {
    Uid::from_bytes([number; 16])
}

fn pod(number: u8, name: &str, image: &str) -> PodFacts {
    let mut security = Security::default();
    if number.is_multiple_of(2) {
        security.add(Security::PRIVILEGED);
    }
    PodFacts {
        meta: Meta {
            uid: uid(number),
            namespace: "shop".into(),
            name: name.into(),
            created: i64::from(number),
            labels: vec![("app".into(), "web".into()), ("pod-template-hash".into(), "7d9f".into())],
            owner: Some(Owner { kind: "ReplicaSet".into(), name: "web-7d9f".into(), uid: uid(200) }),
            ..Meta::default()
        },
        service_account: "web".into(),
        node: "node-1".into(),
        ips: vec!["10.0.0.7".parse().unwrap()],
        status: "Running".into(),
        ready: 1,
        containers: vec![ContainerFacts { name: "web".into(), image: image.into(), ..ContainerFacts::default() }],
        security,
        ..PodFacts::default()
    }
}

fn now(unix: i64) -> Now {
    Now { instant: Instant::now(), unix }
}

fn inventory() -> Inventory {
    let mut inventory = Inventory::new();
    inventory.open(ClusterState::new(SHOP, "shop-prod".into(), Clean::default(), "us-east-1".into()));
    inventory
}

fn tell(inventory: &mut Inventory, news: News) {
    inventory.apply(Update { session: SHOP, news }, now(1_000));
}

fn list(inventory: &mut Inventory, pods: Vec<PodFacts>) {
    tell(inventory, News::Relist(Kind::Pod));
    tell(inventory, News::Facts(Kind::Pod, pods.into_iter().map(|pod| Facts::Pod(Box::new(pod))).collect()));
    tell(inventory, News::Listed(Kind::Pod));
}

fn names(inventory: &Inventory, query: &str) -> Vec<String> {
    names_of(Kind::Pod, inventory, query)
}

fn names_of(kind: Kind, inventory: &Inventory, query: &str) -> Vec<String> {
    let mut view = View::new(kind);
    view.select(query.parse().unwrap());
    view.refresh(inventory, &Marks::default(), &Marks::default());
    view.rows(inventory).map(|row| row.name().to_string()).collect()
}

#[test]
fn pods_are_selected_by_what_they_are() {
    let mut inventory = inventory();
    list(&mut inventory, vec![pod(1, "web-a", "local/tools:2"), pod(2, "web-b", "local/tools:20")]);
    for (query, expected) in [
        ("image:local/tools:2", vec!["web-a"]),
        ("image:tools", vec!["web-a", "web-b"]),
        ("!image:tools:2", vec!["web-b"]),
        ("sa:shop/web", vec!["web-a", "web-b"]),
        ("sa:other/web", vec![]),
        ("workload:deploy/web", vec!["web-a", "web-b"]),
        ("workload:web-7d9f name:web-b", vec!["web-b"]),
        ("privileged", vec!["web-b"]),
        ("ip:10.0.0.0/8 node:node-1 ns:shop", vec!["web-a", "web-b"]),
        ("label:app=web,!tier", vec!["web-a", "web-b"]),
        ("EB-A", vec!["web-a"]),
        ("tools:20", vec![]),
        ("cluster:us-east-1", vec!["web-a", "web-b"]),
    ] {
        let Ok(_) = query.parse::<Query>() else {
            assert!(query.starts_with("tools:"), "{query}");
            continue;
        };
        assert_eq!(names(&inventory, query), expected, "{query}");
    }
}

#[test]
fn rows_without_pods_are_selected_by_what_they_are() {
    let mut inventory = inventory();
    let meta = |number, namespace: &str, name: &str| Meta {
        uid: uid(number),
        namespace: namespace.into(),
        name: name.into(),
        ..Meta::default()
    };
    let node =
        NodeFacts { meta: meta(50, "", "node-9"), instance_id: "i-0123456789abcdef0".into(), ..NodeFacts::default() };
    tell(&mut inventory, News::Facts(Kind::Node, vec![Facts::Node(Box::new(node))]));
    let account = Shape::ServiceAccount { role_arn: Clean::default(), automount: true };
    let account = ObjectFacts { kind: Kind::ServiceAccount, meta: meta(51, "empty", "idle"), shape: account };
    tell(&mut inventory, News::Facts(Kind::ServiceAccount, vec![Facts::Object(Box::new(account))]));
    for (kind, query, expected) in [
        (Kind::Node, "node:node-9", vec!["node-9"]),
        (Kind::Node, "node:i-0123*", vec!["node-9"]),
        (Kind::Node, "!node:node-9", vec![]),
        (Kind::Node, "node:node-1", vec![]),
        (Kind::ServiceAccount, "ns:empty", vec!["idle"]),
        (Kind::ServiceAccount, "ns:shop", vec![]),
    ] {
        assert_eq!(names_of(kind, &inventory, query), expected, "{kind} {query}");
    }
}

#[test]
fn an_instance_of_one_cluster_selects_no_pods_of_another() {
    let mut inventory = inventory();
    let other = SessionId(1);
    inventory.open(ClusterState::new(other, "shop-test".into(), Clean::default(), "us-east-1".into()));
    list(&mut inventory, vec![pod(1, "web-a", "tools:2")]);
    for (session, instance) in [(SHOP, "i-0aaa"), (other, "i-0bbb")] {
        let meta = Meta { uid: uid(60), name: "node-1".into(), ..Meta::default() };
        let node = NodeFacts { meta, instance_id: instance.into(), ..NodeFacts::default() };
        let news = News::Facts(Kind::Node, vec![Facts::Node(Box::new(node))]);
        inventory.apply(Update { session, news }, now(1_000));
    }
    assert_eq!(names(&inventory, "node:i-0aaa"), ["web-a"]);
    assert!(names(&inventory, "node:i-0bbb").is_empty());
    assert_eq!(names(&inventory, "node:node-1"), ["web-a"]);
}

#[test]
fn what_vanished_stays_findable_with_its_last_facts() {
    let mut inventory = inventory();
    list(&mut inventory, vec![pod(1, "web-a", "tools:2"), pod(2, "web-b", "tools:2")]);
    tell(&mut inventory, News::Gone(Kind::Pod, vec![uid(1)]));
    assert_eq!(names(&inventory, ""), ["web-b"]);
    assert_eq!(names(&inventory, "gone image:tools:2"), ["web-a"]);
    list(&mut inventory, vec![]);
    assert_eq!(names(&inventory, "gone"), ["web-a", "web-b"]);
    list(&mut inventory, vec![pod(1, "web-a", "tools:2")]);
    assert_eq!(names(&inventory, ""), ["web-a"]);
    assert_eq!(inventory.pods().gone(), 1);
}

#[test]
fn a_frozen_server_empties_nothing() {
    let mut inventory = inventory();
    tell(&mut inventory, News::Cluster(Health::Live));
    list(&mut inventory, vec![pod(1, "web-a", "tools:2")]);
    tell(
        &mut inventory,
        News::Watch(Kind::Pod, Health::Failing { why: "timed out".into(), retry_in: std::time::Duration::ZERO }),
    );
    tell(&mut inventory, News::Relist(Kind::Pod));
    assert_eq!(names(&inventory, ""), ["web-a"]);
    let cluster = inventory.cluster(SHOP).unwrap();
    assert!(matches!(cluster.freshness_of(Kind::Pod, Instant::now()), Freshness::Stale(_)));
}

#[test]
fn a_cursor_finds_its_object_in_another_order() {
    let mut inventory = inventory();
    list(&mut inventory, vec![pod(1, "web-a", "tools:2"), pod(2, "web-b", "tools:2")]);
    let id = RowId { session: SHOP, kind: Kind::Pod, uid: uid(1) };
    let mut view = View::new(Kind::Pod);
    view.refresh(&inventory, &Marks::default(), &Marks::default());
    assert_eq!(view.place(&inventory, id), Some(0));
    view.sort(Order { column: "NAME", reversed: true });
    view.refresh(&inventory, &Marks::default(), &Marks::default());
    assert_eq!(view.place(&inventory, id), Some(1));
}

#[test]
fn nodes_are_sorted_by_the_pods_on_them_now() {
    let mut inventory = inventory();
    let node = |number, name: &str| {
        let meta = Meta { uid: uid(number), name: name.into(), ..Meta::default() };
        Facts::Node(Box::new(NodeFacts { meta, ..NodeFacts::default() }))
    };
    tell(&mut inventory, News::Facts(Kind::Node, vec![node(60, "node-1"), node(61, "node-2")]));
    let (marks, mut view) = (Marks::default(), View::new(Kind::Node));
    view.sort(Order { column: "PODS", reversed: false });
    let mut sorted = |inventory: &Inventory| {
        view.refresh(inventory, &marks, &marks);
        view.rows(inventory).map(|row| row.name().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(sorted(&inventory), ["node-1", "node-2"]);
    let moved = PodFacts { node: "node-2".into(), ..pod(1, "web-a", "tools:2") };
    list(&mut inventory, vec![moved]);
    assert_eq!(sorted(&inventory), ["node-2", "node-1"]);
}

#[test]
fn marks_outlive_lists_and_restarts() {
    let mut inventory = inventory();
    let identity = Identity {
        cluster: ClusterId(uid(99)),
        version: "v1.36".into(),
        user: Clean::default(),
        groups: Vec::new(),
        writes_denied: None,
    };
    tell(&mut inventory, News::Identified(identity));
    list(&mut inventory, vec![pod(1, "web-a", "tools:2")]);
    let id = RowId { session: SHOP, kind: Kind::Pod, uid: uid(1) };
    let mut marks = Marks::default();
    marks.add(inventory.target(id).unwrap());
    let saved = serde_json::to_string(&marks).unwrap();
    let restored: Marks = serde_json::from_str(&saved).unwrap();
    list(&mut inventory, vec![pod(1, "web-a", "tools:3"), pod(2, "web-b", "tools:3")]);
    assert!(restored.has(&inventory, id));
    assert_eq!(restored, marks);
}

#[test]
fn whatever_is_shared_can_be_asked_for() {
    let mut inventory = inventory();
    list(&mut inventory, vec![pod(1, "web-a", "tools:2"), pod(2, "web-b", "tools:3")]);
    let row = inventory.row(RowId { session: SHOP, kind: Kind::Pod, uid: uid(1) }).unwrap();
    for (shared, found) in [(Shared::Image, 1), (Shared::Account, 2), (Shared::Node, 2), (Shared::Workload, 2)] {
        let query = shared.query(&row, &inventory).unwrap();
        assert_eq!(names(&inventory, &query).len(), found, "{query}");
    }
    assert_eq!(Shared::Service.query(&row, &inventory), None);
}

proptest! {
    /// However rows come, change and go, a view holds exactly the pods that are
    /// there, in order, and every cursor finds its object.
    #[test]
    fn a_view_agrees_with_what_happened(steps in prop::collection::vec((0u8..4, 1u8..12), 1..80)) {
        let mut inventory = inventory();
        let mut there = std::collections::BTreeSet::new();
        let mut view = View::new(Kind::Pod);
        for (step, number) in steps {
            match step {
                0 => {
                    tell(&mut inventory, News::Gone(Kind::Pod, vec![uid(number)]));
                    there.remove(&number);
                }
                1 => {
                    list(&mut inventory, vec![pod(number, &format!("pod-{number:03}"), "tools:1")]);
                    there = [number].into();
                }
                _ => {
                    let facts = Facts::Pod(Box::new(pod(number, &format!("pod-{number:03}"), "tools:2")));
                    tell(&mut inventory, News::Facts(Kind::Pod, vec![facts]));
                    there.insert(number);
                }
            }
            view.refresh(&inventory, &Marks::default(), &Marks::default());
            let shown: Vec<_> = view.rows(&inventory).map(|row| row.id().uid).collect();
            let expected: Vec<_> = there.iter().map(|number| uid(*number)).collect();
            prop_assert_eq!(&shown, &expected);
            prop_assert_eq!(inventory.pods().present(), there.len());
            for (place, uid) in shown.into_iter().enumerate() {
                let id = RowId { session: SHOP, kind: Kind::Pod, uid };
                prop_assert_eq!(view.place(&inventory, id), Some(place));
            }
        }
    }
}

#[test]
fn a_row_tells_an_action_what_was_listed() {
    let mut inventory = inventory();
    let listed = pod(2, "web-1", "tools:2");
    list(&mut inventory, vec![listed.clone()]);
    let row = inventory.row(RowId { session: SHOP, kind: Kind::Pod, uid: uid(2) }).unwrap();
    assert_eq!(row.facts(), Facts::Pod(Box::new(listed)));
}
