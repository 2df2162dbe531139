//! What is reached in a small cluster.

use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::json;

use super::*;
use crate::inventory::{ClusterState, Inventory, Now, RowId};
use crate::model::facts::{Facts as Kept, Given as Spec, Meta, NodeFacts, ObjectFacts, Owner, PodFacts, Shape};
use crate::model::{Clean, Kind, News, Security, SessionId, Uid, Update};
use crate::rbac::{Binding, Rights, Role, Subject};

const SHOP: SessionId = SessionId(0);

fn uid(number: u8) -> Uid {
    Uid::from_bytes([number; 16])
}

fn id(kind: Kind, number: u8) -> RowId {
    RowId { session: SHOP, kind, uid: uid(number) }
}

fn pod(number: u8, namespace: &str, name: &str, account: &str, node: &str) -> PodFacts {
    PodFacts {
        meta: Meta {
            uid: uid(number),
            namespace: namespace.into(),
            name: format!("{name}-{number}").into(),
            owner: Some(Owner { kind: "StatefulSet".into(), name: name.into(), uid: uid(200) }),
            ..Meta::default()
        },
        service_account: account.into(),
        node: node.into(),
        status: "Running".into(),
        given: Spec { audiences: vec![Clean::default()], ..Spec::default() },
        ..PodFacts::default()
    }
}

fn account(number: u8, namespace: &str, name: &str, role: &str) -> Kept {
    let meta = Meta { uid: uid(number), namespace: namespace.into(), name: name.into(), ..Meta::default() };
    let shape = Shape::ServiceAccount { role_arn: role.into(), automount: true };
    Kept::Object(Box::new(ObjectFacts { kind: Kind::ServiceAccount, meta, shape }))
}

/// `web` is privileged on node-1, where `db` runs as well; `api` shares its account on node-2.
fn world() -> (Inventory, Facts) {
    let mut web = pod(1, "shop", "web", "web", "node-1");
    web.security.add(Security::PRIVILEGED);
    web.given.privileged = vec!["main".into()];
    web.given.secret_files = vec!["payments".into()];
    let mut db = pod(2, "data", "db", "db", "node-1");
    db.given.secret_variables = vec![("main".into(), "root".into())];
    let mut api = pod(3, "shop", "api", "web", "node-2");
    api.given.secret_files = vec!["payments".into()];
    let node = |number: u8, name: &str| {
        let meta = Meta { uid: uid(number), name: name.into(), ..Meta::default() };
        let instance = format!("i-{number:017}").as_str().into();
        Kept::Node(Box::new(NodeFacts { meta, instance_id: instance, ..NodeFacts::default() }))
    };
    let mut inventory = Inventory::new();
    inventory.open(ClusterState::new(SHOP, "shop".into(), Clean::default(), Clean::default()));
    let pods = [web, db, api].map(|pod| Kept::Pod(Box::new(pod))).to_vec();
    let accounts = vec![
        account(50, "shop", "web", "arn:aws:iam::1:role/shop"),
        account(51, "data", "db", ""),
        account(52, "other", "batch", "arn:aws:iam::1:role/shop"),
    ];
    for (kind, facts) in [
        (Kind::Pod, pods),
        (Kind::Node, vec![node(101, "node-1"), node(102, "node-2")]),
        (Kind::ServiceAccount, accounts),
    ] {
        let now = Now { instant: Instant::now(), unix: 1_000 };
        inventory.apply(Update { session: SHOP, news: News::Facts(kind, facts) }, now);
    }
    let binding = |kind, namespace: &str, name: &str, role: &str, subject: &str| {
        let object = json!({"metadata": {"name": name, "namespace": namespace}, "roleRef": {"kind": "ClusterRole", "name": role}});
        let mut binding = Binding::read(kind, object).unwrap();
        binding.subjects = vec![Subject::parse(subject).unwrap()];
        binding
    };
    let role = |name: &str, verbs: &str, resource: &str| {
        let rules = json!([{"verbs": [verbs], "apiGroups": [""], "resources": [resource]}]);
        Role::read(&json!({"metadata": {"name": name}, "rules": rules})).unwrap()
    };
    let bindings = vec![
        binding(Kind::RoleBinding, "shop", "reads", "reader", "ServiceAccount:shop/web"),
        binding(Kind::ClusterRoleBinding, "", "runs", "runner", "ServiceAccount:data/db"),
        binding(Kind::RoleBinding, "data", "gone", "no-such", "Group:system:serviceaccounts:shop"),
    ];
    let rights = Rights::new(bindings, [role("reader", "list", "secrets"), role("runner", "create", "pods")], 0);
    let names = |names: &[&str]| names.iter().map(|name| Clean::from(*name)).collect::<Vec<_>>();
    let secrets = BTreeMap::from([
        ("shop".into(), names(&["payments", "tls"])),
        ("data".into(), names(&["root"])),
        ("other".into(), names(&["far"])),
    ]);
    (inventory, Facts { rights, secrets, ..Facts::default() })
}

fn secrets(blast: &Blast) -> Vec<(String, bool)> {
    blast.secrets.iter().map(|secret| (format!("{}/{}", secret.namespace, secret.name), secret.at_hand)).collect()
}

fn subjects(blast: &Blast) -> Vec<&str> {
    blast.identities.iter().map(|one| one.subject.as_str()).collect()
}

#[test]
fn a_pod_with_its_node_reaches_what_stands_beside_it() {
    let (inventory, facts) = world();
    let blast = Blast::of(&Origin::Pod(id(Kind::Pod, 1)), &inventory, &facts).unwrap();
    assert!(blast.host.as_ref().is_some_and(|host| host.node == "node-1" && host.ways.iter().any(|way| way.whole)));
    assert_eq!(subjects(&blast), ["ServiceAccount:shop/web", "User:system:node:node-1", "ServiceAccount:data/db"]);
    assert_eq!(
        secrets(&blast),
        [("shop/payments".into(), true), ("data/root".into(), false), ("shop/tls".into(), false)]
    );
    let own = &blast.identities[0];
    assert_eq!((own.at_hand, own.given.len(), own.given[1].known), (true, 2, false));
    assert_eq!(own.might.iter().map(|might| might.what.as_str()).collect::<Vec<_>>(), ["read secrets"]);
    assert_eq!(blast.identities[2].might[0].what, "create pods");
    assert_eq!(blast.pods.iter().map(|pod| pod.name.as_str()).collect::<Vec<_>>(), ["db-2"]);
    let shared: Vec<_> = blast.shared.iter().map(|one| (one.what.to_string(), one.by.to_string(), one.pods)).collect();
    assert_eq!(
        shared,
        [
            ("ServiceAccount:shop/web".into(), "StatefulSet shop/api".into(), 1),
            ("secret shop/payments".into(), "StatefulSet shop/api".into(), 1),
            ("arn:aws:iam::1:role/shop".into(), "ServiceAccount:other/batch".into(), 0),
        ]
    );
    let roles: Vec<_> = blast.roles.iter().map(|role| (role.role.as_str(), role.ask.is_some())).collect();
    assert_eq!(roles, [("arn:aws:iam::1:role/shop", false), ("", true)]);
}

#[test]
fn a_pod_without_a_way_to_its_node_stays_in_its_own_rights() {
    let (inventory, facts) = world();
    let blast = Blast::of(&Origin::Pod(id(Kind::Pod, 3)), &inventory, &facts).unwrap();
    assert!(blast.host.is_none());
    assert_eq!(subjects(&blast), ["ServiceAccount:shop/web"]);
    assert_eq!(secrets(&blast), [("shop/payments".into(), true), ("shop/tls".into(), false)]);
    assert!(blast.roles.iter().any(|role| role.through.contains("hop limit")));
}

#[test]
fn a_pod_without_a_token_reads_nothing_by_its_account() {
    let (mut inventory, facts) = world();
    let mut quiet = pod(4, "shop", "quiet", "web", "node-2");
    quiet.given.audiences.clear();
    let news = News::Facts(Kind::Pod, vec![Kept::Pod(Box::new(quiet))]);
    inventory.apply(Update { session: SHOP, news }, Now { instant: Instant::now(), unix: 1_000 });
    let blast = Blast::of(&Origin::Pod(id(Kind::Pod, 4)), &inventory, &facts).unwrap();
    assert!(!blast.identities[0].at_hand && blast.secrets.is_empty());
}

#[test]
fn a_node_is_everything_on_it() {
    let (inventory, facts) = world();
    let blast = Blast::of(&Origin::Node(id(Kind::Node, 101)), &inventory, &facts).unwrap();
    assert_eq!(subjects(&blast), ["User:system:node:node-1", "ServiceAccount:data/db", "ServiceAccount:shop/web"]);
    assert_eq!(blast.pods.len(), 2);
    assert!(secrets(&blast).contains(&("shop/payments".into(), false)));
}

#[test]
fn an_identity_reaches_what_its_bindings_give() {
    let (inventory, facts) = world();
    let origin = Origin::of(id(Kind::ServiceAccount, 50), &inventory).unwrap();
    let blast = Blast::of(&origin, &inventory, &facts).unwrap();
    assert_eq!(blast.pods.len(), 2);
    assert_eq!(secrets(&blast).len(), 2);
    let masters = Origin::Identity(SHOP, Subject::parse("Group:system:masters").unwrap());
    let blast = Blast::of(&masters, &inventory, &facts).unwrap();
    assert!(blast.identities[0].besides[0].contains("everything"));
    assert!(Origin::of(id(Kind::ServiceAccount, 99), &inventory).is_err());
}

#[test]
fn the_tree_says_it_all_and_leads_on() {
    let (inventory, mut facts) = world();
    facts.unread.push(("roles".into(), "forbidden".into()));
    let blast = Blast::of(&Origin::Pod(id(Kind::Pod, 1)), &inventory, &facts).unwrap();
    let lines = blast.lines();
    let text: Vec<_> = lines.iter().map(|line| format!("{}{}", "  ".repeat(line.depth), line.text)).collect();
    insta::assert_snapshot!(text.join("\n"));
    assert!(lines.iter().any(|line| line.lead == Some(Lead::Object(id(Kind::Pod, 2)))));
    assert!(
        lines.iter().any(
            |line| matches!(&line.lead, Some(Lead::Pods(query)) if query.parse::<crate::inventory::Query>().is_ok())
        )
    );
}
