//! A cluster, the program and `kubectl` on it.

use std::collections::BTreeMap;
use std::io::{Error, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tokio::runtime::Runtime;

use crate::cluster::Cluster;

/// Whatever goes wrong in a test.
pub type Failure = Box<dyn std::error::Error>;

/// Items by UID.
pub type Items = BTreeMap<String, Value>;

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub enum Who {
    /// May do everything.
    Admin,
    /// May do what containment needs.
    Responder,
    /// May list and watch.
    Observer,
    /// May do nothing.
    Stranger,
}

/// A cluster, the program on it with a home of its own, and `kubectl` beside it.
pub struct Ground {
    kubeconfig: PathBuf,
    home: tempfile::TempDir,
    // The cluster may live in this process, on this runtime: it goes first.
    cluster: Option<Cluster>,
    runtime: Runtime,
}

/// How a run of the program ended.
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ground {
    /// The cluster as its administrator; `None`, with a line that says so, where there is none.
    pub fn admin() -> Result<Option<Self>, Failure> {
        Self::of(Who::Admin)
    }

    /// The cluster as somebody.
    pub fn of(who: Who) -> Result<Option<Self>, Failure> {
        let runtime = Runtime::new()?;
        let Some(cluster) = Cluster::of(who, &runtime)? else { return Ok(None) };
        let kubeconfig = cluster.kubeconfig().to_owned();
        Ok(Some(Self { kubeconfig, home: tempfile::tempdir()?, cluster: Some(cluster), runtime }))
    }

    /// The same program with another kubeconfig, while this one lives.
    pub fn with_kubeconfig(&self, text: &str) -> Result<Self, Failure> {
        let home = tempfile::tempdir()?;
        let kubeconfig = home.path().join("kubeconfig");
        std::fs::write(&kubeconfig, text)?;
        Ok(Self { kubeconfig, home, cluster: None, runtime: Runtime::new()? })
    }

    /// The kubeconfig.
    pub fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    /// The name of the current context.
    pub fn context(&self) -> Result<String, Failure> {
        Ok(self.kubectl(&["config", "current-context"])?.trim().to_owned())
    }

    /// Runs something on this test's runtime.
    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// The home that the program is given.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// The program, with nothing of this machine's configuration but the kubeconfig.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_podmortem"));
        command
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.home.path())
            .env("KUBECONFIG", &self.kubeconfig)
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .stdin(Stdio::null());
        command
    }

    /// Runs the program.
    pub fn run(&self, arguments: &[&str]) -> Result<Ran, Failure> {
        Ok(self.command(arguments).output()?.into())
    }

    /// Runs the program with lines on its standard input.
    pub fn type_in(&self, arguments: &[&str], lines: &str) -> Result<Ran, Failure> {
        let mut command = self.command(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        child.stdin.take().ok_or("no standard input")?.write_all(lines.as_bytes())?;
        Ok(child.wait_with_output()?.into())
    }

    /// The items of one of the program's lists.
    pub fn items(&self, arguments: &[&str]) -> Result<Items, Failure> {
        let ran = self.run(&[arguments, &["-o", "json"]].concat())?;
        if ran.code != Some(0) {
            return Err(format!("{arguments:?} ended with {:?}: {}", ran.code, ran.err).into());
        }
        by_uid(serde_json::from_str(&ran.out)?)
    }

    /// What `kubectl` prints.
    pub fn kubectl(&self, arguments: &[&str]) -> Result<String, Failure> {
        let output = Command::new("kubectl").arg("--kubeconfig").arg(&self.kubeconfig).args(arguments).output()?;
        if !output.status.success() {
            return Err(Error::other(String::from_utf8_lossy(&output.stderr)).into());
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Whether the cluster's authorizer would let a user do something everywhere.
    pub fn reviewed(&self, user: &str, verb: &str, resource: &str) -> Result<bool, Failure> {
        let attributes = serde_json::json!({"verb": verb, "resource": resource, "version": "v1"});
        let review = serde_json::json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
            "spec": {"user": user, "resourceAttributes": attributes}});
        let file = self.home().join("review.json");
        std::fs::write(&file, review.to_string())?;
        let path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
        let answer = self.kubectl(&["create", "--raw", path, "-f", &file.to_string_lossy()])?;
        Ok(at(&serde_json::from_str(&answer)?, "/status/allowed") == Value::Bool(true))
    }

    /// The items of one of `kubectl`'s lists.
    pub fn kubectl_items(&self, arguments: &[&str]) -> Result<Items, Failure> {
        by_uid(serde_json::from_str(&self.kubectl(&[arguments, &["-o", "json"]].concat())?)?)
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        let _entered = self.runtime.enter();
        drop(self.cluster.take());
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

fn by_uid(list: Value) -> Result<Items, Failure> {
    let items = list.get("items").and_then(Value::as_array).ok_or("no items")?.iter();
    items.map(|item| Ok((text(item, "/metadata/uid").ok_or("an item without a UID")?, item.clone()))).collect()
}

/// A text at a place of a document.
pub fn text(value: &Value, place: &str) -> Option<String> {
    value.pointer(place).and_then(Value::as_str).map(str::to_owned)
}

/// A list at a place of a document, empty where there is none.
pub fn list(value: &Value, place: &str) -> Vec<Value> {
    value.pointer(place).and_then(Value::as_array).cloned().unwrap_or_default()
}

/// The value at a place, null where there is none.
pub fn at(value: &Value, place: &str) -> Value {
    value.pointer(place).cloned().unwrap_or_default()
}

/// The cluster lives between two questions: asks again, a few times, until the
/// answers agree, and fails with the last difference.
pub fn agree(mut differences: impl FnMut() -> Result<Vec<String>, Failure>) -> Result<(), Failure> {
    let mut last = Vec::new();
    for _ in 0..10 {
        last = differences()?;
        if last.is_empty() {
            return Ok(());
        }
    }
    Err(last.join("\n").into())
}

/// Where a fact stands in our items, and what it is by kubectl's.
pub type Fact<'a> = (&'static str, &'a dyn Fn(&Value) -> Value);

/// What differs between our items and kubectl's, fact by fact.
pub fn differences(ours: &Items, theirs: &Items, facts: &[Fact<'_>]) -> Vec<String> {
    let mut found = Vec::new();
    let names = |items: &Items| items.values().filter_map(|item| text(item, "/metadata/name")).collect::<Vec<_>>();
    if ours.keys().ne(theirs.keys()) {
        return vec![format!("listed {:?}, kubectl {:?}", names(ours), names(theirs))];
    }
    for (item, theirs) in ours.values().zip(theirs.values()) {
        let metadata = ["/metadata/name", "/metadata/namespace", "/metadata/creationTimestamp"];
        for place in metadata.into_iter().filter(|place| at(item, place) != at(theirs, place)) {
            found.push(format!("{place}: {} is not {}", at(item, place), at(theirs, place)));
        }
        let labels = theirs.pointer("/metadata/labels").cloned().unwrap_or(serde_json::json!({}));
        if at(item, "/metadata/labels") != labels {
            found.push(format!("labels: {} is not {labels}", at(item, "/metadata/labels")));
        }
        for (place, fact) in facts {
            let (ours, theirs) = (at(item, place), fact(theirs));
            if ours != theirs {
                found.push(format!("{} {place}: {ours} is not {theirs}", at(item, "/metadata/name")));
            }
        }
    }
    found
}
