//! What is done to identities.

use std::process::Command;

use serde_json::{Value, json};

use super::lab::{Lab, eventually, kubectl};

const GROUP: &str = "rbac.authorization.k8s.io";

fn bind(lab: &Lab, name: &str, role: &str, subjects: Value) {
    lab.apply(&json!({
        "apiVersion": format!("{GROUP}/v1"), "kind": "RoleBinding", "metadata": lab.meta(name),
        "roleRef": {"apiGroup": GROUP, "kind": "ClusterRole", "name": role}, "subjects": subjects,
    }));
}

fn may(lab: &Lab, args: &[&str]) -> bool {
    let output = kubectl(&[&["auth", "can-i", "-n", &lab.namespace], args].concat());
    String::from_utf8_lossy(&output.stdout).starts_with("yes")
}

#[test]
fn a_service_account_loses_its_rights_and_others_keep_theirs() {
    let Some(lab) = Lab::new("strip") else { return };
    let account = json!({"kind": "ServiceAccount", "name": "web", "namespace": lab.namespace});
    let alice = json!({"kind": "User", "name": "alice", "apiGroup": GROUP});
    bind(&lab, "editors", "edit", json!([alice, account]));
    bind(&lab, "viewers", "view", json!([account]));
    let before =
        [lab.get("rolebinding/editors")["subjects"].clone(), lab.get("rolebinding/viewers")["subjects"].clone()];
    let user = format!("system:serviceaccount:{}:web", lab.namespace);
    assert!(may(&lab, &["create", "pods", "--as", &user]));

    let plan = lab.act(&["strip-rbac", "sa/web"]);
    let notes = plan["notes"].to_string();
    for part in ["pods that speak as", "goes on binding User:alice", "access entries"] {
        assert!(notes.contains(part), "{notes}");
    }
    assert!(!may(&lab, &["create", "pods", "--as", &user]));
    assert!(may(&lab, &["create", "pods", "--as", "alice"]));
    assert_eq!(lab.get("rolebinding/editors")["subjects"], json!([alice]));
    assert!(lab.get("rolebinding/viewers")["subjects"].is_null());

    lab.undo();
    assert!(may(&lab, &["create", "pods", "--as", &user]));
    for (name, subjects) in ["rolebinding/editors", "rolebinding/viewers"].into_iter().zip(before) {
        assert_eq!(lab.get(name)["subjects"], subjects, "{name}");
    }
    lab.verified();
}

#[test]
fn a_user_is_taken_out_of_a_binding_and_nobody_locks_themselves_out() {
    let Some(lab) = Lab::new("user") else { return };
    let user = |name: &str| json!({"kind": "User", "name": name, "apiGroup": GROUP});
    let own = lab.whoami();
    bind(&lab, "mixed", "edit", json!([user("mallory"), user(&own)]));
    let said = lab.refused(&["strip-rbac", "rolebinding/mixed"]);
    assert!(said.contains("subject=User:mallory"), "{said}");
    let said = lab.refused(&["strip-rbac", "rolebinding/mixed", "--set", &format!("subject=User:{own}")]);
    assert!(said.contains("is you"), "{said}");
    let group = lab.refused(&["strip-rbac", "clusterrolebinding/responders", "--set", "subject=Group:responders"]);
    assert!(group.contains("is you"), "{group}");
    let last =
        lab.refused(&["strip-rbac", "clusterrolebinding/cluster-admin", "--set", "subject=Group:system:masters"]);
    assert!(last.contains("nobody would be left"), "{last}");
    lab.act(&["strip-rbac", "rolebinding/mixed", "--set", "subject=User:mallory"]);
    assert!(!may(&lab, &["create", "pods", "--as", "mallory"]));
    lab.undo();
    assert!(may(&lab, &["create", "pods", "--as", "mallory"]));
}

#[test]
fn anonymous_users_lose_what_a_binding_gave_them() {
    let Some(lab) = Lab::new("anonymous") else { return };
    // A resource that nothing else lets anybody see, whatever the demo binds.
    lab.apply(&json!({
        "apiVersion": format!("{GROUP}/v1"), "kind": "Role", "metadata": lab.meta("gauges"),
        "rules": [{"apiGroups": ["lab.example"], "resources": ["gauges"], "verbs": ["get"]}],
    }));
    lab.apply(&json!({
        "apiVersion": format!("{GROUP}/v1"), "kind": "RoleBinding", "metadata": lab.meta("gauges"),
        "roleRef": {"apiGroup": GROUP, "kind": "Role", "name": "gauges"},
        "subjects": [{"kind": "Group", "name": "system:unauthenticated", "apiGroup": GROUP},
            {"kind": "User", "name": "system:anonymous", "apiGroup": GROUP}],
    }));
    let seen = || {
        lab.review(&json!({
            "user": "system:anonymous", "groups": ["system:unauthenticated"],
            "resourceAttributes": {
                "verb": "get", "group": "lab.example", "resource": "gauges", "namespace": lab.namespace,
            },
        }))
    };
    let before = lab.get("rolebinding/gauges")["subjects"].clone();
    eventually("anybody may see gauges", seen);
    lab.act(&["remove-anonymous", "rolebinding/gauges"]);
    assert!(!seen());
    assert!(lab.get("rolebinding/gauges")["subjects"].is_null());
    lab.undo();
    assert!(seen());
    assert_eq!(lab.get("rolebinding/gauges")["subjects"], before);
    let said = lab.refused(&["remove-anonymous", "clusterrolebinding/system:public-info-viewer"]);
    assert!(said.contains("left alone"), "{said}");
}

#[test]
fn tokens_that_were_issued_are_refused_and_the_account_is_there() {
    let Some(lab) = Lab::new("tokens") else { return };
    assert!(kubectl(&["label", "sa", "web", "-n", &lab.namespace, "team=front"]).status.success());
    let before = lab.get("sa/web");
    let token = String::from_utf8(kubectl(&["create", "token", "web", "-n", &lab.namespace]).stdout).unwrap();
    let whoami = || {
        let address = server();
        let output = Command::new("kubectl")
            .args(["--server", &address, "--insecure-skip-tls-verify", "--token", token.trim(), "auth", "whoami"])
            .env("KUBECONFIG", "/dev/null")
            .output()
            .unwrap();
        output.status.success()
    };
    assert!(whoami());
    lab.plan(&["end-tokens", "sa/web"]);
    assert_eq!(lab.get("sa/web")["metadata"]["uid"], before["metadata"]["uid"], "a plan has deleted the account");
    let plan = lab.act(&["end-tokens", "sa/web"]);
    assert!(plan["notes"].to_string().contains("lose the API server"), "{}", plan["notes"]);
    let after = lab.get("sa/web");
    assert_ne!(after["metadata"]["uid"], before["metadata"]["uid"]);
    assert_eq!(after["metadata"]["labels"], before["metadata"]["labels"]);
    eventually("a token of before is refused", || !whoami());
    // The token that proved it was never written down.
    assert!(!lab.written().contains("eyJ"));
    lab.verified();
}

fn server() -> String {
    let config = kubectl(&["config", "view", "--minify", "-o", "jsonpath={.clusters[0].cluster.server}"]);
    String::from_utf8(config.stdout).unwrap()
}
