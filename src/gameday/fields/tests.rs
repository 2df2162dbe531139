use serde_json::json;

use super::set::Set;
use super::*;

fn kind() -> Type {
    Type::named("apps", "v1", "Deployment").unwrap()
}

fn manager(name: &str, applies: bool) -> Manager {
    Manager { name: name.to_owned(), applies, version: "apps/v1".to_owned(), part: String::new() }
}

fn apply(live: Option<&Value>, name: &str, config: &Value, force: bool) -> Result<Value, Vec<Conflict>> {
    applied(live, config, &manager(name, true), force, kind(), Timestamp::UNIX_EPOCH)
}

fn deployment(replicas: i64, image: &str) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d", "labels": {"app": "d"}},
        "spec": {"replicas": replicas, "template": {"spec": {"containers": [{"name": "x", "image": image}]}}},
    })
}

#[test]
fn the_first_writer_is_written_down_as_the_real_server_does() {
    // From the answer of a Kubernetes 1.36 API server to `kubectl create deployment d --image=x`.
    let mut new = json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d", "labels": {"app": "d"}},
        "spec": {
            "progressDeadlineSeconds": 600, "replicas": 1, "revisionHistoryLimit": 10,
            "selector": {"matchLabels": {"app": "d"}},
            "strategy": {"rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}, "type": "RollingUpdate"},
            "template": {"metadata": {"labels": {"app": "d"}}, "spec": {
                "containers": [{"image": "x", "imagePullPolicy": "Always", "name": "x", "resources": {},
                    "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"}],
                "dnsPolicy": "ClusterFirst", "restartPolicy": "Always", "schedulerName": "default-scheduler",
                "securityContext": {}, "terminationGracePeriodSeconds": 30,
            }},
        },
        "status": {},
    });
    updated(None, &mut new, &manager("kubectl-create", false), kind(), Timestamp::UNIX_EPOCH);
    let expected = json!({
        "f:metadata": {"f:labels": {".": {}, "f:app": {}}},
        "f:spec": {
            "f:progressDeadlineSeconds": {}, "f:replicas": {}, "f:revisionHistoryLimit": {}, "f:selector": {},
            "f:strategy": {"f:rollingUpdate": {".": {}, "f:maxSurge": {}, "f:maxUnavailable": {}}, "f:type": {}},
            "f:template": {"f:metadata": {"f:labels": {".": {}, "f:app": {}}}, "f:spec": {
                "f:containers": {"k:{\"name\":\"x\"}": {".": {}, "f:image": {}, "f:imagePullPolicy": {}, "f:name": {},
                    "f:resources": {}, "f:terminationMessagePath": {}, "f:terminationMessagePolicy": {}}},
                "f:dnsPolicy": {}, "f:restartPolicy": {}, "f:schedulerName": {}, "f:securityContext": {},
                "f:terminationGracePeriodSeconds": {},
            }},
        },
    });
    assert_eq!(new.pointer("/metadata/managedFields/0/fieldsV1"), Some(&expected));
}

#[test]
fn what_somebody_else_applied_is_a_conflict_until_it_is_forced() {
    let first = apply(None, "one", &deployment(1, "x:1"), false).unwrap();
    let conflict = apply(Some(&first), "two", &deployment(3, "x:1"), false).unwrap_err();
    assert_eq!(conflict, [Conflict { with: "\"one\"".to_owned(), field: ".spec.replicas".to_owned() }]);
    let forced = apply(Some(&first), "two", &deployment(3, "x:1"), true).unwrap();
    assert_eq!(forced.pointer("/spec/replicas"), Some(&json!(3)));
    let owners = Managers::of(&forced);
    assert!(owners.conflicts(&manager("two", true), &Set::read(&json!({"f:spec": {"f:replicas": {}}}))).is_empty());
}

#[test]
fn what_is_not_applied_any_more_goes_unless_somebody_else_has_it() {
    let mut config = deployment(1, "x:1");
    put(&mut config, "/metadata/labels/extra", "yes");
    put(&mut config, "/spec/template/spec/containers/0/command", json!(["sleep"]));
    let config = config;
    let first = apply(None, "one", &config, false).unwrap();
    let shared = apply(Some(&first), "two", &json!({"metadata": {"labels": {"extra": "yes"}}}), false).unwrap();
    let again = apply(Some(&shared), "one", &deployment(1, "x:1"), false).unwrap();
    assert_eq!(again.pointer("/metadata/labels"), Some(&json!({"app": "d", "extra": "yes"})));
    let last = apply(Some(&again), "two", &json!({"metadata": {}}), false).unwrap();
    assert_eq!(last.pointer("/metadata/labels"), Some(&json!({"app": "d"})));
}

#[test]
fn an_item_of_a_list_is_its_own() {
    let first = apply(None, "one", &deployment(1, "x:1"), false).unwrap();
    let sidecar = json!({"spec": {"template": {"spec": {"containers": [{"name": "y", "image": "y:1"}]}}}});
    let both = apply(Some(&first), "two", &sidecar, false).unwrap();
    let names = |object: &Value| super::super::json::items(object, "/spec/template/spec/containers").len();
    assert_eq!(names(&both), 2);
    let without = apply(Some(&both), "two", &json!({"spec": {}}), false).unwrap();
    assert_eq!(names(&without), 1);
}

#[test]
fn applying_the_same_again_changes_nothing() {
    let first = apply(None, "one", &deployment(1, "x:1"), false).unwrap();
    let at = Timestamp::new(1_000, 0).unwrap();
    let again = applied(Some(&first), &deployment(1, "x:1"), &manager("one", true), false, kind(), at).unwrap();
    assert_eq!(again, first);
}

#[test]
fn what_had_no_managers_belongs_to_nobody_in_particular() {
    let live = deployment(1, "x:1");
    let conflict = apply(Some(&live), "one", &deployment(2, "x:1"), false).unwrap_err();
    assert_eq!(conflict.first().map(|one| one.with.as_str()), Some("\"before-first-apply\" using apps/v1"));
    let mut changed = deployment(2, "x:1");
    updated(Some(&live), &mut changed, &manager("kubectl", false), kind(), Timestamp::UNIX_EPOCH);
    assert_eq!(changed.pointer("/metadata/managedFields"), None);
}
