//! What goes wrong on the way to the API server: said on the target, recorded, never
//! taken for done, and gone on with.
#![cfg(feature = "gameday")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says where and stops"
)]

mod fixture;
mod way;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use fixture::targets;
use podmortem::case::{Answer, Case, Entry, JobId, NewCase, verify};
use podmortem::config::Directories;
use podmortem::gameday::{GameDay, Scenario};
use podmortem::model::{Call, Clean, Kind, Plan, Target};
use podmortem::response::{Confirmation, Engine, How, Job, Site};
use serde_json::{Value, json};
use tokio::runtime::Handle;
use way::{Fate, Way};

fn engine(root: &Path, id: &str) -> Engine {
    let home = Directories::under(root);
    let new = NewCase { id: id.into(), title: String::new(), responder: "a".into(), clusters: vec![] };
    let case = Case::create(&home, new).or_else(|_| Case::open(&home, id)).unwrap();
    Engine::new(Arc::new(case)).unwrap()
}

async fn ran(engine: &Engine, site: &Site, plan: Plan) -> Job {
    let confirmation = Confirmation { plan: plan.hash(), how: How::Yes };
    engine.start(site, plan, &confirmation, Clean::default()).await.unwrap().ended().await.unwrap()
}

async fn acted(engine: &Engine, site: &Site, action: &str, targets: &[Target]) -> Job {
    let plan = engine.plan(action, site, targets).await.unwrap();
    ran(engine, site, plan).await
}

/// Whether a request really changes that object.
fn changes(method: &str, path: &str, object: &Target) -> bool {
    method != "GET"
        && !path.contains("dryRun")
        && path.split('?').next().unwrap().ends_with(&format!("/pods/{}", object.name))
}

/// Why a target has no verdict.
fn why(job: &Job, target: usize) -> String {
    assert_eq!(job.targets[target].verdict, None, "{job:#?}");
    job.targets[target].failed.as_ref().unwrap().to_string()
}

async fn object(site: &Site, target: &Target) -> Value {
    let path = format!("{}/{}", Kind::Pod.path_in(target.namespace.as_ref().unwrap()), target.name);
    serde_json::from_slice(&site.cluster.read().get_path(&path).await.unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn half_of_the_targets_fail_and_the_others_are_proven() {
    let day = GameDay::start(Scenario::still(), 7).await.unwrap();
    let way = Way::to(&day).await;
    let (site, root) = (way.site().await, tempfile::tempdir().unwrap());
    let engine = engine(root.path(), "HALF");
    let pods = targets(&site, Kind::Pod, 6).await;
    let failing: Vec<Target> = pods.iter().step_by(2).cloned().collect();
    way.rule(move |method, path| match failing.iter().any(|pod| changes(method, path, pod)) {
        true => Fate::Answered(500, "InternalError", "etcd has no leader"),
        false => Fate::Passes,
    });
    let job = acted(&engine, &site, "label-pod", &pods).await;
    assert_eq!((job.finished(), job.failures()), (6, 3), "{job:#?}");
    for place in 0..6 {
        match place % 2 {
            0 => assert!(why(&job, place).contains("etcd has no leader"), "{job:#?}"),
            _ => assert!(job.targets[place].verdict.as_ref().unwrap().is_proven(), "{job:#?}"),
        }
    }
    // With the server well again the same action does the rest, and sends nothing for what is done.
    way.rule(|_, _| Fate::Passes);
    let plan = engine.plan("label-pod", &site, &pods).await.unwrap();
    assert_eq!(plan.calls.len(), 3, "{plan:#?}");
    assert!(ran(&engine, &site, plan).await.is_proven());
    assert!(verify(engine.case().path()).unwrap().holds());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_call_is_answered_is_said_on_its_target_and_is_no_containment() {
    let day = GameDay::start(Scenario::still(), 7).await.unwrap();
    let way = Way::to(&day).await;
    let (site, root) = (way.site().await, tempfile::tempdir().unwrap());
    let pods = targets(&site, Kind::Pod, 2).await;
    for (status, reason, said) in [
        (403, "Forbidden", "pods is forbidden for responder"),
        (409, "Conflict", "the object has been modified"),
        (429, "TooManyRequests", "too many requests, try later"),
        (500, "InternalError", "etcd has no leader"),
        (503, "ServiceUnavailable", "apiserver is shutting down"),
    ] {
        let engine = engine(root.path(), &format!("SAID-{status}"));
        way.rule(|_, _| Fate::Passes);
        let plan = engine.plan("isolate-pod", &site, &pods).await.unwrap();
        let first = pods[0].clone();
        way.rule(move |method, path| match changes(method, path, &first) {
            true => Fate::Answered(status, reason, said),
            false => Fate::Passes,
        });
        let job = ran(&engine, &site, plan).await;
        assert_eq!((job.finished(), job.failures()), (2, 1), "{status}: {job:#?}");
        assert!(why(&job, 0).contains(said), "{status}: {job:#?}");
        assert!(job.targets[1].verdict.is_some(), "{status}: {job:#?}");
        let answers = engine.case().records().unwrap().into_iter().filter(|record| {
            // A gateway that answers for the server leaves open whether that was asked.
            matches!(
                &record.entry,
                Entry::Result { answer: Answer::Failed { why } | Answer::Unknown { why }, .. } if why.contains(said)
            )
        });
        assert_eq!(answers.count(), 1, "{status}: what was said is in the journal, once");
        assert!(verify(engine.case().path()).unwrap().holds());
        // What had begun is put back: the policy of the one, policy and label of the other.
        way.rule(|_, _| Fate::Passes);
        let undo = engine.plan_undo(&site, &job.id).await.unwrap();
        assert!(ran(&engine, &site, undo).await.is_proven(), "{status}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_never_came_is_open_and_what_is_there_decides() {
    let day = GameDay::start(Scenario::still(), 7).await.unwrap();
    let way = Way::to(&day).await;
    let (site, root) = (way.site().await, tempfile::tempdir().unwrap());
    let pods = targets(&site, Kind::Pod, 2).await;
    for (case, fate, done) in [("BEFORE", Fate::LostBefore, false), ("AFTER", Fate::LostAfter, true)] {
        let engine = engine(root.path(), case);
        let first = pods[0].clone();
        way.rule(move |method, path| if changes(method, path, &first) { fate.clone() } else { Fate::Passes });
        let job = acted(&engine, &site, "label-pod", &pods).await;
        assert_eq!((job.finished(), job.failures()), (2, 1), "{job:#?}");
        why(&job, 0);
        let unknown = engine
            .case()
            .records()
            .unwrap()
            .into_iter()
            .filter(|record| matches!(&record.entry, Entry::Result { answer: Answer::Unknown { .. }, .. }));
        assert_eq!(unknown.count(), 1, "{case}");
        let labelled = |pod: &Value| pod["metadata"]["labels"]["status"] == "quarantine";
        assert_eq!(labelled(&object(&site, &pods[0]).await), done, "{case}");
        // Either way it counts as changed until it was looked at, and is put back where it was done.
        way.rule(|_, _| Fate::Passes);
        let undo = engine.plan_undo(&site, &job.id).await.unwrap();
        assert_eq!(undo.calls.iter().any(|call| call.target == 0), done, "{case}: {undo:#?}");
        assert!(ran(&engine, &site, undo).await.is_proven(), "{case}");
        for pod in &pods {
            assert!(!labelled(&object(&site, pod).await), "{case}");
        }
        assert!(verify(engine.case().path()).unwrap().holds());
    }
}

/// Puts another pod into the place of one, as whoever ends it and makes one of the same name does.
async fn replaced(site: &Site, target: &Target) {
    let right = site.cluster.latch().write_right().unwrap();
    let write = site.cluster.write(right);
    let pod = object(site, target).await;
    let collection = Kind::Pod.path_in(target.namespace.as_ref().unwrap());
    let send = async |method: &str, path: String, body: Value| {
        write.send(&Call { target: 0, method: method.into(), path: path.into(), body }).await.unwrap();
    };
    let meta = json!({"name": pod["metadata"]["name"], "labels": pod["metadata"]["labels"]});
    let new = json!({"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": pod["spec"]});
    send("DELETE", format!("{collection}/{}", target.name), json!({"gracePeriodSeconds": 0})).await;
    send("POST", collection, new).await;
    assert_ne!(object(site, target).await["metadata"]["uid"], target.uid.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_replaced_between_the_check_and_the_call_is_not_touched() {
    for action in ["label-pod", "isolate-pod"] {
        let day = GameDay::start(Scenario::still(), 7).await.unwrap();
        let way = Way::to(&day).await;
        let (site, root) = (way.site().await, tempfile::tempdir().unwrap());
        let engine = engine(root.path(), "REPLACED");
        let pods = targets(&site, Kind::Pod, 2).await;
        let plan = engine.plan(action, &site, &pods).await.unwrap();
        let (first, beside, begun) = (pods[0].clone(), site.clone(), AtomicBool::new(false));
        let runtime = Handle::current();
        way.rule(move |method, path| {
            if changes(method, path, &first) && method == "PATCH" && !begun.swap(true, Relaxed) {
                tokio::task::block_in_place(|| runtime.block_on(replaced(&beside, &first)));
            }
            Fate::Passes
        });
        let job = ran(&engine, &site, plan).await;
        assert_eq!((job.finished(), job.failures()), (2, 1), "{action}: {job:#?}");
        let said = why(&job, 0);
        assert!(said.contains("changed between the plan and the call") && said.contains("plan again"), "{said}");
        let labels = object(&site, &pods[0]).await["metadata"]["labels"].clone();
        assert!(!labels.to_string().contains("podmortem") && labels["status"] != "quarantine", "{labels}");
        assert!(job.targets[1].verdict.is_some(), "{action}: {job:#?}");
        assert!(verify(engine.case().path()).unwrap().holds());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_responders_on_one_pod_stand_beside_each_other_and_let_go_one_by_one() {
    let day = GameDay::start(Scenario::still(), 7).await.unwrap();
    let way = Way::to(&day).await;
    let (site, root) = (way.site().await, tempfile::tempdir().unwrap());
    let (one, other) = (engine(root.path(), "ONE"), engine(root.path(), "OTHER"));
    let pod = targets(&site, Kind::Pod, 1).await;
    let plans = (one.plan("isolate-pod", &site, &pod).await, other.plan("isolate-pod", &site, &pod).await);
    let (first, second) = tokio::join!(ran(&one, &site, plans.0.unwrap()), ran(&other, &site, plans.1.unwrap()));
    // Either both did it, or one was told that the pod is no longer as it was planned for.
    let told = |job: &Job| job.targets[0].verdict.is_some() || why(job, 0).contains("plan again");
    assert!(told(&first) && told(&second), "{first:#?} {second:#?}");
    assert!(first.failures() + second.failures() < 2, "{first:#?} {second:#?}");
    for (engine, job) in [(&one, &first), (&other, &second)] {
        if job.failures() == 1 {
            assert_eq!(acted(engine, &site, "isolate-pod", &pod).await.failures(), 0);
        }
    }
    let policies = async || {
        let body = site.cluster.read().list(Kind::NetworkPolicy, "", "", "").await.unwrap();
        let list: Value = serde_json::from_slice(&body).unwrap();
        let names = list["items"].as_array().unwrap().iter().map(|item| item["metadata"]["name"].to_string());
        names.filter(|name| name.contains(&pod[0].uid.short())).collect::<Vec<_>>()
    };
    let marked = async || object(&site, &pod[0]).await["metadata"]["labels"]["ir.podmortem/case-target"].is_string();
    assert_eq!((policies().await.len(), marked().await), (2, true));
    // What was set first goes last: the label stays until nobody rests on it.
    let mut order = [&one, &other];
    order.sort_by_key(|engine| std::cmp::Reverse(engine.jobs().borrow().iter().last().unwrap().started));
    let newest = |engine: &Engine| engine.jobs().borrow().iter().last().unwrap().id.clone();
    let refused = order[1].plan_undo(&site, &newest(order[1])).await.unwrap_err();
    assert!(refused.to_string().contains("rests on"), "{refused}");
    for (engine, left) in order.into_iter().zip([1, 0]) {
        let jobs: Vec<JobId> = engine.jobs().borrow().iter().rev().map(|job| job.id.clone()).collect();
        for job in jobs {
            let undo = engine.plan_undo(&site, &job).await.unwrap();
            assert!(ran(engine, &site, undo).await.is_proven());
        }
        assert_eq!((policies().await.len(), marked().await), (left, left == 1));
        assert!(verify(engine.case().path()).unwrap().holds());
    }
}
