//! The engine and every action of the registry, against the embedded cluster,
//! which tells what reached it.
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
use podmortem::case::{Case, Entry, JobEnd, NewCase, verify};
use podmortem::config::Directories;
use podmortem::gameday::{GameDay, Scenario};
use podmortem::kubernetes::{Cluster, ReadOnly, contexts};
use podmortem::model::{Call, Clean, Kind, Plan, SessionId, Tier, Uid, Verdict};
use podmortem::response::{Confirmation, Engine, How, Order, ResponseError, Site, to_type};
use serde_json::json;

async fn game_day() -> GameDay {
    GameDay::start(Scenario::still(), 7).await.unwrap()
}

async fn site(day: &GameDay, latch: ReadOnly) -> Site {
    let entries = contexts(Some(day.kubeconfig_path())).unwrap();
    let entry = entries.into_iter().find(|entry| entry.current).unwrap();
    Site::of(Cluster::new(SessionId(0), entry, latch, "podmortem/test").unwrap()).await.unwrap()
}

fn engine(root: &Path) -> Engine {
    let new = NewCase { id: "GD-1".into(), title: String::new(), responder: "a".into(), clusters: vec![] };
    Engine::new(Arc::new(Case::create(&Directories::under(root), new).unwrap())).unwrap()
}

fn yes(plan: &Plan) -> Confirmation {
    let typed = plan.tier >= Tier::Irreversible;
    let how = if typed { How::Typed(to_type(plan)) } else { How::Yes };
    Confirmation { plan: plan.hash(), how }
}

/// Controllers at work while a job runs, and no rollout that replaces what it works on.
async fn life(day: &GameDay) {
    let mut tick = tokio::time::interval(std::time::Duration::from_millis(500));
    // A step may take longer than a tick; what is late is not made up for.
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        day.calm_step();
    }
}

/// Requests that change something, after the first `before` ones: neither questions nor dry runs.
fn writes(day: &GameDay, before: usize) -> Vec<String> {
    let requests = day.requests();
    let changing = requests.iter().skip(before).filter(|request| request.method != "GET");
    changing
        .map(|request| format!("{} {}", request.method, request.path))
        .filter(|line| !line.contains("reviews") && !line.contains("dryRun=All"))
        .collect()
}

#[tokio::test]
async fn planning_changes_nothing_and_says_the_same_twice() {
    let day = game_day().await;
    let site = site(&day, ReadOnly::open()).await;
    let root = tempfile::tempdir().unwrap();
    let engine = engine(root.path());
    for action in actions::all() {
        let spec = action.spec();
        let targets = fit(&site, spec, 2).await;
        let before = day.requests().len();
        let plan = engine.plan(spec.id, &site, &targets).await.unwrap();
        let again = engine.plan(spec.id, &site, &targets).await.unwrap();
        assert_eq!(plan.hash(), again.hash(), "{}", spec.id);
        assert_eq!(engine.case().plans().find(plan.hash()).unwrap(), plan, "{}", spec.id);
        assert!(plan.calls.iter().all(|call| call.target < 2), "{}", spec.id);
        assert!(plan.tier >= spec.tier, "{}", spec.id);
        assert_eq!(writes(&day, before), [] as [String; 0], "{}", spec.id);
        for call in plan.calls.iter().filter(|call| call.method.contains(':') && &*call.method != "ssm:SendCommand") {
            assert_eq!(is_done(&site, call).await, Some(false), "{}: {call:?}", spec.id);
        }
        // What the API server's managedFields say of a change is who made it. Evictions and tokens are not stored.
        let stored = |call: &&Call| !call.path.contains("/eviction") && !call.path.contains("/token");
        for call in plan.calls.iter().filter(|call| matches!(&*call.method, "POST" | "PUT" | "PATCH")).filter(stored) {
            assert!(call.path.contains("fieldManager=podmortem"), "{}: {}", spec.id, call.path);
        }
    }
}

#[tokio::test]
async fn read_only_sends_nothing_and_is_recorded() {
    let day = game_day().await;
    let open = site(&day, ReadOnly::open()).await;
    let closed = site(&day, ReadOnly::closed()).await;
    let root = tempfile::tempdir().unwrap();
    let engine = engine(root.path());
    for action in actions::all() {
        let spec = action.spec();
        let plan = engine.plan(spec.id, &open, &fit(&open, spec, 1).await).await.unwrap();
        let before = day.requests().len();
        let refused = engine.start(&closed, plan.clone(), &yes(&plan), Clean::default()).await;
        assert!(matches!(refused, Err(ResponseError::ReadOnly { .. })), "{}", spec.id);
        assert_eq!(day.requests().len(), before, "{}", spec.id);
        for call in plan.calls.iter().filter(|call| call.method.contains(':') && &*call.method != "ssm:SendCommand") {
            assert_eq!(is_done(&open, call).await, Some(false), "{}: {call:?}", spec.id);
        }
    }
    let records = engine.case().records().unwrap();
    let refusals = records.iter().filter(|record| matches!(record.entry, Entry::Refused { .. })).count();
    assert_eq!(refusals, actions::all().len());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_action_runs_to_its_verdict_and_the_case_verifies() {
    let day = game_day().await;
    let site = site(&day, ReadOnly::open()).await;
    let root = tempfile::tempdir().unwrap();
    let engine = engine(root.path());
    for action in actions::all() {
        let spec = action.spec();
        if !served(&site, spec).await {
            continue;
        }
        let targets = fit(&site, spec, 3).await;
        let mut order = Order::from(spec.id);
        if spec.id == "evict" {
            order.options.set("patience", "5");
        }
        let plan = engine.plan(order, &site, &targets).await.unwrap();
        let running = engine.start(&site, plan.clone(), &yes(&plan), "a test".into()).await.unwrap();
        let job = tokio::select! {
            job = running.ended() => job.unwrap(),
            () = life(&day) => unreachable!("life ends with the game day"),
        };
        assert_eq!((job.finished(), job.failures()), (targets.len(), 0), "{job:#?}");
        for state in &job.targets {
            let verdict = state.verdict.as_ref().unwrap();
            match spec.id {
                // Policies are enforced there, on new connections at least; whether a pod has open ones is its own affair.
                // Pods with their node's network are beyond any policy.
                "isolate-pod" => assert!(
                    !matches!(verdict, Verdict::NotEnforced { .. })
                        || verdict.because().contains("network of its node"),
                    "{verdict}"
                ),
                // A budget of the twin may never allow it, and is never overruled.
                "evict" => assert!(verdict.is_proven() || verdict.because().contains("budget"), "{verdict}"),
                // Several bindings give anonymous users the same; what another one still gives is said.
                "remove-anonymous" => {
                    assert!(verdict.is_proven() || verdict.because().contains("by another"), "{verdict}");
                }
                // The twin's kubelets do not tell which containers they run.
                "delete-pod" => assert!(matches!(verdict, Verdict::NotMeasured { .. }), "{verdict}"),
                _ => assert!(verdict.is_proven(), "{verdict}"),
            }
        }
        assert!(spec.id != "capture-pod" || job.bytes() > 0);
    }
    let report = verify(engine.case().path()).unwrap();
    assert!(report.holds(), "{report:?}");
    assert!(report.artefacts > 0);
}

#[tokio::test]
async fn intents_are_recorded_before_results_and_hold_the_exact_calls() {
    let day = game_day().await;
    let site = site(&day, ReadOnly::open()).await;
    let root = tempfile::tempdir().unwrap();
    let engine = engine(root.path());
    let plan = engine.plan("isolate-pod", &site, &targets(&site, Kind::Pod, 2).await).await.unwrap();
    let running = engine.start(&site, plan.clone(), &yes(&plan), Clean::default()).await.unwrap();
    running.ended().await.unwrap();
    let mut announced: Vec<(usize, Call)> = Vec::new();
    for record in engine.case().records().unwrap() {
        match record.entry {
            Entry::Intent { call, request, before, .. } => {
                assert!(!before.is_empty());
                announced.push((call, request));
            }
            Entry::Result { call, .. } => assert!(announced.iter().any(|(known, _)| *known == call)),
            _ => {}
        }
    }
    announced.sort_by_key(|(place, _)| *place);
    let job = engine.jobs().borrow().iter().next().unwrap().id.clone();
    let mut planned = plan.calls.clone();
    // A command for a node says besides in its comment whose it is, so that it is found again.
    for (place, call) in planned.iter_mut().enumerate().filter(|(_, call)| &*call.method == "ssm:SendCommand") {
        let named = format!("{} {job}/{place}", call.body["Comment"].as_str().unwrap());
        assert!(named.len() <= 100, "{named}");
        call.body["Comment"] = named.into();
    }
    assert!(planned != plan.calls, "nothing was measured");
    let requests: Vec<Call> = announced.into_iter().map(|(_, request)| request).collect();
    assert_eq!(requests, planned);
}

#[tokio::test]
async fn a_plan_whose_facts_have_changed_is_refused_and_says_which() {
    let day = game_day().await;
    let site = site(&day, ReadOnly::open()).await;
    let root = tempfile::tempdir().unwrap();
    let engine = engine(root.path());
    let targets = targets(&site, Kind::Pod, 1).await;
    let plan = engine.plan("isolate-pod", &site, &targets).await.unwrap();
    let label = Call {
        target: 0,
        method: "PATCH".into(),
        path: format!("{}/{}", Kind::Pod.path_in(targets[0].namespace.as_ref().unwrap()), targets[0].name).into(),
        body: json!({"metadata": {"labels": {"somebody": "else"}}}),
    };
    let right = site.cluster.latch().write_right().unwrap();
    site.cluster.write(right).send(&label).await.unwrap();
    let before = day.requests().len();
    let refused = engine.start(&site, plan.clone(), &yes(&plan), Clean::default()).await;
    let Err(ResponseError::Stale(changes)) = refused else { panic!("a stale plan was run") };
    assert!(changes.iter().any(|change| change.contains("labels")), "{changes:?}");
    assert_eq!(writes(&day, before), [] as [String; 0]);
}

#[tokio::test]
async fn a_target_of_another_uid_is_nobodys_target() {
    let day = game_day().await;
    let site = site(&day, ReadOnly::open()).await;
    let mut targets = targets(&site, Kind::Node, 1).await;
    targets[0].uid = Uid::from_bytes([7; 16]);
    let refused = podmortem::response::plan("cordon", &site, &targets, None).await;
    let said = refused.unwrap_err().to_string();
    assert!(said.contains("is another object now"), "{said}");
}

#[tokio::test]
async fn a_second_program_sees_the_job_and_its_verdict() {
    let day = game_day().await;
    let site = site(&day, ReadOnly::open()).await;
    let root = tempfile::tempdir().unwrap();
    let engine = engine(root.path());
    let observer = Engine::new(Arc::new(Case::open(&Directories::under(root.path()), "GD-1").unwrap())).unwrap();
    let mut seen = observer.jobs();
    let follower = observer.clone();
    let following = tokio::spawn(async move { follower.follow().await });
    let plan = engine.plan("isolate-pod", &site, &targets(&site, Kind::Pod, 1).await).await.unwrap();
    let running = engine.start(&site, plan.clone(), &yes(&plan), Clean::default()).await.unwrap();
    let own = running.ended().await.unwrap();
    let theirs = seen.wait_for(|jobs| jobs.get(&own.id).is_some_and(|job| job.ended.is_some())).await.unwrap().clone();
    assert_eq!(theirs.get(&own.id).unwrap().targets[0].verdict, own.targets[0].verdict);
    following.abort();
}

#[tokio::test]
async fn a_cancelled_job_leaves_the_rest_and_says_so() {
    let day = game_day().await;
    let site = site(&day, ReadOnly::open()).await;
    let root = tempfile::tempdir().unwrap();
    let engine = engine(root.path());
    let targets = targets(&site, Kind::Pod, 40).await;
    let plan = engine.plan("capture-pod", &site, &targets).await.unwrap();
    let running = engine.start(&site, plan.clone(), &yes(&plan), Clean::default()).await.unwrap();
    running.cancel();
    let job = running.ended().await.unwrap();
    assert_eq!(job.end, Some(JobEnd::Cancelled));
    assert_eq!(job.finished(), targets.len());
    assert!(job.targets.iter().any(|state| state.failed.as_ref().is_some_and(|why| why.contains("cancelled"))));
    assert!(verify(engine.case().path()).unwrap().holds());
}

/// Evidence leaves its Region only where a record of the case says that it may.
#[tokio::test]
async fn a_capture_is_refused_where_its_evidence_would_leave_its_region() {
    let day = game_day().await;
    let site = site(&day, ReadOnly::open()).await;
    let of = site.cluster.read().region().await.unwrap();
    let root = tempfile::tempdir().unwrap();
    let home = Directories::under(root.path()).standing_in(Some("eu-north-9".to_owned()));
    let new = NewCase { id: "GD-2".into(), title: String::new(), responder: "a".into(), clusters: vec![] };
    let engine = Engine::new(Arc::new(Case::create(&home, new).unwrap())).unwrap();
    let pod = targets(&site, Kind::Pod, 1).await;
    let refused = engine.plan("capture-pod", &site, &pod).await.unwrap_err();
    assert!(refused.is_refusal(), "{refused}");
    let command = format!("podmortem case allow-copy --from {of} --to eu-north-9 --reason TEXT --case 'GD-2'");
    assert!(refused.to_string().contains(&command), "{refused}");
    let elsewhere = self::engine(&root.path().join("elsewhere"));
    let plan = elsewhere.plan("capture-pod", &site, &pod).await.unwrap();
    assert!(plan.notes.iter().any(|note| note.text().contains("is not known")), "{:?}", plan.notes);
    let foreign = Plan { case: Some("GD-2".into()), ..plan };
    let yes = Confirmation { plan: foreign.hash(), how: How::NotAsked };
    assert!(engine.start(&site, foreign, &yes, Clean::default()).await.err().unwrap().is_refusal());
    let label = engine.plan("label-pod", &site, &pod).await;
    assert!(!matches!(&label, Err(error) if error.to_string().contains("allow-copy")), "a label captures nothing");
    let allowed = Entry::CopyAllowed { from: of, to: "eu-north-9".into(), reason: "legal agreed".into() };
    engine.record(allowed).await.unwrap();
    let plan = engine.plan("capture-pod", &site, &pod).await.unwrap();
    assert!(plan.notes.iter().any(|note| note.text().contains("legal agreed")), "{:?}", plan.notes);
    let yes = Confirmation { plan: plan.hash(), how: How::NotAsked };
    let job = engine.start(&site, plan, &yes, Clean::default()).await.unwrap().ended().await.unwrap();
    assert_eq!(job.failures(), 0);
    let kept = engine.case().summary().unwrap().evidence;
    assert!(!kept.is_empty() && kept.iter().all(|custody| custody.source.region.is_some()));
}
