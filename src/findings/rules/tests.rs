//! All rules together.

use std::collections::{BTreeMap, HashSet};

use super::frame::tests::{inventory, pod};
use super::*;
use crate::model::{Security, Severity};

#[test]
fn ids_are_told_apart_and_every_rule_says_why() {
    let ids: HashSet<_> = all().iter().map(|rule| rule.spec().id).collect();
    assert_eq!(ids.len(), all().len());
    assert_eq!(all().len(), 16);
    for rule in all() {
        let spec = rule.spec();
        assert!(spec.why.ends_with('.') && !spec.why.contains("  ") && !spec.title.is_empty(), "{}", spec.id);
    }
}

#[test]
fn the_gravest_stands_first_and_pods_of_a_workload_together() {
    let bad = |number| {
        let mut pod = pod(number, "shop", "web");
        pod.security.add(Security::PRIVILEGED);
        pod.given.secret_variables = vec![("main".into(), "db".into())];
        pod
    };
    let inventory = inventory(vec![bad(3), bad(1), bad(2)]);
    let seen = observe(&World::whole(&inventory, &BTreeMap::new(), &[]));
    let told: Vec<_> = seen.iter().map(|one| (one.rule.id, one.severity, one.on.len())).collect();
    assert_eq!(told, [("privileged", Severity::High, 3), ("secrets-in-environment", Severity::Info, 3)]);
    let names: Vec<_> = seen[0].on.iter().map(|object| object.name.as_str()).collect();
    assert_eq!(names, ["web-7d9f-1", "web-7d9f-2", "web-7d9f-3"]);
}
