//! Isolation on a real cluster, held against the ground truth: what `drop`, to which
//! the compromised pods report, still hears. Needs nodes, their Systems Manager, and the
//! enforcement of policies switched; it leaves everything as it was.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says where and stops"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;

/// The cluster has one state: one test at a time changes it.
static ONE: Mutex<()> = Mutex::new(());

/// A case, and the cluster in a mode of enforcement.
struct Bench {
    cases: tempfile::TempDir,
    id: &'static str,
    _only: MutexGuard<'static, ()>,
}

/// The script that runs the cluster, where there is one with nodes and their agents.
fn cluster() -> Option<PathBuf> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let script = above.map(|path| path.join("shared/realcluster/cluster")).find(|path| path.exists());
    let there = ["PODMORTEM_LIVE_KUBECONFIG", "PODMORTEM_LIVE_RESPONDER", "PODMORTEM_LIVE_SSM"];
    if script.is_none() || there.iter().any(|name| std::env::var_os(name).is_none()) {
        println!("skipped: no cluster with nodes and Systems Manager (PODMORTEM_LIVE_SSM) is here");
        return None;
    }
    script
}

fn output(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn on_cluster(words: &[&str]) -> String {
    output(Command::new(cluster().unwrap()).args(words))
}

fn kubectl(words: &[&str]) -> String {
    output(
        Command::new("kubectl").args(words).env("KUBECONFIG", std::env::var_os("PODMORTEM_LIVE_KUBECONFIG").unwrap()),
    )
}

fn object(words: &[&str]) -> Value {
    serde_json::from_str(&kubectl(&[words, &["-o", "json"]].concat())).unwrap()
}

fn pods(app: &str) -> Vec<Value> {
    let list = object(&["get", "pods", "-n", "shop", "-l", &format!("app={app}")]);
    list["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|pod| pod["metadata"]["deletionTimestamp"].is_null())
        .cloned()
        .collect()
}

fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    value.pointer(path).and_then(Value::as_str).unwrap_or_default()
}

fn addresses(pods: &[Value]) -> BTreeSet<String> {
    pods.iter().map(|pod| text(pod, "/status/podIP").to_owned()).collect()
}

/// Whom `drop` has heard in the last seconds.
fn heard() -> BTreeSet<String> {
    sleep(Duration::from_secs(4));
    let log = kubectl(&["logs", "-n", "outside", "deploy/drop", "--since=3s"]);
    log.lines()
        .filter(|line| line.contains("beacon"))
        .filter_map(|line| Some(line.split(' ').next()?.to_owned()))
        .collect()
}

/// Waits until `drop` hears all of them again: connections that were cut come back slowly.
fn heard_again(all: &BTreeSet<String>) {
    for _ in 0..20 {
        if heard().is_superset(all) {
            return;
        }
    }
    panic!("drop does not hear {all:?} again");
}

impl Bench {
    fn new(id: &'static str, enforce: &str) -> Self {
        let only = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        let bench = Self { cases: tempfile::tempdir().unwrap(), id, _only: only };
        on_cluster(&["enforce", enforce]);
        sleep(Duration::from_secs(2));
        assert!(bench.run(&["case", "new", "--id", id, "--responder", "a test"]).status.success());
        bench
    }

    /// Runs podmortem as somebody who may do what containment needs and no more.
    fn run(&self, words: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_podmortem"));
        command.args(words).env_clear().envs(std::env::vars_os().filter(|(name, _)| name == "PATH"));
        command
            .env("HOME", self.cases.path().join("home"))
            .env("KUBECONFIG", std::env::var_os("PODMORTEM_LIVE_RESPONDER").unwrap())
            .env("PODMORTEM_CASES", self.cases.path())
            .env("AWS_ENDPOINT_URL_SSM", std::env::var_os("PODMORTEM_LIVE_SSM").unwrap())
            .env("AWS_ACCESS_KEY_ID", "AKIAREALCLUSTERRESPO")
            .env("AWS_SECRET_ACCESS_KEY", "responder-secret")
            .env("AWS_REGION", "us-east-1")
            .output()
            .unwrap()
    }

    fn json(&self, words: &[&str]) -> Value {
        let output = self.run(&[words, &["--case", self.id, "-o", "json"]].concat());
        let said = String::from_utf8_lossy(&output.stderr);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{words:?}: {said}"))
    }

    /// The verdicts of an action on its targets: their tags, and what they rest on.
    fn act(&self, words: &[&str]) -> Vec<(String, String)> {
        let job = self.json(&[&["act"][..], words, &["--yes"]].concat());
        let verdict = |state: &Value| {
            let verdict = &state["verdict"];
            assert!(verdict.is_object(), "{state:#}");
            (text(verdict, "/verdict").to_owned(), format!("{}{}", text(verdict, "/rests_on"), text(verdict, "/why")))
        };
        job["targets"].as_array().unwrap().iter().map(verdict).collect()
    }

    fn release(&self) {
        let output = self.run(&["undo", "--case", self.id, "--all", "--yes"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// How many commands the nodes' agents were ever given.
    fn commands(&self) -> usize {
        let endpoint = std::env::var("PODMORTEM_LIVE_SSM").unwrap();
        let list = output(
            Command::new("aws")
                .args(["ssm", "list-command-invocations", "--endpoint-url", &endpoint, "--output", "json"])
                .env("AWS_ACCESS_KEY_ID", "AKIAREALCLUSTERRESPO")
                .env("AWS_SECRET_ACCESS_KEY", "responder-secret")
                .env("AWS_DEFAULT_REGION", "us-east-1"),
        );
        serde_json::from_str::<Value>(&list).unwrap()["CommandInvocations"].as_array().unwrap().len()
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = self.run(&["undo", "--case", self.id, "--all", "--yes"]);
        let _ = Command::new(cluster().unwrap()).args(["enforce", "off"]).output();
    }
}

fn selector() -> Value {
    object(&["get", "netpol", "-n", "shop", "front-may-talk"])["spec"]["podSelector"].clone()
}

fn tables() -> String {
    ["1", "2"].map(|node| on_cluster(&["node", node, "nft", "list", "tables"])).concat()
}

#[test]
fn where_nothing_enforces_policies_the_verdict_is_not_enforced() {
    if cluster().is_none() {
        return;
    }
    let bench = Bench::new("LIVE-N1 off", "off");
    let (before, commands) = (selector(), bench.commands());
    let plan = bench.json(&["plan", "isolate-pod", "deploy/web", "-n", "shop"]);
    assert!(plan["notes"].to_string().contains("front-may-talk"), "{}", plan["notes"]);
    assert!(plan["notes"].to_string().contains("OUTAGE"), "{}", plan["notes"]);
    assert!(plan.to_string().contains("/dev/tcp/"), "the script is shown");
    assert_eq!((bench.commands(), selector()), (commands, before.clone()), "a plan sends nothing");

    for (verdict, why) in bench.act(&["isolate-pod", "deploy/web", "-n", "shop"]) {
        assert_eq!(verdict, "not-enforced", "{why}");
    }
    assert_eq!(bench.commands() - commands, 4, "one command a node before, one after");
    assert!(heard().is_superset(&addresses(&pods("web"))));
    bench.release();
    assert_eq!(selector(), before);
    let policies = kubectl(&["get", "netpol", "-n", "shop", "-o", "name"]);
    assert!(!policies.contains("networkpolicy.networking.k8s.io/ir-live-n1"), "{policies}");
}

#[test]
fn where_open_connections_are_kept_they_are_named_and_the_hard_cut_ends_them() {
    if cluster().is_none() {
        return;
    }
    let bench = Bench::new("LIVE-N2 keep", "keep");
    let web = addresses(&pods("web"));
    for (verdict, why) in bench.act(&["isolate-pod", "deploy/web", "-n", "shop"]) {
        assert_eq!(verdict, "still-leaking", "{why}");
        assert!(why.contains("198.18.44.44:4444 (kworkerd, process "), "{why}");
    }
    assert!(heard().is_superset(&web), "the ground truth is that they go on");

    for (verdict, why) in bench.act(&["hard-cut", "deploy/web", "-n", "shop"]) {
        assert_eq!(verdict, "proven-for-pod", "{why}");
    }
    assert_eq!(heard().intersection(&web).count(), 0);
    assert!(tables().contains("podmortem_cut_"));
    let ready = pods("web").iter().all(|pod| pod["status"]["containerStatuses"][0]["ready"] == true);
    assert!(ready, "their nodes still reach them");

    bench.release();
    assert!(!tables().contains("podmortem"), "{}", tables());
    assert!(pods("web").iter().all(|pod| !pod["metadata"].to_string().contains("ir.podmortem")));
    heard_again(&web);
    let verified = bench.run(&["verify", bench.id, "-o", "json"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}

#[test]
fn where_policies_cut_one_pod_is_proven_silent_and_the_others_are_heard() {
    if cluster().is_none() {
        return;
    }
    let bench = Bench::new("LIVE-N3 cut", "cut");
    let web = pods("web");
    let (one, others) = web.split_first().unwrap();
    let pod = format!("pod/{}", text(one, "/metadata/name"));
    let job = bench.json(&["act", "isolate-pod", &pod, "-n", "shop", "--yes"]);
    assert_eq!(job["exit"], 0, "{job:#}");
    assert_eq!(text(&job, "/targets/0/verdict/verdict"), "proven-for-pod", "{job:#}");
    let heard_now = heard();
    assert!(!heard_now.contains(text(one, "/status/podIP")), "{heard_now:?}");
    assert!(heard_now.is_superset(&addresses(others)), "{heard_now:?}");
    let kept = bench.json(&["case", "show", bench.id])["evidence"].to_string();
    assert!(kept.contains("podmortem isolate-pod before") && kept.contains("podmortem isolate-pod after"), "{kept}");
    bench.release();
    heard_again(&addresses(&web));
}

#[test]
fn what_says_nothing_and_what_never_answers_is_never_proven() {
    if cluster().is_none() {
        return;
    }
    let bench = Bench::new("LIVE-N4 quiet", "keep");
    let quiet = bench.act(&["isolate-pod", "deploy/quiet", "-n", "shop"]);
    assert!(quiet.iter().all(|(verdict, _)| !verdict.starts_with("proven")), "{quiet:?}");
    bench.release();

    on_cluster(&["enforce", "cut"]);
    sleep(Duration::from_secs(2));
    let nobody = ["isolate-pod", "deploy/api", "-n", "shop", "--set", "canary=203.0.113.1:9"];
    let silent = bench.act(&nobody);
    assert!(
        silent.iter().all(|(verdict, why)| verdict == "not-measured" && why.contains("proves nothing")),
        "{silent:?}"
    );
    bench.release();
}

#[test]
fn a_node_whose_agent_is_lost_is_not_measured() {
    if cluster().is_none() {
        return;
    }
    struct CutOff;
    impl Drop for CutOff {
        fn drop(&mut self) {
            on_cluster(&["reconnect", "2"]);
        }
    }
    let bench = Bench::new("LIVE-N5 lost", "cut");
    let web = pods("web");
    let there = web.iter().find(|pod| text(pod, "/spec/nodeName").contains("-12.")).unwrap();
    let pod = format!("pod/{}", text(there, "/metadata/name"));
    {
        let _away = CutOff;
        on_cluster(&["cut-off", "2"]);
        sleep(Duration::from_secs(1));
        let lost = bench.act(&["isolate-pod", &pod, "-n", "shop"]);
        assert_eq!(lost[0].0, "not-measured", "{lost:?}");
        assert!(lost[0].1.contains("does not report"), "{lost:?}");
    }
    bench.release();
    kubectl(&["wait", "--for=condition=Ready", "nodes", "--all", "--timeout=60s"]);
}
