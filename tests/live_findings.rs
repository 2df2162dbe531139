//! From the account's own findings and its audit log to pods, nodes, instances and volumes, on parts that nobody here
//! wrote: where `PODMORTEM_LIVE_AWS` names an account with a detector, and `PODMORTEM_LIVE_KUBECONFIG` its cluster.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says where and stops"
)]

use std::ffi::OsString;
use std::process::{Command, Output};

use serde_json::{Value, json};

/// The account and a home of its own for the program.
struct Account {
    endpoint: OsString,
    home: tempfile::TempDir,
}

impl Account {
    /// `None`, with a line that says so, where there is no account.
    fn live() -> Option<Self> {
        let endpoint = std::env::var_os("PODMORTEM_LIVE_AWS");
        if endpoint.is_none() {
            println!("skipped: PODMORTEM_LIVE_AWS is not set");
        }
        Some(Self { endpoint: endpoint?, home: tempfile::tempdir().unwrap() })
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Output {
        let mut command = Command::new(program);
        command.args(arguments).env_clear().env("HOME", self.home.path());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("AWS_EC2_METADATA_DISABLED", "true");
        command
            .env("AWS_ENDPOINT_URL", &self.endpoint)
            .env("AWS_REGION", "us-east-1")
            .env("AWS_DEFAULT_REGION", "us-east-1");
        command.env("AWS_ACCESS_KEY_ID", "AKIAREALCLUSTERADMIN").env("AWS_SECRET_ACCESS_KEY", "admin-secret");
        command.output().unwrap()
    }

    /// The items that the program lists: read-only, from the account alone, without any kubeconfig.
    fn items(&self, arguments: &[&str]) -> Vec<Value> {
        let all = [&["--read-only", "--region", "us-east-1"], arguments, &["-o", "json"]].concat();
        let output = self.command(env!("CARGO_BIN_EXE_podmortem"), &all);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        let listed: Value = serde_json::from_slice(&output.stdout).unwrap();
        listed["items"].as_array().unwrap().clone()
    }
}

fn links<'a>(finding: &'a Value, step: &str) -> Vec<&'a Value> {
    finding["links"].as_array().unwrap().iter().filter(|link| link["step"] == step).collect()
}

#[test]
fn one_finding_of_the_account_leads_to_volumes_and_the_other_says_that_its_cluster_is_not_here() {
    let Some(account) = Account::live() else { return };
    let findings = account.items(&["findings"]);
    assert_eq!(findings.len(), 2, "{findings:?}");
    let here = findings.iter().find(|finding| finding["clusterIs"] == "here").unwrap();
    let elsewhere = findings.iter().find(|finding| finding["clusterIs"] == "elsewhere").unwrap();
    let not_here = &links(elsewhere, "cluster")[0]["how"];
    assert!(not_here.as_str().unwrap().starts_with("not here"), "{not_here}");
    assert!(links(elsewhere, "pod").is_empty() && links(elsewhere, "node").is_empty());
    assert_eq!(here["resource"], "shop-prod: deployments/shop/web");
    let pods: Vec<_> = links(here, "pod").into_iter().filter(|link| link["gone"] == false).collect();
    if pods.is_empty() {
        println!("skipped: shop/web has no pods on this cluster");
        return;
    }
    let listed = account.items(&["pods", "-A", "--workload", "deploy/web"]);
    let ours: std::collections::BTreeSet<_> = pods.iter().map(|link| link["uid"].as_str().unwrap()).collect();
    let theirs: std::collections::BTreeSet<_> =
        listed.iter().map(|pod| pod.pointer("/metadata/uid").unwrap().as_str().unwrap()).collect();
    assert_eq!(ours, theirs);
    let (nodes, instances) = (links(here, "node"), links(here, "instance"));
    assert!(!nodes.is_empty() && nodes.len() == instances.len(), "{here:#}");
    for node in nodes {
        let node = account.items(&["nodes", node["to"].as_str().unwrap()]).remove(0);
        let id = &node["instanceId"];
        assert!(instances.iter().any(|instance| instance["to"] == *id), "{id} is not among {instances:?}");
        let volumes = node.pointer("/machine/value/volumes/value").unwrap();
        assert_eq!(volumes.as_array().unwrap().len(), 2, "{node:#}");
    }
}

#[test]
fn the_audit_log_in_cloudwatch_is_read_as_a_file_of_it_is() {
    let Some(account) = Account::live() else { return };
    let now = jiff::Timestamp::now();
    let event = |number: u8, at: jiff::Timestamp| {
        json!({
            "kind": "Event", "apiVersion": "audit.k8s.io/v1", "stage": "ResponseComplete", "verb": "create",
            "auditID": format!("live-{number}"), "user": {"username": format!("eve-{number}")}, "sourceIPs": ["203.0.113.9"],
            "requestURI": "/api/v1/namespaces/shop/pods/web-1/exec?command=sh", "responseStatus": {"code": 101},
            "objectRef": {"resource": "pods", "subresource": "exec", "namespace": "shop", "name": "web-1"},
            "requestReceivedTimestamp": at.to_string(), "stageTimestamp": at.to_string(),
        })
    };
    // More than one page holds (10,000 events).
    let noise = json!({"kind": "Event", "apiVersion": "audit.k8s.io/v1", "stage": "ResponseComplete", "verb": "get",
        "auditID": "n", "user": {"username": "system:node:x"}, "sourceIPs": ["10.0.0.1"], "responseStatus": {"code": 200},
        "objectRef": {"resource": "nodes", "name": "x"}});
    let put = |stream: &str, events: &[(Value, jiff::Timestamp)]| {
        let group = "/aws/eks/shop-prod/cluster";
        account.command("aws", &["logs", "create-log-stream", "--log-group-name", group, "--log-stream-name", stream]);
        for some in events.chunks(1_000) {
            let lines: Vec<_> = some
                .iter()
                .map(|(event, at)| json!({"timestamp": at.as_millisecond(), "message": event.to_string()}))
                .collect();
            let file = account.home.path().join("events.json");
            std::fs::write(&file, json!(lines).to_string()).unwrap();
            let events = format!("file://{}", file.display());
            let arguments = [
                "logs",
                "put-log-events",
                "--log-group-name",
                group,
                "--log-stream-name",
                stream,
                "--log-events",
                &events,
            ];
            let output = account.command("aws", &arguments);
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
    };
    if !account.command("aws", &["--version"]).status.success() {
        println!("skipped: there is no aws command line to write a log with");
        return;
    }
    let ago = |minutes| now.checked_sub(jiff::SignedDuration::from_mins(minutes)).unwrap();
    let mut events = vec![(event(1, ago(150)), ago(150)), (event(2, ago(30)), ago(30))];
    events.extend((0..10_500).map(|_| (noise.clone(), ago(20))));
    events.push((event(3, ago(10)), ago(10)));
    put("kube-apiserver-audit-live", &events);
    put("authenticator-live", &[(event(4, ago(5)), ago(5))]);
    let users = |arguments: &[&str]| {
        let found = account.items(&[&["findings", "--audit-log", "shop-prod"], arguments].concat());
        assert!(
            found.iter().all(|finding| finding["source"] == "audit" && finding["clusterIs"] == "here"),
            "{found:?}"
        );
        let mut users: Vec<_> =
            found.iter().map(|one| one.pointer("/user/name").unwrap().as_str().unwrap().to_owned()).collect();
        users.sort();
        users.retain(|user| user.starts_with("eve"));
        users
    };
    assert_eq!(users(&["--since", "3h"]), ["eve-1", "eve-2", "eve-3"]);
    assert_eq!(users(&[]), ["eve-2", "eve-3"], "an hour, where nobody says since when");
}

#[test]
fn our_rules_see_what_the_finding_is_about() {
    let Some(account) = Account::live() else { return };
    let found = account.items(&["findings", "--rules"]);
    let rules: Vec<_> = found.iter().filter(|finding| finding["source"] == "rules").collect();
    let alerts = found.iter().take_while(|finding| finding["source"] != "rules").count();
    assert_eq!(alerts + rules.len(), found.len(), "alerts stand first");
    let Some(web) =
        rules.iter().find(|one| one["type"] == "privileged" && one["resource"] == "shop-prod: deployments/shop/web")
    else {
        println!("skipped: there is no privileged shop/web on this cluster");
        return;
    };
    assert!(links(web, "pod").iter().all(|link| link["sure"] == "certain"), "{web:#}");
    assert_eq!(links(web, "pod").len(), web["seenOn"].as_array().unwrap().len());
    assert!(!links(web, "node").is_empty() && !links(web, "instance").is_empty());
    assert_eq!(web.pointer("/meaning/playbook").unwrap(), "privileged-container");
}
