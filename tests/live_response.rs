//! Acting on a real cluster, through the program as a script would run it: the
//! pods of `shop/web` isolated, their nodes cordoned, their state captured, judged
//! by `kubectl`, `sha256sum` and the API server's audit log. It cleans up after itself.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says where and stops"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const TARGET: &str = "ir.podmortem/case-target";

/// A directory of cases, and what must be put back on the cluster at the end.
struct Bench {
    cases: tempfile::TempDir,
    slug: String,
    uncordon: Vec<String>,
    unlabel: Vec<String>,
}

fn live() -> Option<PathBuf> {
    let path = std::env::var_os("PODMORTEM_LIVE_KUBECONFIG").map(PathBuf::from);
    let nodes = std::env::var("PODMORTEM_LIVE_NODES").is_ok_and(|nodes| nodes != "0");
    if path.is_none() || !nodes {
        println!("skipped: PODMORTEM_LIVE_KUBECONFIG is not set, or its cluster has no nodes");
        return None;
    }
    path
}

fn kubeconfig_of(who: &str) -> PathBuf {
    std::env::var_os(format!("PODMORTEM_LIVE_{who}")).map(PathBuf::from).unwrap()
}

fn kubectl(args: &[&str]) -> String {
    let output = Command::new("kubectl").args(args).env("KUBECONFIG", live().unwrap()).output().unwrap();
    assert!(output.status.success(), "kubectl {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn items(args: &[&str]) -> Vec<Value> {
    let list: Value = serde_json::from_str(&kubectl(args)).unwrap();
    list["items"].as_array().unwrap().clone()
}

fn web() -> Vec<Value> {
    let pods = items(&["get", "pods", "-n", "shop", "-l", "app=web", "-o", "json"]);
    pods.into_iter().filter(|pod| pod["metadata"]["deletionTimestamp"].is_null()).collect()
}

fn text<'a>(object: &'a Value, path: &str) -> &'a str {
    object.pointer(path).and_then(Value::as_str).unwrap_or_default()
}

impl Bench {
    fn new(id: &str) -> Self {
        let cases = tempfile::tempdir().unwrap();
        let mut bench = Self { cases, slug: String::new(), uncordon: vec![], unlabel: vec![] };
        let new = bench.json("PODMORTEM", &["case", "new", "--id", id, "--responder", "a test"]);
        bench.slug = text(&new, "/slug").to_owned();
        bench
    }

    fn case(&self) -> PathBuf {
        self.cases.path().join(&self.slug)
    }

    /// Runs podmortem as one of the cluster's identities.
    fn run(&self, who: &str, args: &[&str]) -> Output {
        self.command(who, args).output().unwrap()
    }

    fn command(&self, who: &str, args: &[&str]) -> Command {
        let kubeconfig = if who == "PODMORTEM" { live().unwrap() } else { kubeconfig_of(who) };
        let home = self.cases.path().join("home");
        let mut command = Command::new(env!("CARGO_BIN_EXE_podmortem"));
        command
            .args(args)
            .env_clear()
            .envs(std::env::vars_os().filter(|(name, _)| name == "PATH"))
            .env("HOME", &home)
            .env("KUBECONFIG", kubeconfig)
            .env("PODMORTEM_CASES", self.cases.path())
            // No account is asked here: what is isolated is measured elsewhere.
            .env("AWS_EC2_METADATA_DISABLED", "true");
        command
    }

    /// The same, ended well and answered with JSON.
    fn json(&self, who: &str, args: &[&str]) -> Value {
        let output = self.run(who, &[args, &["-o", "json"]].concat());
        let said = String::from_utf8_lossy(&output.stderr);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{args:?}: {said}"))
    }

    /// Requests of this case that changed something, from the API server's own log.
    fn audited_writes(&self) -> Option<Vec<String>> {
        let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
        let cluster = above.map(|path| path.join("shared/realcluster/cluster")).find(|path| path.exists())?;
        let log = Command::new(cluster).arg("audit").output().unwrap();
        let agent = format!("case/{}", self.slug);
        let lines = String::from_utf8_lossy(&log.stdout).into_owned();
        let events = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let ours = events.filter(|event| text(event, "/userAgent").contains(&agent));
        let writes = ours.filter(|event| {
            matches!(text(event, "/verb"), "create" | "update" | "patch" | "delete")
                && text(event, "/objectRef/apiGroup") != "authorization.k8s.io"
                && text(event, "/objectRef/apiGroup") != "authentication.k8s.io"
        });
        let stored = writes.filter(|event| !text(event, "/requestURI").contains("dryRun=All"));
        Some(stored.map(|event| text(&event, "/requestURI").to_owned()).collect())
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = self.run("PODMORTEM", &["undo", "--case", &self.slug, "--all", "--yes"]);
        let run = |args: &[&str]| Command::new("kubectl").args(args).env("KUBECONFIG", live().unwrap()).output();
        let _ = run(&["delete", "netpol", "-n", "shop", "-l", &format!("ir.podmortem/case={}", self.slug)]);
        for node in &self.uncordon {
            let _ = run(&["uncordon", node]);
        }
        for pod in &self.unlabel {
            let _ = run(&["label", "pod", "-n", "shop", pod, &format!("{TARGET}-")]);
        }
    }
}

#[test]
fn the_pods_of_web_are_isolated_their_nodes_cordoned_and_their_state_kept() {
    if live().is_none() {
        return;
    }
    let mut bench = Bench::new("LIVE-1 the walk");
    let pods = web();
    assert!(!pods.is_empty());
    let unlabelled = pods.iter().filter(|pod| pod["metadata"]["labels"][TARGET].is_null());
    bench.unlabel = unlabelled.map(|pod| text(pod, "/metadata/name").to_owned()).collect();

    // Isolate, from the plan that was printed, as somebody who may do what containment needs and no more.
    let case = ["--case", "LIVE-1 the walk"];
    let plan = bench.json("RESPONDER", &[&["plan", "isolate-pod", "deploy/web", "-n", "shop"][..], &case].concat());
    assert_eq!(plan["targets"].as_array().unwrap().len(), pods.len());
    assert!(plan["notes"].to_string().contains("front-may-talk"), "{}", plan["notes"]);
    let hash = text(&plan, "/hash");
    let job = bench.json("RESPONDER", &[&["act", "--plan", hash, "--yes"][..], &case].concat());
    assert_eq!(job["exit"], 5, "{job:#}");
    for pod in web() {
        let uid = text(&pod, "/metadata/uid");
        assert_eq!(pod["metadata"]["labels"][TARGET], uid);
        let name = format!("ir-{}-{}", bench.slug, &uid[..8]);
        let policy: Value =
            serde_json::from_str(&kubectl(&["get", "netpol", "-n", "shop", &name, "-o", "json"])).unwrap();
        assert_eq!(policy["spec"]["podSelector"]["matchLabels"][TARGET], uid);
        assert_eq!(policy["spec"]["policyTypes"].as_array().unwrap().len(), 2);
        assert!(policy["spec"]["ingress"].is_null() && policy["spec"]["egress"].is_null());
        // Of the verdict nothing more is claimed than what was read: the policy, by its UID.
        let state = job["targets"].as_array().unwrap().iter().find(|state| state["target"]["uid"] == uid).unwrap();
        assert_eq!(state["verdict"]["verdict"], "not-measured");
        assert!(text(state, "/verdict/why").contains(text(&policy, "/metadata/uid")));
    }
    let stale = bench.run("RESPONDER", &[&["act", "--plan", hash, "--yes"][..], &case].concat());
    assert_eq!(stale.status.code(), Some(4), "{}", String::from_utf8_lossy(&stale.stderr));

    // Cordon the nodes under them.
    let mut nodes: Vec<String> = pods.iter().map(|pod| text(pod, "/spec/nodeName").to_owned()).collect();
    nodes.sort();
    nodes.dedup();
    let closed = |name: &str| {
        let node: Value = serde_json::from_str(&kubectl(&["get", "node", name, "-o", "json"])).unwrap();
        node["spec"]["unschedulable"] == true
    };
    bench.uncordon = nodes.iter().filter(|name| !closed(name)).cloned().collect();
    let mut words = vec!["act", "cordon", "--yes"];
    words.extend(nodes.iter().map(String::as_str));
    let job = bench.json("RESPONDER", &[&words[..], &case].concat());
    assert_eq!(job["exit"], 0, "{job:#}");
    assert!(nodes.iter().all(|name| closed(name)));

    // Capture them, and hold every hash against sha256sum.
    let job =
        bench.json("RESPONDER", &[&["act", "capture-pod", "pods", "-l", "app=web", "-n", "shop"][..], &case].concat());
    assert_eq!(job["exit"], 0, "{job:#}");
    hashes_hold(&bench.case());
    let kept = bench.json("RESPONDER", &["case", "show", case[1]]);
    let labels = kept["evidence"].to_string();
    for pod in &pods {
        let name = text(pod, "/metadata/name");
        for part in
            ["pod", "events", "log/web", "log/sidecar", "replicaset/", "deployment/web", "node/", "serviceaccount/web"]
        {
            assert!(labels.contains(&format!("{name}/{part}")), "{name}/{part} of {labels}");
        }
    }
    let verified = bench.json("RESPONDER", &["verify", case[1]]);
    assert_eq!(verified["holds"], true, "{verified:#}");
    if let Some(writes) = bench.audited_writes() {
        // A policy and a label for each pod, and one policy of somebody else's that is told to leave them out.
        assert_eq!(writes.len(), pods.len() + bench.unlabel.len() + 1 + bench.uncordon.len(), "{writes:#?}");
    }
}

/// Every line of every journal is what the next line and the head say, and every
/// artefact what its name says, by `sha256sum` alone.
fn hashes_hold(case: &Path) {
    let check = "set -e; cd \"$1\"
        for file in journal/*.jsonl; do
            count=$(wc -l <\"$file\")
            for line in $(seq 1 $count); do
                hash=$(head -n $line \"$file\" | tail -n 1 | sha256sum | cut -d' ' -f1)
                if [ $line -lt $count ]; then head -n $((line + 1)) \"$file\" | tail -n 1 | grep -q \"\\\"prev\\\":\\\"$hash\\\"\"
                else grep -q \"$hash\" \"${file%.jsonl}.head\"; fi
            done
        done
        for file in evidence/*; do echo \"$(basename $file)  $file\"; done | sha256sum --check --strict --quiet";
    let output = Command::new("bash").args(["-c", check, "check"]).arg(case).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn read_only_sends_nothing_that_changes_anything() {
    if live().is_none() {
        return;
    }
    let bench = Bench::new("LIVE-2 an observer");
    for action in ["isolate-pod", "capture-pod"] {
        let args = ["--read-only", "act", action, "deploy/web", "-n", "shop", "--case", "LIVE-2 an observer", "--yes"];
        let refused = bench.run("PODMORTEM", &args);
        assert_eq!(refused.status.code(), Some(4));
        assert!(String::from_utf8_lossy(&refused.stderr).contains("read-only"));
    }
    if let Some(writes) = bench.audited_writes() {
        assert_eq!(writes, [] as [String; 0]);
    }
    let journal = bench.run("PODMORTEM", &["case", "follow", "LIVE-2 an observer", "--once"]);
    assert_eq!(String::from_utf8_lossy(&journal.stdout).matches("refused").count(), 2);
}

#[test]
fn what_the_cluster_would_not_allow_is_refused_with_the_rule_that_is_missing() {
    if live().is_none() {
        return;
    }
    let bench = Bench::new("LIVE-3 an observer's rights");
    let pod = web()[0].clone();
    let name = format!("pod/{}", text(&pod, "/metadata/name"));
    let args = ["act", "isolate-pod", &name, "-n", "shop", "--case", "LIVE-3 an observer's rights", "--yes"];
    let refused = bench.run("OBSERVER", &args);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(4), "{said}");
    assert!(said.contains("resources: [networkpolicies], verbs: [create]"), "{said}");
    if let Some(writes) = bench.audited_writes() {
        assert_eq!(writes, [] as [String; 0]);
    }
}

/// Everything that `act` did is put back by `undo`, as `kubectl` sees it; what a later
/// case rests on is refused; what was deleted meanwhile is seen by `follow --watch`.
#[test]
fn what_was_done_drifts_and_is_put_back_as_kubectl_sees_it() {
    if live().is_none() {
        return;
    }
    let place = Scratch::new("podmortem-undo");
    let first = Bench::new("LIVE-4 undo");
    let pod = place.pod();
    let isolate = |id: &str| {
        let args = ["act", "isolate-pod", &pod, "-n", place.0, "--case", id, "--yes"];
        text(&first.json("RESPONDER", &args), "/id").to_owned()
    };
    let job = isolate("LIVE-4 undo");
    first.json("PODMORTEM", &["case", "new", "--id", "LIVE-5 later", "--responder", "a test"]);
    let later = isolate("LIVE-5 later");

    // The later case rests on the label.
    let refused = first.json("RESPONDER", &["undo", "--case", "LIVE-4 undo", &job, "--yes"]);
    assert_eq!(refused["exit"], 4, "{refused:#}");
    assert!(refused.to_string().contains("LIVE-5 later"), "{refused:#}");
    let undone = first.json("RESPONDER", &["undo", "--case", "LIVE-5 later", &later, "--yes"]);
    assert_eq!(undone["exit"], 0, "{undone:#}");

    // Somebody deletes the policy: the watch sees it and records it.
    kubectl(&["delete", "netpol", "-n", place.0, "-l", &format!("ir.podmortem/case={}", first.slug)]);
    let mut watch = first
        .command("RESPONDER", &["case", "follow", "LIVE-4 undo", "--watch"])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let seen = (0..100).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        let journal = first.run("RESPONDER", &["case", "follow", "LIVE-4 undo", "--once"]);
        String::from_utf8_lossy(&journal.stdout).contains("DRIFTED")
    });
    watch.kill().unwrap();
    watch.wait().unwrap();
    assert!(seen, "the deleted policy was not seen");

    // What is left is put back, and nothing of ours is there any more.
    let undone = first.json("RESPONDER", &["undo", "--case", "LIVE-4 undo", "--all", "--yes"]);
    assert_eq!(undone["exit"], 0, "{undone:#}");
    let labels = kubectl(&["get", &pod, "-n", place.0, "-o", "jsonpath={.metadata.labels}"]);
    assert!(!labels.contains(TARGET), "{labels}");
    assert!(items(&["get", "netpol", "-n", place.0, "-o", "json"]).is_empty());
    let again = first.run("RESPONDER", &["undo", "--case", "LIVE-4 undo", "--all", "--yes"]);
    assert!(String::from_utf8_lossy(&again.stdout).contains("nothing stands"));
    assert_eq!(first.json("RESPONDER", &["verify", "LIVE-4 undo"])["holds"], true);
}

/// A namespace of this test's own, with one pod that never runs.
struct Scratch(&'static str);

impl Scratch {
    fn new(name: &'static str) -> Self {
        let _ = Command::new("kubectl").args(["create", "namespace", name]).env("KUBECONFIG", live().unwrap()).output();
        let here = Self(name);
        let spec = r#"{"apiVersion":"v1","spec":{"nodeSelector":{"nobody":"has-this"}}}"#;
        kubectl(&["run", "probe", "-n", name, "--image=local/tools:2", "--overrides", spec]);
        here
    }

    fn pod(&self) -> String {
        "pod/probe".to_owned()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let args = ["delete", "namespace", self.0, "--wait=false"];
        let _ = Command::new("kubectl").args(args).env("KUBECONFIG", live().unwrap()).output();
    }
}
