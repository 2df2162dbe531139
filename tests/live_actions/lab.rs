//! A namespace, a case, and the program.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// A namespace and a case of one test. Both go when the test ends, whatever happened.
pub struct Lab {
    pub namespace: String,
    case: String,
    cases: tempfile::TempDir,
}

/// The administrator's kubeconfig of a real cluster with nodes, if there is one.
fn live() -> Option<PathBuf> {
    let path = std::env::var_os("PODMORTEM_LIVE_KUBECONFIG").map(PathBuf::from);
    let nodes = std::env::var("PODMORTEM_LIVE_NODES").is_ok_and(|nodes| nodes != "0");
    if path.is_none() || !nodes {
        println!("skipped: PODMORTEM_LIVE_KUBECONFIG is not set, or its cluster has no nodes");
        return None;
    }
    path
}

/// Runs kubectl as the administrator.
pub fn kubectl(args: &[&str]) -> Output {
    Command::new("kubectl").args(args).env("KUBECONFIG", live().unwrap()).output().unwrap()
}

/// An object as kubectl sees it.
pub fn object(args: &[&str]) -> Value {
    let output = kubectl(&[&["get", "-o", "json"], args].concat());
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

impl Lab {
    /// A namespace with a deployment of two pods that tolerate every taint, a service
    /// before them and an account of their own; `None` without a real cluster.
    pub fn new(name: &str) -> Option<Self> {
        live()?;
        let namespace = format!("lab-{name}-{}", std::process::id());
        let case = format!("LIVE {name}");
        let lab = Self { namespace, case, cases: tempfile::tempdir().unwrap() };
        lab.apply(&json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": lab.namespace}}));
        lab.apply(&json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": lab.meta("web")}));
        lab.apply(&json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": lab.meta("web"),
            "spec": {
                "replicas": 2, "selector": {"matchLabels": {"app": "web"}},
                "template": {
                    "metadata": {"labels": {"app": "web", "traffic": "yes"}},
                    "spec": {
                        "serviceAccountName": "web", "terminationGracePeriodSeconds": 1,
                        "tolerations": [{"operator": "Exists"}],
                        "containers": [{"name": "web", "image": "local/tools:2", "imagePullPolicy": "Never",
                            "args": ["httpd -f -p 8080 -h /var/www"]}],
                    },
                },
            },
        }));
        lab.apply(&json!({
            "apiVersion": "v1", "kind": "Service", "metadata": lab.meta("web"),
            "spec": {"selector": {"app": "web", "traffic": "yes"}, "ports": [{"port": 80, "targetPort": 8080}]},
        }));
        let ready =
            || lab.pods().iter().filter(|pod| pod["status"]["containerStatuses"][0]["ready"] == true).count() == 2;
        eventually("two pods are ready", ready);
        let new = lab.podmortem(&["case", "new", "--id", &lab.case, "--responder", "a test"]);
        assert!(new.status.success(), "{}", String::from_utf8_lossy(&new.stderr));
        Some(lab)
    }

    /// Metadata of an object of the lab.
    pub fn meta(&self, name: &str) -> Value {
        json!({"name": name, "namespace": self.namespace})
    }

    /// Applies an object as the administrator.
    pub fn apply(&self, object: &Value) {
        let path = self.cases.path().join("object.json");
        std::fs::write(&path, object.to_string()).unwrap();
        let output = kubectl(&["apply", "-f", path.to_str().unwrap()]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// The deployment's pods that are not being deleted.
    pub fn pods(&self) -> Vec<Value> {
        let list = object(&["pods", "-n", &self.namespace, "-l", "app=web"]);
        let pods = list["items"].as_array().unwrap().iter();
        pods.filter(|pod| pod["metadata"]["deletionTimestamp"].is_null()).cloned().collect()
    }

    /// The name of the first of them, as `pod/NAME`.
    pub fn pod(&self) -> String {
        format!("pod/{}", self.pods()[0]["metadata"]["name"].as_str().unwrap())
    }

    /// An object of the lab, by `KIND/NAME`.
    pub fn get(&self, name: &str) -> Value {
        object(&[name, "-n", &self.namespace])
    }

    /// Runs the program as the responder.
    pub fn podmortem(&self, args: &[&str]) -> Output {
        let responder = std::env::var_os("PODMORTEM_LIVE_RESPONDER").unwrap();
        Command::new(env!("CARGO_BIN_EXE_podmortem"))
            .args(args)
            .env_clear()
            .envs(std::env::vars_os().filter(|(name, _)| name == "PATH"))
            .env("HOME", self.cases.path().join("home"))
            .env("KUBECONFIG", responder)
            .env("PODMORTEM_CASES", self.cases.path())
            .output()
            .unwrap()
    }

    /// Whom the cluster takes the responder for.
    pub fn whoami(&self) -> String {
        let responder = std::env::var_os("PODMORTEM_LIVE_RESPONDER").unwrap();
        let args = ["auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"];
        let output = Command::new("kubectl").args(args).env("KUBECONFIG", responder).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    /// Whether an access review says yes.
    pub fn review(&self, spec: &Value) -> bool {
        let path = self.cases.path().join("review.json");
        let review = json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec});
        std::fs::write(&path, review.to_string()).unwrap();
        let place = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
        let output = kubectl(&["create", "--raw", place, "-f", path.to_str().unwrap()]);
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        answer["status"]["allowed"] == true
    }

    fn json(&self, args: &[&str]) -> Value {
        let output = self.podmortem(&[args, &["--case", &self.case, "-o", "json"]].concat());
        let said = String::from_utf8_lossy(&output.stderr);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{args:?}: {said}"))
    }

    /// What a plan says, or why there is none.
    pub fn plan(&self, args: &[&str]) -> Value {
        self.json(&[&["plan"], args, &["-n", &self.namespace]].concat())
    }

    /// Why something is not even planned.
    pub fn refused(&self, args: &[&str]) -> String {
        let args = [&["plan"], args, &["-n", &self.namespace, "--case", &self.case]].concat();
        let output = self.podmortem(&args);
        assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        String::from_utf8(output.stderr).unwrap()
    }

    /// Plans, confirms with the first target's name, runs and proves; every target ends PROVEN.
    pub fn act(&self, args: &[&str]) -> Value {
        let plan = self.plan(args);
        let name = plan["targets"][0]["name"].as_str().unwrap().to_owned();
        let job = self.json(&["act", "--plan", plan["hash"].as_str().unwrap(), "--yes", "--confirm", &name]);
        assert_eq!(job["exit"], 0, "{plan:#}\n{job:#}");
        plan
    }

    /// Puts back all that stands, and proves it.
    pub fn undo(&self) {
        let output = self.podmortem(&["undo", "--all", "--yes", "--case", &self.case]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}{said}", String::from_utf8_lossy(&output.stdout));
    }

    /// The case verifies to the last byte.
    pub fn verified(&self) {
        let output = self.podmortem(&["verify", &self.case]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }

    /// The files of the case, all of them in one.
    pub fn written(&self) -> String {
        let mut text = String::new();
        let mut folders = vec![self.cases.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    text.push_str(&String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default()));
                }
            }
        }
        text
    }
}

/// Waits until something is so, half a minute at most.
pub fn eventually(what: &str, so: impl Fn() -> bool) {
    let began = Instant::now();
    while !so() {
        assert!(began.elapsed() < Duration::from_secs(30), "it never came to this: {what}");
        std::thread::sleep(Duration::from_millis(300));
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        drop(kubectl(&["delete", "namespace", &self.namespace, "--wait=false"]));
    }
}
