//! An embedded cluster and its account, and the `aws` command line pointed at it.

use std::process::Command;

use podmortem::gameday::{GameDay, Scenario};
use podmortem::kubernetes::{Cluster, Entry, ReadOnly, contexts, facts_of_list};
use podmortem::model::facts::{Facts, NodeFacts, PodFacts};
use podmortem::model::{Kind, SessionId};
use serde_json::Value;

pub struct Ground {
    pub day: GameDay,
    pub cluster: Cluster,
    pub nodes: Vec<NodeFacts>,
    pub pods: Vec<PodFacts>,
}

impl Ground {
    pub async fn new() -> Self {
        let day = GameDay::start(Scenario::still(), 1).await.unwrap();
        let entry = contexts(Some(day.kubeconfig_path())).unwrap().remove(0);
        let cluster = Cluster::new(SessionId(0), entry, ReadOnly::closed(), "podmortem/test").unwrap();
        let (nodes, _) =
            facts_of_list(Kind::Node, &cluster.read().list(Kind::Node, "", "", "").await.unwrap()).unwrap();
        let (pods, _) = facts_of_list(Kind::Pod, &cluster.read().list(Kind::Pod, "", "", "").await.unwrap()).unwrap();
        let nodes = nodes.into_iter().map(|facts| match facts {
            Facts::Node(node) => *node,
            other => panic!("{other:?}"),
        });
        let pods = pods.into_iter().map(|facts| match facts {
            Facts::Pod(pod) => *pod,
            other => panic!("{other:?}"),
        });
        Self { day, cluster, nodes: nodes.collect(), pods: pods.collect() }
    }

    pub fn entry(&self) -> &Entry {
        self.cluster.entry()
    }

    /// What the `aws` command line says; `None`, with a line that says so, where there is none.
    pub async fn aws(&self, arguments: &[&str]) -> Option<Result<Value, String>> {
        let mut command = Command::new("aws");
        command
            .args(arguments)
            .args(["--region", "us-east-1", "--output", "json", "--endpoint-url", &self.day.account_url()])
            .env("AWS_ACCESS_KEY_ID", self.day.account_key())
            .env("AWS_SECRET_ACCESS_KEY", self.day.account_key())
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env_remove("AWS_PROFILE");
        let Ok(output) = tokio::task::spawn_blocking(move || command.output()).await.unwrap() else {
            println!("skipped: there is no aws on the PATH");
            return None;
        };
        if output.status.success() {
            let silent = output.stdout.trim_ascii().is_empty();
            return Some(Ok(if silent { Value::Null } else { serde_json::from_slice(&output.stdout).unwrap() }));
        }
        Some(Err(String::from_utf8_lossy(&output.stderr).into_owned()))
    }

    pub async fn read(&self, arguments: &[&str]) -> Option<Value> {
        Some(self.aws(arguments).await?.unwrap_or_else(|error| panic!("{arguments:?}: {error}")))
    }
}

pub fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}
