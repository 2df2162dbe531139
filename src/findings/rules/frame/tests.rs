//! A small world, for the tests of rules.

use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::{Value, json};

use super::{Rule, Sightings, World};
use crate::inventory::{ClusterState, Inventory, Now};
use crate::model::facts::{ContainerFacts, Facts, Meta, Owner, PodFacts};
use crate::model::{Clean, Kind, News, SessionId, Uid, Update};
use crate::rbac::{Binding, Rights, Role, Subject};

/// An ordinary pod of the deployment `name`.
pub fn pod(number: u8, namespace: &str, name: &str) -> PodFacts {
    PodFacts {
        meta: Meta {
            uid: Uid::from_bytes([number; 16]),
            namespace: namespace.into(),
            name: format!("{name}-7d9f-{number}").into(),
            created: 1_000_000 + i64::from(number),
            labels: vec![("pod-template-hash".into(), "7d9f".into())],
            owner: Some(Owner {
                kind: "ReplicaSet".into(),
                name: format!("{name}-7d9f").into(),
                uid: Uid::from_bytes(std::array::from_fn(|place| name.as_bytes().get(place).copied().unwrap_or(0))),
            }),
            ..Meta::default()
        },
        service_account: name.into(),
        node: "node-1".into(),
        status: "Running".into(),
        containers: vec![ContainerFacts {
            name: "main".into(),
            image: "local/app:1".into(),
            ..ContainerFacts::default()
        }],
        ..PodFacts::default()
    }
}

/// An inventory of one cluster with these pods.
pub fn inventory(pods: Vec<PodFacts>) -> Inventory {
    let session = SessionId(0);
    let mut inventory = Inventory::new();
    inventory.open(ClusterState::new(session, "shop".into(), Clean::default(), Clean::default()));
    let facts = pods.into_iter().map(|pod| Facts::Pod(Box::new(pod))).collect();
    let now = Now { instant: Instant::now(), unix: 2_000_000 };
    inventory.apply(Update { session, news: News::Facts(Kind::Pod, facts) }, now);
    inventory
}

/// A ClusterRoleBinding of a ClusterRole.
pub fn binding(name: &str, role: &str, subjects: &[&str]) -> Binding {
    let object = json!({"metadata": {"name": name, "uid": "0b5e8f8e-4a3c-4c86-9d3e-2f3b1c0a9d11"},
        "roleRef": {"kind": "ClusterRole", "name": role}});
    let mut binding = Binding::read(Kind::ClusterRoleBinding, object).unwrap();
    binding.subjects = subjects.iter().map(|subject| Subject::parse(subject).unwrap()).collect();
    binding
}

/// A ClusterRole.
pub fn role(name: &str, rules: Value) -> Role {
    Role::read(&json!({"metadata": {"name": name}, "rules": rules})).unwrap()
}

/// What a rule tells of a world, a line each.
pub fn told(rule: &dyn Rule, world: &World<'_>) -> Vec<String> {
    let seen = Sightings::default().looked(rule, world);
    seen.told().iter().map(|one| format!("{} {}: {}", one.severity, one.about, one.saw)).collect()
}

/// What a rule tells of pods.
pub fn seen(rule: &dyn Rule, pods: Vec<PodFacts>) -> Vec<String> {
    seen_with(rule, pods, Vec::new(), Vec::new())
}

/// What a rule tells of pods, bindings and roles.
pub fn seen_with(rule: &dyn Rule, pods: Vec<PodFacts>, bindings: Vec<Binding>, roles: Vec<Role>) -> Vec<String> {
    let inventory = inventory(pods);
    let rights = BTreeMap::from([(SessionId(0), Rights::new(bindings, roles, 0))]);
    told(rule, &World::whole(&inventory, &rights, &[]))
}
