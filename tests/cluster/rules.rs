//! What our rules see, held against the objects that `kubectl` prints.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::ground::{Failure, Ground, agree, at, list, text};

fn seen(ground: &Ground, arguments: &[&str]) -> Result<Vec<Value>, Failure> {
    let ran = ground.run(&[&["rules", "-o", "json"], arguments].concat())?;
    if ran.code != Some(0) {
        return Err(format!("{arguments:?} ended with {:?}: {}", ran.code, ran.err).into());
    }
    Ok(list(&serde_json::from_str(&ran.out)?, "/items"))
}

/// UIDs of the objects on which a rule sees something.
fn uids(seen: &[Value], rule: &str) -> BTreeSet<String> {
    let of_rule = seen.iter().filter(|one| at(one, "/rule") == rule);
    of_rule.flat_map(|one| list(one, "/objects")).filter_map(|object| text(&object, "/uid")).collect()
}

fn containers(pod: &Value) -> Vec<Value> {
    ["containers", "initContainers", "ephemeralContainers"]
        .iter()
        .flat_map(|field| list(pod, &format!("/spec/{field}")))
        .collect()
}

type Test = dyn Fn(&Value) -> bool;

#[test]
fn pods_are_seen_for_what_their_specification_says() -> Result<(), Failure> {
    let Some(ground) = Ground::admin()? else { return Ok(()) };
    let privileged = |pod: &Value| containers(pod).iter().any(|one| at(one, "/securityContext/privileged") == true);
    let namespaces =
        |pod: &Value| ["hostPID", "hostIPC", "hostNetwork"].iter().any(|one| at(pod, &format!("/spec/{one}")) == true);
    let paths = |pod: &Value| list(pod, "/spec/volumes").iter().any(|volume| volume.get("hostPath").is_some());
    let lone =
        |pod: &Value| !list(pod, "/metadata/ownerReferences").iter().any(|owner| at(owner, "/controller") == true);
    let debugged = |pod: &Value| !list(pod, "/spec/ephemeralContainers").is_empty();
    let rules: [(&str, &Test); 5] = [
        ("privileged", &privileged),
        ("host-namespaces", &namespaces),
        ("host-paths", &paths),
        ("no-controller", &lone),
        ("debug-container", &debugged),
    ];
    agree(|| {
        let (seen, pods) = (seen(&ground, &[])?, ground.kubectl_items(&["get", "pods", "-A"])?);
        assert!(pods.values().any(privileged), "the demo has no privileged pod");
        let mut found = Vec::new();
        for (rule, test) in rules {
            let theirs: BTreeSet<_> = pods.iter().filter(|(_, pod)| test(pod)).map(|(uid, _)| uid.clone()).collect();
            let ours = uids(&seen, rule);
            if ours != theirs {
                found.push(format!("{rule}: {ours:?} is not {theirs:?}"));
            }
        }
        Ok(found)
    })
}

#[test]
fn an_intruder_s_pod_and_bindings_are_seen() -> Result<(), Failure> {
    let Some(ground) = Ground::admin()? else { return Ok(()) };
    let stage = Stage::set(&ground)?;
    agree(|| {
        let seen = seen(&ground, &[])?;
        let mut missing = Vec::new();
        for (rule, severity, about, saw) in [
            ("container-socket", "HIGH", "Pod default/ir-test-intruder", "/var/run/docker.sock"),
            ("capabilities", "HIGH", "Pod default/ir-test-intruder", "SYS_ADMIN to main"),
            ("no-controller", "MEDIUM", "Pod default/ir-test-intruder", "no controller"),
            ("secrets-in-environment", "MEDIUM", "Pod default/ir-test-intruder", "DB_PASSWORD"),
            ("rare-image", "MEDIUM", "Pod default/ir-test-intruder", "evil.example"),
            ("anonymous-binding", "CRITICAL", "ClusterRoleBinding ir-test-open", "read secrets"),
            (
                "wide-rights",
                "HIGH",
                "ClusterRoleBinding ir-test-wide",
                "ServiceAccount:default/default may everywhere: do everything",
            ),
            ("default-account", "CRITICAL", "ClusterRoleBinding ir-test-wide", "ServiceAccount:default/default"),
            ("system-masters", "MEDIUM", "ClusterRoleBinding ir-test-masters", "system:masters"),
        ] {
            let hit = seen.iter().any(|one| {
                at(one, "/rule") == rule
                    && at(one, "/severity") == severity
                    && text(one, "/about").is_some_and(|text| text.starts_with(about))
                    && text(one, "/saw").is_some_and(|text| text.contains(saw))
                    && list(one, "/objects").len() == 1
            });
            if !hit {
                missing.push(format!("{rule} about {about}: {saw}"));
            }
        }
        let all = json!(seen).to_string();
        assert!(!all.contains("hunter2"), "the value of a variable is printed");
        Ok(missing)
    })?;
    drop(stage);
    Ok(())
}

#[test]
fn one_rule_is_told_with_its_reason() -> Result<(), Failure> {
    let Some(ground) = Ground::admin()? else { return Ok(()) };
    let told = ground.run(&["rules", "privileged"])?;
    assert!(told.out.contains("has the node") && told.out.contains("pod/web-"), "{}", told.out);
    let wrong = ground.run(&["rules", "no-such-rule"])?;
    assert!(wrong.code == Some(2) && wrong.err.contains("hidden-text"), "{}", wrong.err);
    Ok(())
}

#[test]
fn who_may_not_read_roles_is_told_what_that_costs() -> Result<(), Failure> {
    let Some(ground) = Ground::of(super::ground::Who::Stranger)? else { return Ok(()) };
    let ran = ground.run(&["rules", "--timeout", "5"])?;
    assert_ne!(ran.code, Some(0));
    assert!(ran.err.contains("the rules over rights saw less"), "{}", ran.err);
    Ok(())
}

/// A pod and bindings as an intruder leaves them; they are gone when it is.
struct Stage<'a>(&'a Ground);

const OBJECTS: [&str; 5] = [
    "pod/ir-test-intruder",
    "clusterrole/ir-test-reader",
    "clusterrolebinding/ir-test-open",
    "clusterrolebinding/ir-test-wide",
    "clusterrolebinding/ir-test-masters",
];

impl<'a> Stage<'a> {
    fn set(ground: &'a Ground) -> Result<Self, Failure> {
        let stage = Self(ground);
        let rbac = "rbac.authorization.k8s.io";
        let binding = |name: &str, role: &str, subjects: Value| {
            json!({"apiVersion": format!("{rbac}/v1"), "kind": "ClusterRoleBinding", "metadata": {"name": name},
                "roleRef": {"apiGroup": rbac, "kind": "ClusterRole", "name": role}, "subjects": subjects})
        };
        let named = |kind: &str, name: &str| json!({"apiGroup": rbac, "kind": kind, "name": name});
        // Nothing pulls the image and nothing schedules the pod: its specification is what is looked at.
        let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "ir-test-intruder", "namespace": "default"}, "spec": {
            "schedulerName": "nobody", "automountServiceAccountToken": false,
            "volumes": [{"name": "socket", "hostPath": {"path": "/var/run/docker.sock"}}],
            "containers": [{"name": "main", "image": "evil.example/miner:1",
                "securityContext": {"capabilities": {"add": ["SYS_ADMIN"]}},
                "env": [{"name": "DB_PASSWORD", "value": "hunter2"}]}],
        }});
        let reader = json!({"apiVersion": format!("{rbac}/v1"), "kind": "ClusterRole", "metadata": {"name": "ir-test-reader"},
            "rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["list"]}]});
        let default = json!({"kind": "ServiceAccount", "name": "default", "namespace": "default"});
        let objects = [
            pod,
            reader,
            binding("ir-test-open", "ir-test-reader", json!([named("User", "system:anonymous")])),
            binding("ir-test-wide", "cluster-admin", json!([named("User", "mallory"), default])),
            binding("ir-test-masters", "ir-test-reader", json!([named("Group", "system:masters")])),
        ];
        let file = ground.home().join("intruder.json");
        std::fs::write(&file, json!({"apiVersion": "v1", "kind": "List", "items": objects}).to_string())?;
        ground.kubectl(&["create", "--validate=false", "-f", &file.to_string_lossy()])?;
        Ok(stage)
    }
}

impl Drop for Stage<'_> {
    fn drop(&mut self) {
        for object in OBJECTS {
            let _ = self.0.kubectl(&["delete", object, "-n", "default", "--ignore-not-found", "--wait=false"]);
        }
    }
}
