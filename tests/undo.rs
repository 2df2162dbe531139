//! Putting back what was done, on the embedded cluster: every action of the
//! registry that can be undone leaves everything as it was before.
#![cfg(feature = "gameday")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says where and stops"
)]

mod fixture;

use std::path::Path;
use std::sync::Arc;

use fixture::{fit, is_done, served, targets};
use podmortem::actions;
use podmortem::case::{Case, Entry, NewCase, verify};
use podmortem::config::Directories;
use podmortem::gameday::{GameDay, Scenario};
use podmortem::kubernetes::{Cluster, ReadOnly, contexts};
use podmortem::model::{Call, Kind, Plan, PlanNote, SessionId};
use podmortem::response::{Confirmation, Engine, How, Job, ResponseError, Site, Watch, standing_jobs, to_type};
use serde_json::{Value, json};

async fn site(day: &GameDay) -> Site {
    let entries = contexts(Some(day.kubeconfig_path())).unwrap();
    let entry = entries.into_iter().find(|entry| entry.current).unwrap();
    Site::of(Cluster::new(SessionId(0), entry, ReadOnly::open(), "podmortem/test").unwrap()).await.unwrap()
}

fn engine(root: &Path, id: &str) -> Engine {
    let new = NewCase { id: id.into(), title: String::new(), responder: "a".into(), clusters: vec![] };
    Engine::new(Arc::new(Case::create(&Directories::under(root), new).unwrap())).unwrap()
}

/// Runs a plan to its end, while the cluster lives.
async fn ran(day: &GameDay, engine: &Engine, site: &Site, plan: Plan) -> Job {
    let confirmation = Confirmation { plan: plan.hash(), how: How::Typed(to_type(&plan)) };
    let running = engine.start(site, plan, &confirmation, "a test".into()).await.unwrap();
    let mut tick = tokio::time::interval(std::time::Duration::from_millis(500));
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut ended = std::pin::pin!(running.ended());
    loop {
        tokio::select! {
            job = &mut ended => return job.unwrap(),
            _ = tick.tick() => day.step(),
        }
    }
}

/// The parts of what a plan's calls touch that a person would miss.
async fn seen(site: &Site, plan: &Plan) -> Vec<Value> {
    let mut all = Vec::new();
    for call in plan.calls.iter().filter(|call| call.method.contains(':') && &*call.method != "ssm:SendCommand") {
        all.push(json!(is_done(site, call).await));
    }
    for call in plan.calls.iter().filter(|call| &*call.method != "GET" && call.path.starts_with('/')) {
        let path = call.path.split('?').next().unwrap();
        let object = match site.cluster.read().get_path(path).await {
            Ok(body) => serde_json::from_slice(&body).unwrap(),
            Err(_) => Value::Null,
        };
        let items = object["items"].as_array().cloned().unwrap_or_else(|| vec![object.clone()]);
        let part = |item: &Value| {
            let (metadata, mut spec) = (&item["metadata"], item["spec"].clone());
            // A taint that comes again has the same effect and another date.
            for taint in spec.get_mut("taints").and_then(Value::as_array_mut).into_iter().flatten() {
                taint.as_object_mut().unwrap().remove("timeAdded");
            }
            json!([metadata["name"], metadata["labels"], metadata["annotations"], spec, item["subjects"]])
        };
        all.push(items.iter().map(part).collect());
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_undone_is_as_it_was_and_what_cannot_says_why() {
    for action in actions::all() {
        let spec = action.spec();
        let day = GameDay::start(Scenario::still(), 7).await.unwrap();
        let site = site(&day).await;
        if !served(&site, spec).await {
            continue;
        }
        let root = tempfile::tempdir().unwrap();
        let engine = engine(root.path(), "GD-1");
        let plan = engine.plan(spec.id, &site, &fit(&site, spec, 2).await).await.unwrap();
        let before = seen(&site, &plan).await;
        let job = ran(&day, &engine, &site, plan.clone()).await;
        assert_eq!(job.failures(), 0, "{job:#?}");
        if !spec.undo.is_possible() {
            let said = engine.plan_undo(&site, &job.id).await.unwrap_err().to_string();
            let why = [spec.undo.text(), "nothing of"].into_iter().any(|why| said.contains(why));
            assert!(why, "{}: {said}", spec.id);
            continue;
        }
        assert!(!plan.calls.is_empty(), "{} had nothing to do", spec.id);
        assert_ne!(seen(&site, &plan).await, before, "{} changed nothing that is looked at here", spec.id);

        let undo = engine.plan_undo(&site, &job.id).await.unwrap();
        assert_eq!(undo.undoes, Some(job.id.0.clone()), "{}", spec.id);
        assert_eq!(engine.plan_undo(&site, &job.id).await.unwrap().hash(), undo.hash(), "{}", spec.id);
        let undone = ran(&day, &engine, &site, undo).await;
        assert!(undone.is_proven(), "{}: {undone:#?}", spec.id);
        assert_eq!(seen(&site, &plan).await, before, "{} left something behind", spec.id);
        let jobs = engine.jobs().borrow().clone();
        let states = &jobs.get(&job.id).unwrap().targets;
        assert!(states.iter().all(|state| state.undone.as_ref() == Some(&undone.id)), "{states:#?}");
        let again = engine.plan_undo(&site, &job.id).await;
        assert!(matches!(again, Err(ResponseError::NothingStands(_))), "{}: {again:?}", spec.id);
        assert!(verify(engine.case().path()).unwrap().holds());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_else_changed_since_is_said_and_left() {
    let day = GameDay::start(Scenario::still(), 7).await.unwrap();
    let site = site(&day).await;
    let root = tempfile::tempdir().unwrap();
    let engine = engine(root.path(), "GD-1");
    let pods = targets(&site, Kind::Pod, 1).await;
    let plan = engine.plan("isolate-pod", &site, &pods).await.unwrap();
    let job = ran(&day, &engine, &site, plan.clone()).await;
    let created = plan.calls.iter().find(|call| &*call.method == "POST").unwrap();
    let policy = format!(
        "{}/{}",
        created.path.split('?').next().unwrap(),
        created.body.pointer("/metadata/name").unwrap().as_str().unwrap()
    );
    let edit = Call {
        target: 0,
        method: "PATCH".into(),
        path: policy.as_str().into(),
        body: json!({"spec": {"egress": [{}]}}),
    };
    let right = site.cluster.latch().write_right().unwrap();
    site.cluster.write(right).send(&edit).await.unwrap();

    let undo = engine.plan_undo(&site, &job.id).await.unwrap();
    let theirs =
        undo.notes.iter().any(|note| matches!(note, PlanNote::Theirs(text) if text.contains("changed the policy")));
    assert!(theirs, "{:?}", undo.notes);
    assert!(undo.calls.iter().all(|call| &*call.method == "PATCH"), "{:?}", undo.calls);
    ran(&day, &engine, &site, undo).await;
    assert!(site.cluster.read().get_path(&policy).await.is_ok(), "somebody else's policy was deleted");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_rest_on_is_not_taken_from_under_them() {
    let day = GameDay::start(Scenario::still(), 7).await.unwrap();
    let site = site(&day).await;
    let root = tempfile::tempdir().unwrap();
    let (first, second) = (engine(root.path(), "GD-1"), engine(root.path(), "GD-2"));
    let pods = targets(&site, Kind::Pod, 1).await;
    let one = ran(&day, &first, &site, first.plan("isolate-pod", &site, &pods).await.unwrap()).await;
    // The second case finds the label there already, and rests on it.
    let plan = second.plan("isolate-pod", &site, &pods).await.unwrap();
    assert_eq!(plan.rests.len(), 1, "{plan:#?}");
    let two = ran(&day, &second, &site, plan).await;

    let refused = first.plan_undo(&site, &one.id).await;
    let Err(ResponseError::RestedOn { on, .. }) = &refused else { panic!("{refused:?}") };
    assert!(on[0].contains("GD-2") && on[0].contains("labels/ir.podmortem/case-target"), "{on:?}");

    // The later one goes first, takes only its own policy, and then the way is free.
    let undo = second.plan_undo(&site, &two.id).await.unwrap();
    assert_eq!(undo.calls.iter().map(|call| &*call.method).collect::<Vec<_>>(), ["DELETE"]);
    assert!(ran(&day, &second, &site, undo).await.is_proven());
    let undo = first.plan_undo(&site, &one.id).await.unwrap();
    assert_eq!(undo.calls.len(), 2);
    assert!(ran(&day, &first, &site, undo).await.is_proven());
    for engine in [first, second] {
        assert!(standing_jobs(engine.case()).unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_servers_own_dry_run_is_part_of_the_plan() {
    let day = GameDay::start(Scenario::still(), 7).await.unwrap();
    let open = site(&day).await;
    let pods = targets(&open, Kind::Pod, 1).await;
    let refused = |plan: &Plan| plan.notes.iter().filter(|note| matches!(note, PlanNote::WouldFail(_))).count();
    let plan = podmortem::response::plan("isolate-pod", &open, &pods, None).await.unwrap();
    assert_eq!(refused(&plan), 0, "{:?}", plan.notes);
    let rehearsed = day.requests().iter().filter(|request| request.path.contains("dryRun=All")).count();
    assert_eq!(rehearsed, plan.calls.iter().filter(|call| call.path.starts_with('/')).count());
    for request in day.requests().iter().filter(|request| request.path.contains("dryRun=All")) {
        assert!(request.path.contains("fieldManager=podmortem"));
    }

    // A policy of the name that ours would have: the server says so before anything is sent.
    let create = plan.calls.iter().find(|call| &*call.method == "POST").unwrap();
    let mut other = create.clone();
    other.body["spec"]["policyTypes"] = json!(["Ingress"]);
    let right = open.cluster.latch().write_right().unwrap();
    open.cluster.write(right).send(&other).await.unwrap();
    let plan = podmortem::response::plan("isolate-pod", &open, &pods, None).await.unwrap();
    let said: Vec<_> = plan.notes.iter().filter(|note| matches!(note, PlanNote::WouldFail(_))).collect();
    assert!(said.len() == 1 && said[0].text().contains("AlreadyExists"), "{said:?}");

    // Whoever may not write leaves it out, and says so.
    let entry = contexts(Some(day.kubeconfig_path())).unwrap().into_iter().find(|entry| entry.current).unwrap();
    let closed = Cluster::new(SessionId(1), entry, ReadOnly::closed(), "podmortem/test").unwrap();
    let before = day.requests().len();
    let plan = podmortem::response::plan("isolate-pod", &Site::of(closed).await.unwrap(), &pods, None).await.unwrap();
    assert!(day.requests().iter().skip(before).all(|request| !request.path.contains("dryRun")));
    assert!(plan.notes.iter().any(|note| note.text().contains("dry run was left out")), "{:?}", plan.notes);
}

#[tokio::test]
async fn a_case_that_is_opened_later_is_in_the_audit_log_from_then_on() {
    let day = GameDay::start(Scenario::still(), 7).await.unwrap();
    let site = site(&day).await;
    site.cluster.call_itself("podmortem/test case/gd-1").unwrap();
    site.cluster.read().livez().await.unwrap();
    assert_eq!(day.requests().last().unwrap().agent, "podmortem/test case/gd-1");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_drifts_while_it_stands_is_seen_recorded_and_seen_to_end() {
    let day = GameDay::start(Scenario::still(), 7).await.unwrap();
    let site = site(&day).await;
    let root = tempfile::tempdir().unwrap();
    let engine = engine(root.path(), "GD-1");
    let nodes = targets(&site, Kind::Node, 1).await;
    let pods = targets(&site, Kind::Pod, 1).await;
    let cordon = ran(&day, &engine, &site, engine.plan("cordon", &site, &nodes).await.unwrap()).await;
    let plan = engine.plan("isolate-pod", &site, &pods).await.unwrap();
    let isolated = ran(&day, &engine, &site, plan.clone()).await;
    let mut watch = Watch::new(engine.clone(), site.clone());
    assert_eq!(watch.round().await, [] as [&str; 0]);

    let send = async |method: &str, path: &str, body: Value| {
        let right = site.cluster.latch().write_right().unwrap();
        let call = Call { target: 0, method: method.into(), path: path.into(), body };
        site.cluster.write(right).send(&call).await.unwrap();
    };
    let node = format!("/api/v1/nodes/{}", nodes[0].name);
    let created = plan.calls.iter().find(|call| call.path.contains("networkpolicies")).unwrap();
    let name = created.body.pointer("/metadata/name").unwrap().as_str().unwrap();
    send("PATCH", &node, json!({"spec": {"unschedulable": null}})).await;
    send("DELETE", &format!("{}/{name}", created.path.split('?').next().unwrap()), Value::Null).await;
    let mut seen = watch.round().await;
    seen.sort();
    assert_eq!(seen.len(), 2, "{seen:?}");
    assert!(seen[0].contains("unschedulable is not set any more"), "{seen:?}");
    assert!(seen[1].contains("was deleted"), "{seen:?}");
    let jobs = engine.jobs().borrow().clone();
    for job in [&cordon, &isolated] {
        assert!(jobs.get(&job.id).unwrap().targets[0].drift.is_some());
    }
    assert_eq!(watch.round().await, [] as [&str; 0], "told once");

    send("PATCH", &node, json!({"spec": {"unschedulable": true}})).await;
    let seen = watch.round().await;
    assert!(seen.len() == 1 && seen[0].contains("stands again"), "{seen:?}");
    let entries: Vec<_> = engine.case().records().unwrap().into_iter().map(|record| record.entry).collect();
    let count = |is: fn(&Entry) -> bool| entries.iter().filter(|entry| is(entry)).count();
    assert_eq!(count(|entry| matches!(entry, Entry::Drift { .. })), 2);
    assert_eq!(count(|entry| matches!(entry, Entry::Restored { .. })), 1);

    // Nothing is said of what was put back.
    let undo = engine.plan_undo(&site, &cordon.id).await.unwrap();
    ran(&day, &engine, &site, undo).await;
    assert_eq!(watch.round().await, [] as [&str; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_way_back_that_went_stale_is_planned_anew_and_leaves_nothing() {
    let day = GameDay::start(Scenario::still(), 7).await.unwrap();
    let site = site(&day).await;
    let root = tempfile::tempdir().unwrap();
    let engine = engine(root.path(), "GD-7");
    let pods = fit(&site, actions::find("isolate-pod").unwrap().spec(), 2).await;
    let plan = engine.plan("isolate-pod", &site, &pods).await.unwrap();
    let job = ran(&day, &engine, &site, plan.clone()).await;
    let stale = engine.plan_undo(&site, &job.id).await.unwrap();

    // One of the pods ends before the way back is confirmed.
    let path = format!("{}/{}", Kind::Pod.path_in(pods[0].namespace.as_deref().unwrap()), pods[0].name);
    let body = json!({"apiVersion": "v1", "kind": "DeleteOptions", "gracePeriodSeconds": 0});
    let write = site.cluster.write(site.cluster.latch().write_right().unwrap());
    write.send(&Call { target: 0, method: "DELETE".into(), path: path.into(), body }).await.unwrap();
    let confirmation = Confirmation { plan: stale.hash(), how: How::Typed(to_type(&stale)) };
    let refused = engine.start(&site, stale.clone(), &confirmation, "a test".into()).await.err();
    assert!(matches!(refused, Some(ResponseError::Stale(_))), "{refused:?}");

    let anew = engine.make_anew(&site, &stale).await.unwrap();
    assert_eq!((anew.undoes.as_ref(), anew.hash() == stale.hash()), (Some(&job.id.0), false));
    let undone = ran(&day, &engine, &site, anew).await;
    assert!(undone.is_proven(), "{undone:#?}");
    let made = plan.calls.iter().filter(|call| &*call.method == "POST" && call.path.starts_with('/'));
    for call in made {
        let policy =
            format!("{}/{}", call.path.split('?').next().unwrap(), call.body["metadata"]["name"].as_str().unwrap());
        assert!(site.cluster.read().get_path(&policy).await.is_err(), "{policy} outlived its pod");
    }
}
