//! The twin judged by `kubectl`; skipped where there is none.
#![cfg(feature = "gameday")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says so by ending"
)]

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use podmortem::gameday::{GameDay, Scenario};
use tokio::process::Command;

struct Kubectl<'a>(&'a GameDay);

impl Kubectl<'_> {
    async fn run(&self, words: &str) -> (bool, String) {
        let words: Vec<&str> = words.split_whitespace().collect();
        let output = Command::new("kubectl")
            .env("KUBECONFIG", self.0.kubeconfig_path())
            .args(&words)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let output = tokio::time::timeout(Duration::from_secs(60), output).await.expect("kubectl ends").unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&text).into_owned())
    }

    async fn says(&self, words: &str) -> String {
        let (done, text) = self.run(words).await;
        assert!(done, "kubectl {words}: {text}");
        text
    }
}

async fn there_is_a_kubectl() -> bool {
    let found = Command::new("kubectl").args(["version", "--client"]).output().await;
    let found = found.is_ok_and(|output| output.status.success());
    if !found {
        println!("skipped: there is no kubectl on the PATH");
    }
    found
}

fn heading(text: &str) -> Vec<&str> {
    text.lines().next().unwrap_or_default().split("  ").map(str::trim).filter(|word| !word.is_empty()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn kubectl_reads_it_as_a_cluster() {
    if !there_is_a_kubectl().await {
        return;
    }
    let day = GameDay::start(Scenario::still(), 1).await.unwrap();
    let kubectl = Kubectl(&day);
    let pods = kubectl.says("get pods -l app=web -o wide").await;
    let columns = ["NAME", "READY", "STATUS", "RESTARTS", "AGE", "IP", "NODE", "NOMINATED NODE", "READINESS GATES"];
    assert_eq!(heading(&pods), columns);
    assert_eq!(pods.matches("2/2").count(), 3, "{pods}");
    let name = pods.lines().nth(1).and_then(|line| line.split_whitespace().next()).unwrap().to_owned();
    let node = kubectl.says(&format!("get pod {name} -o jsonpath={{.spec.nodeName}}")).await;
    let described = kubectl.says(&format!("describe pod {name}")).await;
    for part in ["Service Account:  web", "HostPath (bare host directory volume)", "Controlled By:  ReplicaSet/web-"] {
        assert!(described.contains(part), "{part} is not in {described}");
    }
    assert!(kubectl.says(&format!("describe node {node}")).await.contains(&name));
    let on_node = kubectl.says(&format!("get pods -A -o name --field-selector spec.nodeName={node}")).await;
    assert!(on_node.contains(&name) && on_node.contains("aws-node"));
    assert!(kubectl.says("api-resources").await.contains("networkpolicies"));
    assert_eq!(kubectl.says("auth can-i delete pods").await.trim(), "yes");
    assert!(kubectl.says(&format!("logs {name} -c web")).await.contains("/tmp/.x.php"));
    assert_eq!(kubectl.says(&format!("logs {name} -c web --tail=3 --timestamps")).await.lines().count(), 3);
    let (done, text) = kubectl.run(&format!("logs {name} -c web --previous")).await;
    assert!(!done && text.contains("previous terminated container \"web\""), "{text}");
    let images = kubectl.says("get deploy web -o custom-columns=I:.spec.template.spec.containers[*].name").await;
    assert!(images.contains("web,sidecar"), "{images}");
    assert!(kubectl.says("wait --for=condition=Available deploy/web --timeout=5s").await.contains("condition met"));
    let (done, text) = kubectl.run("get pod nobody").await;
    assert!(!done && text.contains("Error from server (NotFound): pods \"nobody\" not found"), "{text}");
    for kind in ["all", "nodes", "sa,cm,secret,netpol,pdb,endpointslices", "events", "clusterroles", "leases"] {
        kubectl.says(&format!("get {kind} -A")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kubectl_changes_it_as_a_cluster() {
    if !there_is_a_kubectl().await {
        return;
    }
    let pace = Some(Duration::from_millis(100));
    let day = GameDay::start(Scenario { pace, intruder: false, ..Scenario::default() }, 1).await.unwrap();
    let kubectl = Kubectl(&day);
    let pod = kubectl.says("get pods -l app=web -o jsonpath={.items[0].metadata.name}").await;
    let node = kubectl.says(&format!("get pod {pod} -o jsonpath={{.spec.nodeName}}")).await;
    kubectl.says(&format!("cordon {node}")).await;
    assert!(kubectl.says(&format!("get node {node}")).await.contains("Ready,SchedulingDisabled"));
    let taint = kubectl.says(&format!("get node {node} -o jsonpath={{.spec.taints[*].key}}")).await;
    assert!(taint.contains("node.kubernetes.io/unschedulable"), "{taint}");
    kubectl.says(&format!("label pod {pod} app=isolated --overwrite")).await;
    kubectl.says("scale deploy api --replicas=4").await;
    kubectl.says("rollout status deploy/api --timeout=50s").await;
    kubectl.says("wait --for=jsonpath={.status.readyReplicas}=3 deploy/web --timeout=50s").await;
    assert_eq!(kubectl.says("get pods -o name -l app=api").await.lines().count(), 4);
    kubectl.says(&format!("delete pod {pod}")).await;
    let (done, _) = kubectl.run(&format!("get pod {pod}")).await;
    assert!(!done);
    kubectl.says("create ns elsewhere").await;
    kubectl.says("delete ns elsewhere --timeout=50s").await;
}

/// What the record says to a command: its words, and its exit status in the last line.
struct Recorded {
    command: &'static str,
    answer: &'static str,
}

fn recorded() -> Vec<Recorded> {
    let record = include_str!("data/kubectl/answers.txt");
    let entries = record.strip_prefix("$ ").unwrap().split("\n$ ");
    entries.map(|entry| entry.split_once('\n').unwrap()).map(|(command, answer)| Recorded { command, answer }).collect()
}

/// An explanation without its prose: the embedded cluster knows the names and types of fields, and no sentences.
fn undescribed(explanation: &str) -> String {
    let prose = |line: &&str| line.is_empty() || line.starts_with("    ");
    explanation.lines().filter(|line| !prose(line)).collect::<Vec<_>>().join("\n")
}

/// Everything in the record that a cluster answers otherwise.
async fn differences(kubeconfig: &Path) -> Vec<String> {
    let namespace = format!("record-{}", std::process::id());
    let kubectl = async |words: &[&str]| {
        // A shell makes one stream of both, in the order in which they are written.
        let output = Command::new("sh")
            .args(["-c", "exec kubectl \"$@\" 2>&1", "kubectl"])
            .args(words)
            .env("KUBECONFIG", kubeconfig)
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/kubectl"))
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let output = tokio::time::timeout(Duration::from_secs(90), output).await.expect("kubectl ends").unwrap();
        let mut said = String::from_utf8_lossy(&output.stdout).replace(&namespace, "NS");
        said.push_str(&format!("= {}", output.status.code().unwrap_or(-1)));
        said
    };
    kubectl(&["create", "namespace", &namespace]).await;
    let mut found = Vec::new();
    for Recorded { command, answer } in recorded() {
        let words = command.replace("NS", &namespace);
        let words: Vec<&str> = ["-n", &namespace].into_iter().chain(words.split_whitespace()).collect();
        let said = kubectl(&words).await;
        let said = if command.starts_with("explain ") { undescribed(&said) } else { said };
        if said.trim_end() != answer.trim_end() {
            found.push(format!("kubectl {command}\nanswers\n{said}\nand not\n{answer}"));
        }
    }
    kubectl(&["delete", "namespace", &namespace, "--wait=false"]).await;
    found
}

async fn kubectl_is_that_of_the_record() -> bool {
    let output = Command::new("kubectl").args(["version", "--client", "-o", "json"]).output().await;
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let version: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let version = version.pointer("/clientVersion/gitVersion").and_then(serde_json::Value::as_str).unwrap_or_default();
    let is = version.starts_with("v1.36.");
    if !is {
        println!("skipped: the answers are those of kubectl 1.36, and the one on the PATH is another or none");
    }
    is
}

#[tokio::test(flavor = "multi_thread")]
async fn it_answers_kubectl_word_for_word() {
    if !kubectl_is_that_of_the_record().await {
        return;
    }
    let scenario = Scenario { pace: Some(Duration::from_millis(100)), intruder: false, ..Scenario::default() };
    let day = GameDay::start(scenario, 1).await.unwrap();
    let differences = differences(day.kubeconfig_path()).await;
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_cluster_still_answers_as_recorded() {
    let Some(kubeconfig) = std::env::var_os("PODMORTEM_LIVE_KUBECONFIG") else {
        println!("skipped: PODMORTEM_LIVE_KUBECONFIG names no real cluster");
        return;
    };
    if kubectl_is_that_of_the_record().await {
        let differences = differences(&PathBuf::from(kubeconfig)).await;
        assert!(differences.is_empty(), "{}", differences.join("\n\n"));
    }
}
