//! A case, the program as a responder runs it, and the ground truth.

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
pub struct Bench {
    cases: tempfile::TempDir,
    pub id: &'static str,
    _only: MutexGuard<'static, ()>,
}

/// The script that runs the cluster, where there is one with nodes and their agents.
pub fn cluster() -> Option<PathBuf> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let script = above.map(|path| path.join("shared/realcluster/cluster")).find(|path| path.exists());
    let there = ["PODMORTEM_LIVE_KUBECONFIG", "PODMORTEM_LIVE_RESPONDER", "PODMORTEM_LIVE_SSM"];
    if script.is_none() || there.iter().any(|name| std::env::var_os(name).is_none()) {
        println!("skipped: no cluster with nodes and Systems Manager (PODMORTEM_LIVE_SSM) is here");
        return None;
    }
    script
}

/// What a command prints, which must end well.
pub fn output(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Runs a command of the cluster's script.
pub fn on_cluster(words: &[&str]) -> String {
    output(Command::new(cluster().unwrap()).args(words))
}

/// Runs kubectl as the administrator.
pub fn kubectl(words: &[&str]) -> String {
    output(
        Command::new("kubectl").args(words).env("KUBECONFIG", std::env::var_os("PODMORTEM_LIVE_KUBECONFIG").unwrap()),
    )
}

pub fn object(words: &[&str]) -> Value {
    serde_json::from_str(&kubectl(&[words, &["-o", "json"]].concat())).unwrap()
}

pub fn pods(app: &str) -> Vec<Value> {
    let list = object(&["get", "pods", "-n", "shop", "-l", &format!("app={app}")]);
    list["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|pod| pod["metadata"]["deletionTimestamp"].is_null())
        .cloned()
        .collect()
}

pub fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    value.pointer(path).and_then(Value::as_str).unwrap_or_default()
}

pub fn addresses(pods: &[Value]) -> BTreeSet<String> {
    pods.iter().map(|pod| text(pod, "/status/podIP").to_owned()).collect()
}

/// Applies an object as the administrator.
pub fn apply(object: &Value) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), object.to_string()).unwrap();
    kubectl(&["apply", "-f", file.path().to_str().unwrap()]);
}

/// Whom `drop` has heard in the last seconds.
pub fn heard() -> BTreeSet<String> {
    heard_for(3)
}

fn heard_for(seconds: u64) -> BTreeSet<String> {
    sleep(Duration::from_secs(seconds + 1));
    let log = kubectl(&["logs", "-n", "outside", "deploy/drop", &format!("--since={seconds}s")]);
    log.lines()
        .filter(|line| line.contains("beacon"))
        .filter_map(|line| Some(line.split(' ').next()?.to_owned()))
        .collect()
}

/// Waits until `drop` hears all of them again: connections that were cut come back slowly.
pub fn heard_again(all: &BTreeSet<String>) {
    for _ in 0..40 {
        if heard_for(1).is_superset(all) {
            return;
        }
    }
    panic!("drop does not hear {all:?} again");
}

impl Bench {
    pub fn new(id: &'static str, enforce: &str) -> Self {
        let only = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        let bench = Self { cases: tempfile::tempdir().unwrap(), id, _only: only };
        on_cluster(&["enforce", enforce]);
        sleep(Duration::from_secs(2));
        // A connection that an earlier test has cut comes back slowly, and says nothing until then.
        heard_again(&addresses(&pods("web")));
        assert!(bench.run(&["case", "new", "--id", id, "--responder", "a test"]).status.success());
        bench
    }

    /// Runs podmortem as somebody who may do what containment needs and no more.
    pub fn run(&self, words: &[&str]) -> Output {
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

    pub fn json(&self, words: &[&str]) -> Value {
        let output = self.run(&[words, &["--case", self.id, "-o", "json"]].concat());
        let said = String::from_utf8_lossy(&output.stderr);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{words:?}: {said}"))
    }

    /// The verdicts of an action on its targets: their tags, and what they rest on.
    pub fn act(&self, words: &[&str]) -> Vec<(String, String)> {
        let job = self.json(&[&["act"][..], words, &["--yes"]].concat());
        let verdict = |state: &Value| {
            let verdict = &state["verdict"];
            assert!(verdict.is_object(), "{state:#}");
            (text(verdict, "/verdict").to_owned(), format!("{}{}", text(verdict, "/rests_on"), text(verdict, "/why")))
        };
        job["targets"].as_array().unwrap().iter().map(verdict).collect()
    }

    /// Puts everything back, and waits until whatever was cut speaks again: what says
    /// nothing cannot be seen to be cut by the next measurement.
    pub fn release(&self) {
        let output = self.run(&["undo", "--case", self.id, "--all", "--yes"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        heard_again(&addresses(&pods("web")));
    }

    /// All that commands have printed, as the case keeps it.
    pub fn kept(&self) -> String {
        let folders = std::fs::read_dir(self.cases.path()).unwrap().map(|entry| entry.unwrap().path().join("evidence"));
        let files = folders.filter(|folder| folder.exists()).flat_map(|folder| std::fs::read_dir(folder).unwrap());
        let files = files.map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
        files.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect::<Vec<_>>().join("\n")
    }

    /// How many commands the nodes' agents were ever given.
    pub fn commands(&self) -> usize {
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

/// The selector of the demo's own policy, which allows everything.
pub fn selector() -> Value {
    object(&["get", "netpol", "-n", "shop", "front-may-talk"])["spec"]["podSelector"].clone()
}

/// The tables of nft on both nodes.
pub fn tables() -> String {
    ["1", "2"].map(|node| on_cluster(&["node", node, "nft", "list", "tables"])).concat()
}
