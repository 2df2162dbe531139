//! What responding costs: an action on 100 pods against the same on one, and against what
//! `curl --parallel` takes to have the same calls tried twice (a plan tries them, a job sends
//! them); and a capture of 100 pods against `curl --parallel` with the same requests. `cargo bench --bench
//! response` prints a table. The pods are those of the embedded cluster, or of the
//! context in PODMORTEM_LIVE_KUBECONFIG, where `curl` is compared with: one of their
//! namespaces gets policies that allow, pods are labelled and isolated, and all of it
//! is put back.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a measurement that cannot be taken stops; it has nothing to lose"
)]

#[path = "../curl/mod.rs"]
mod curl;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use curl::Server;
use podmortem::case::{Case, NewCase};
use podmortem::config::Directories;
use podmortem::gameday::{GameDay, Scenario};
use podmortem::kubernetes::{Cluster, ReadOnly, contexts};
use podmortem::model::{Call, Clean, Kind, Plan, SessionId, Target};
use podmortem::response::{Confirmation, Engine, How, Site};
use serde_json::{Value, json};

const TARGETS: usize = 100;

/// Pods of one namespace, that with the most.
async fn pods(site: &Site) -> Vec<Target> {
    let body = site.cluster.read().list(Kind::Pod, "", "", "").await.expect("pods");
    let list: Value = serde_json::from_slice(&body).expect("a list");
    let target = |item: &Value| Target {
        cluster: site.identity.cluster,
        kind: Kind::Pod,
        namespace: item["metadata"]["namespace"].as_str().map(Clean::from),
        name: item["metadata"]["name"].as_str().unwrap_or_default().into(),
        uid: item["metadata"]["uid"].as_str().and_then(|uid| uid.parse().ok()).unwrap_or_default(),
    };
    let mut by_namespace: BTreeMap<Option<Clean>, Vec<Target>> = BTreeMap::new();
    for target in list["items"].as_array().into_iter().flatten().map(target) {
        by_namespace.entry(target.namespace.clone()).or_default().push(target);
    }
    by_namespace.into_values().max_by_key(Vec::len).expect("a pod")
}

/// Policies that allow whatever an isolation denies, so that each pod has to be taken out of them.
async fn allowing(site: &Site, namespace: &str, is_there: bool) {
    let right = site.cluster.latch().write_right().expect("a way to write");
    let write = site.cluster.write(right);
    for name in ["bench-may-talk", "bench-may-listen"] {
        let collection = Kind::NetworkPolicy.path_in(namespace);
        let call = if is_there {
            let spec =
                json!({"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "ingress": [{}], "egress": [{}]});
            let body = json!({
                "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": name}, "spec": spec,
            });
            Call { target: 0, method: "POST".into(), path: collection.into(), body }
        } else {
            let path = format!("{collection}/{name}").into();
            Call { target: 0, method: "DELETE".into(), path, body: Value::Null }
        };
        write.send(&call).await.expect("a policy");
    }
}

async fn ran(engine: &Engine, site: &Site, plan: Plan) -> Duration {
    let start = Instant::now();
    let confirmation = Confirmation { plan: plan.hash(), how: How::Yes };
    let running = engine.start(site, plan, &confirmation, Clean::default()).await.expect("a job");
    let job = running.ended().await.expect("an end");
    assert_eq!(job.failures(), 0, "{job:#?}");
    start.elapsed()
}

/// An action on some pods, and its way back: how long the plan and the job take.
async fn one(engine: &Engine, site: &Site, action: &str, targets: &[Target]) -> (Duration, Duration) {
    let start = Instant::now();
    let plan = engine.plan(action, site, targets).await.expect("a plan");
    let planned = start.elapsed();
    let acted = ran(engine, site, plan).await;
    let jobs = engine.jobs().borrow().clone();
    let last = jobs.iter().next_back().expect("the job").id.clone();
    let undo = engine.plan_undo(site, &last).await.expect("a way back");
    ran(engine, site, undo).await;
    (planned, acted)
}

/// The median of three, plan and job.
async fn three(engine: &Engine, site: &Site, action: &str, targets: &[Target]) -> (Duration, Duration) {
    let mut times = Vec::new();
    for _ in 0..3 {
        times.push(one(engine, site, action, targets).await);
    }
    times.sort_unstable_by_key(|(planned, acted)| *planned + *acted);
    times[1]
}

/// A capture of the pods three times, each followed by the same requests by `curl`; the medians of both.
async fn captured(engine: &Engine, site: &Site, pods: &[Target], server: Option<&Server>, scratch: &Path) {
    let (mut ours, mut theirs, mut requests) = (Vec::new(), Vec::new(), 0);
    for _ in 0..3 {
        let start = Instant::now();
        let plan = engine.plan("capture-pod", site, pods).await.expect("a plan");
        let planned = start.elapsed();
        let paths: BTreeSet<String> = plan.calls.iter().map(|call| call.path.to_string()).collect();
        let paths: Vec<String> = paths.into_iter().collect();
        requests = paths.len();
        ours.push((ran(engine, site, plan).await, planned));
        theirs.extend(server.map(|server| server.get_all(&paths, scratch)));
    }
    ours.sort_unstable();
    theirs.sort_unstable();
    let (acted, planned) = ours[1];
    print!("capture-pod    {}: plan {planned:.1?} act {acted:.1?}, {requests} requests", pods.len());
    match theirs.get(1) {
        None => println!("   (PODMORTEM_LIVE_KUBECONFIG names no cluster to compare with)"),
        Some(curl) => println!("   curl {curl:.1?}   ratio {:.2}", acted.as_secs_f64() / curl.as_secs_f64()),
    }
}

#[tokio::main]
async fn main() {
    let root = tempfile::tempdir().expect("a directory");
    let live = std::env::var("PODMORTEM_LIVE_KUBECONFIG").ok();
    let server = live.as_deref().map(Server::of);
    let day = GameDay::start(Scenario::still(), 7).await.expect("the game day");
    let path = live.as_deref().map_or_else(|| day.kubeconfig_path().to_owned(), PathBuf::from);
    let entry = contexts(Some(&path)).expect("contexts").into_iter().find(|entry| entry.current).expect("a context");
    let cluster = Cluster::new(SessionId(0), entry, ReadOnly::open(), "podmortem/bench").expect("a cluster");
    let site = Site::of(cluster).await.expect("an answer");
    let new = NewCase { id: "BENCH".into(), title: String::new(), responder: "a bench".into(), clusters: vec![] };
    let case = Case::create(&Directories::under(root.path()), new).expect("a case");
    let engine = Engine::new(Arc::new(case)).expect("an engine");
    let pods = pods(&site).await;
    let many = &pods[..TARGETS.min(pods.len())];
    let namespace = many[0].namespace.clone().unwrap_or_default();
    println!("{} pods of {namespace} of {}", many.len(), path.display());
    allowing(&site, &namespace, true).await;
    for action in ["label-pod", "isolate-pod"] {
        one(&engine, &site, action, &many[..1]).await;
        let (plan_one, act_one) = three(&engine, &site, action, &many[..1]).await;
        let (plan_many, act_many) = three(&engine, &site, action, many).await;
        let ratio = (plan_many + act_many).as_secs_f64() / (plan_one + act_one).as_secs_f64();
        print!(
            "{action:<14} 1: plan {plan_one:.1?} act {act_one:.1?}   {}: plan {plan_many:.1?} act {act_many:.1?}   ratio {ratio:.1}",
            many.len()
        );
        match &server {
            None => println!(),
            Some(server) => {
                let plan = engine.plan(action, &site, many).await.expect("a plan");
                let mut times: Vec<Duration> = (0..3).map(|_| server.try_all(&plan.calls, root.path())).collect();
                times.sort_unstable();
                let tried = 2 * times[1];
                let ratio = (plan_many + act_many).as_secs_f64() / tried.as_secs_f64();
                println!("   curl {tried:.1?}   ratio {ratio:.1}");
            }
        }
    }
    allowing(&site, &namespace, false).await;
    captured(&engine, &site, many, server.as_ref(), root.path()).await;
}
