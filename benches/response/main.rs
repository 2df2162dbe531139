//! What responding costs: a record on disk, a long journal opened and folded, and
//! an action on 100 pods against the same on one. `cargo bench --bench response`
//! prints a table. The pods are those of the embedded cluster, or of the namespace
//! PODMORTEM_BENCH_NAMESPACE of the context in PODMORTEM_BENCH_KUBECONFIG: their
//! labels are changed there and put back.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a measurement that cannot be taken stops; it has nothing to lose"
)]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use podmortem::case::{Answer, By, Case, Digest, Entry, JobEnd, JobId, NewCase, Record};
use podmortem::config::Directories;
use podmortem::gameday::{GameDay, Scenario};
use podmortem::kubernetes::{Cluster, ReadOnly, contexts};
use podmortem::model::{Call, Clean, ClusterId, Kind, Plan, SessionId, Target, Tier, Uid, Verdict};
use podmortem::response::{Confirmation, Engine, How, Jobs, Site};
use serde_json::Value;

const RECORDS: usize = 100_000;
const TARGETS: usize = 100;

fn case(root: &Path, id: &str) -> Case {
    let new = NewCase { id: id.to_owned(), title: String::new(), responder: "a bench".to_owned(), clusters: vec![] };
    Case::create(&Directories::under(root), new).expect("a case")
}

fn percentiles(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    format!("median {:.2?}, 99th of 100 {:.2?}", times[times.len() / 2], times[times.len() * 99 / 100])
}

/// Records one after the other, each synced before the next.
fn on_disk(root: &Path) {
    let case = case(root, "BENCH-1");
    let times = (0..500).map(|number| {
        let start = Instant::now();
        case.journal().append(Entry::Note { text: format!("record {number}").into() }).expect("a record");
        start.elapsed()
    });
    println!("a record on disk            {}", percentiles(times.collect()));
}

/// A journal of many jobs, written without waiting for the disk, then opened as a case is.
fn long_journal(root: &Path) {
    let case = case(root, "BENCH-2");
    let first = case.records().expect("the first record").remove(0);
    let path =
        std::fs::read_dir(case.journal().dir()).expect("a journal").filter_map(Result::ok).map(|entry| entry.path());
    let path: PathBuf =
        path.into_iter().find(|path| path.extension().is_some_and(|end| end == "jsonl")).expect("a file");
    let mut prev = Digest::of(&std::fs::read(&path).expect("a line"));
    let mut file = std::fs::File::options().append(true).open(&path).expect("a file");
    let mut lines = Vec::new();
    for (seq, entry) in (2u64..).zip(entries().take(RECORDS - 1)) {
        let record = Record { seq, prev, entry, start: None, ..first.clone() };
        let mut line = serde_json::to_vec(&record).expect("JSON");
        line.push(b'\n');
        prev = Digest::of(&line);
        lines.append(&mut line);
    }
    file.write_all(&lines).expect("space");
    let start = Instant::now();
    let records = case.records().expect("records");
    let read = start.elapsed();
    let jobs = Jobs::fold(&records);
    let folded = start.elapsed();
    println!(
        "{} records, {} jobs      read {read:.2?}, read and folded {folded:.2?} ({:.1} MB)",
        records.len(),
        jobs.iter().len(),
        lines.len() as f64 / 1e6
    );
}

/// Jobs of ten targets, with what an isolation writes for each.
fn entries() -> impl Iterator<Item = Entry> {
    (0u32..).flat_map(|number| {
        let job = JobId(format!("isolate-pod-{number:08x}").into());
        let target = |place: usize| {
            let mut uid = [0; 16];
            uid[..4].copy_from_slice(&number.to_be_bytes());
            uid[4] = place as u8;
            let (namespace, name) = (Some("shop".into()), format!("web-{number}-{place}").into());
            Target { cluster: ClusterId::default(), kind: Kind::Pod, namespace, name, uid: Uid::from_bytes(uid) }
        };
        let started = Entry::Started {
            job: job.clone(),
            epoch: 1,
            plan: "0".repeat(64).parse().expect("a hash"),
            action: "isolate-pod".into(),
            tier: Tier::MayHurt,
            targets: (0..10).map(target).collect(),
            identity: "responder".into(),
            confirmed: "--yes".into(),
            reason: Clean::default(),
            undoes: None,
        };
        let ended = Entry::Ended { job: job.clone(), end: JobEnd::Done };
        let each = (0..10usize).flat_map(move |place| {
            let request = Call {
                target: place,
                method: "PATCH".into(),
                path: format!("/api/v1/namespaces/shop/pods/web-{number}-{place}").into(),
                body: serde_json::json!({"metadata": {"labels": {"ir.podmortem/case-target": "x"}}}),
            };
            let answer = Answer::Accepted { version: "1".into(), uid: None };
            let verdict = Verdict::NotMeasured { why: "a bench".into() };
            [
                Entry::Intent { job: job.clone(), call: place, request, before: vec![] },
                Entry::Result { job: job.clone(), call: place, answer },
                Entry::Verdict { job: job.clone(), target: place, verdict },
            ]
        });
        std::iter::once(started).chain(each).chain(std::iter::once(ended))
    })
}

async fn pods(site: &Site) -> Vec<Target> {
    let namespace = std::env::var("PODMORTEM_BENCH_NAMESPACE").unwrap_or_default();
    let body = site.cluster.read().list(Kind::Pod, &namespace, "", "").await.expect("pods");
    let list: Value = serde_json::from_slice(&body).expect("a list");
    let target = |item: &Value| Target {
        cluster: site.identity.cluster,
        kind: Kind::Pod,
        namespace: item["metadata"]["namespace"].as_str().map(Clean::from),
        name: item["metadata"]["name"].as_str().unwrap_or_default().into(),
        uid: item["metadata"]["uid"].as_str().and_then(|uid| uid.parse().ok()).unwrap_or_default(),
    };
    list["items"].as_array().map(|items| items.iter().map(target).collect()).unwrap_or_default()
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

#[tokio::main]
async fn main() {
    let root = tempfile::tempdir().expect("a directory");
    on_disk(root.path());
    long_journal(root.path());
    let kubeconfig = std::env::var_os("PODMORTEM_BENCH_KUBECONFIG").map(PathBuf::from);
    let day = GameDay::start(Scenario::still(), 7).await.expect("the game day");
    let path = kubeconfig.as_deref().unwrap_or(day.kubeconfig_path());
    let entry = contexts(Some(path)).expect("contexts").into_iter().find(|entry| entry.current).expect("a context");
    let cluster = Cluster::new(SessionId(0), entry, ReadOnly::open(), "podmortem/bench").expect("a cluster");
    let site = Site::of(cluster).await.expect("an answer");
    let engine = Engine::new(Arc::new(case(root.path(), "BENCH-3"))).expect("an engine");
    let pods = pods(&site).await;
    let many = &pods[..TARGETS.min(pods.len())];
    println!("acting as {} on {} pods of {}", By::current().user, many.len(), path.display());
    for action in ["label-pod", "isolate-pod"] {
        one(&engine, &site, action, &many[..1]).await;
        let (plan_one, act_one) = one(&engine, &site, action, &many[..1]).await;
        let (plan_many, act_many) = one(&engine, &site, action, many).await;
        let ratio = (plan_many + act_many).as_secs_f64() / (plan_one + act_one).as_secs_f64();
        println!(
            "{action:<14} 1: plan {plan_one:.1?} act {act_one:.1?}   {}: plan {plan_many:.1?} act {act_many:.1?}   ratio {ratio:.1}",
            many.len()
        );
    }
}
