//! What a blast radius and a round of the rules cost among 20,000 pods, once the
//! facts are there. No server is needed. `cargo bench --bench blast` prints a table.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a measurement that cannot be taken stops; it has nothing to lose"
)]

mod load;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use podmortem::blast::{Blast, Facts as Known, Origin};
use podmortem::findings::rules::{World, observe};
use podmortem::inventory::{Inventory, Now, Row};
use podmortem::model::facts::{Facts, Meta, NodeFacts, ObjectFacts, Shape};
use podmortem::model::{Clean, Kind, News, Security, Uid, Update};
use podmortem::rbac::{Binding, Rights, Role};
use serde_json::json;

use load::{SESSION, filled, median, pod};

const PODS: u32 = 20_000;

/// The longest that the radius of any pod may take.
const MOST: Duration = Duration::from_millis(50);

fn main() {
    let mut inventory = filled(PODS);
    let mut tell = |kind, facts| {
        inventory.apply(Update { session: SESSION, news: News::Facts(kind, facts) }, Now::read());
    };
    tell(Kind::Pod, (0..PODS).step_by(40).map(privileged).collect());
    tell(Kind::Node, (0..200).map(node).collect());
    tell(Kind::ServiceAccount, (0..900).map(account).collect());
    let facts = Known { rights: rights(), secrets: secrets(), ..Known::default() };
    let mut times: Vec<(Duration, bool)> = inventory
        .pods()
        .iter()
        .step_by(20)
        .map(|(_, pod)| {
            let origin = Origin::Pod(Row::Pod(pod).id());
            (timed(&origin, &inventory, &facts), pod.security().has(Security::PRIVILEGED))
        })
        .collect();
    times.sort_unstable();
    let of = |privileged: bool| {
        times.iter().filter(|(_, one)| *one == privileged).map(|(time, _)| *time).collect::<Vec<_>>()
    };
    println!("{:>12} {:>8} {:>12} {:>12}", "pods", "asked", "median", "longest");
    for (name, times) in [("ordinary", of(false)), ("privileged", of(true))] {
        let longest = times.last().copied().unwrap_or_default();
        println!("{name:>12} {:>8} {:>12.2?} {longest:>12.2?}", times.len(), times[times.len() / 2]);
        assert!(longest < MOST, "a blast radius took {longest:.2?}, and {MOST:.2?} is allowed");
    }
    let rights = BTreeMap::from([(SESSION, facts.rights)]);
    let world = World::whole(&inventory, &rights, &[]);
    println!(
        "a round of all rules: {:.2?}, {} observations",
        median(|| drop(black_box(observe(&world)))),
        observe(&world).len()
    );
}

fn timed(origin: &Origin, inventory: &Inventory, facts: &Known) -> Duration {
    let start = Instant::now();
    let blast = Blast::of(origin, inventory, facts).expect("a pod that is there");
    black_box(blast.lines());
    start.elapsed()
}

fn privileged(number: u32) -> Facts {
    let mut facts = pod(number);
    if let Facts::Pod(pod) = &mut facts {
        pod.security.add(Security::PRIVILEGED);
        pod.given.paths = vec!["/".into()];
    }
    facts
}

fn uid(kind: u8, number: u32) -> Uid {
    let mut uid = [kind; 16];
    uid[..4].copy_from_slice(&number.to_be_bytes());
    Uid::from_bytes(uid)
}

fn node(number: u32) -> Facts {
    let name = format!("ip-10-0-{}-{}.ec2.internal", number / 100, number % 100);
    let meta = Meta { uid: uid(1, number), name: name.into(), ..Meta::default() };
    Facts::Node(Box::new(NodeFacts { meta, instance_id: format!("i-{number:017x}").into(), ..NodeFacts::default() }))
}

fn account(number: u32) -> Facts {
    let meta = Meta {
        uid: uid(2, number),
        namespace: format!("team-{}", number % 60).into(),
        name: format!("account-{}", number % 300).into(),
        ..Meta::default()
    };
    let role_arn = format!("arn:aws:iam::123456789012:role/team-{}", number % 60).into();
    let shape = Shape::ServiceAccount { role_arn, automount: true };
    Facts::Object(Box::new(ObjectFacts { kind: Kind::ServiceAccount, meta, shape }))
}

/// As many bindings as accounts, half of them in a namespace; one account in ten reads its secrets, one in fifty all.
fn rights() -> Rights {
    let role = |name: &str, verbs: &str, resource: &str| {
        let rules = json!([{"verbs": [verbs], "apiGroups": [""], "resources": [resource]}]);
        Role::read(&json!({"metadata": {"name": name}, "rules": rules})).expect("a role")
    };
    let binding = |number: u32| {
        let namespace = format!("team-{}", number % 60);
        let here = !number.is_multiple_of(50);
        let name = if number.is_multiple_of(10) { "reader" } else { "viewer" };
        let kind = if here { Kind::RoleBinding } else { Kind::ClusterRoleBinding };
        let object = json!({
            "metadata": {"name": format!("binding-{number}"), "namespace": if here { namespace.as_str() } else { "" }},
            "roleRef": {"kind": "ClusterRole", "name": name},
            "subjects": [{"kind": "ServiceAccount", "namespace": namespace, "name": format!("account-{}", number % 300)}],
        });
        Binding::read(kind, object).expect("a binding")
    };
    let roles = [role("reader", "list", "secrets"), role("viewer", "get", "pods")];
    Rights::new((0..900).map(binding).collect(), roles, 0)
}

/// 150 secrets in each of 60 namespaces.
fn secrets() -> BTreeMap<Clean, Vec<Clean>> {
    let names =
        || (0..100).map(|n| format!("tls-{n}")).chain((0..50).map(|n| format!("db-{n}"))).map(Clean::from).collect();
    (0..60).map(|team| (format!("team-{team}").into(), names())).collect()
}
