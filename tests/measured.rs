//! What is measured of a containment on the embedded cluster: in each mode of its
//! network, and again while the containment stands.
#![cfg(feature = "gameday")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says where and stops"
)]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use podmortem::case::{Case, Entry, NewCase};
use podmortem::config::Directories;
use podmortem::gameday::{Enforcement, GameDay, Scenario};
use podmortem::kubernetes::{Cluster, ReadOnly, contexts};
use podmortem::model::{Kind, SessionId, Target, Verdict};
use podmortem::response::{Confirmation, Engine, How, Job, Site, Watch, to_type};
use serde_json::Value;

async fn site(day: &GameDay, latch: ReadOnly) -> Site {
    let entries = contexts(Some(day.kubeconfig_path())).unwrap();
    let entry = entries.into_iter().find(|entry| entry.current).unwrap();
    Site::of(Cluster::new(SessionId(0), entry, latch, "podmortem/test").unwrap()).await.unwrap()
}

fn engine(root: &Path) -> Engine {
    let new = NewCase { id: "GD-1".into(), title: String::new(), responder: "a".into(), clusters: vec![] };
    Engine::new(Arc::new(Case::create(&Directories::under(root), new).unwrap())).unwrap()
}

/// The pods of an application of the shop.
async fn pods(site: &Site, app: &str) -> Vec<Target> {
    let body = site.cluster.read().list(Kind::Pod, "shop", "", "").await.unwrap();
    let list: Value = serde_json::from_slice(&body).unwrap();
    let items = list["items"].as_array().unwrap().iter().filter(|item| item["metadata"]["labels"]["app"] == app);
    let target = |item: &Value| Target {
        cluster: site.identity.cluster,
        kind: Kind::Pod,
        namespace: Some("shop".into()),
        name: item["metadata"]["name"].as_str().unwrap().into(),
        uid: item["metadata"]["uid"].as_str().unwrap().parse().unwrap(),
    };
    items.map(target).collect()
}

async fn ran(engine: &Engine, site: &Site, action: &str, targets: &[Target]) -> Job {
    let plan = engine.plan(action, site, targets).await.unwrap();
    let confirmation = Confirmation { plan: plan.hash(), how: How::Typed(to_type(&plan)) };
    engine.start(site, plan, &confirmation, "a test".into()).await.unwrap().ended().await.unwrap()
}

fn verdict(job: &Job) -> &Verdict {
    job.targets[0].verdict.as_ref().unwrap_or_else(|| panic!("{job:#?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_verdict_is_what_the_network_does() {
    for enforcement in [Enforcement::Off, Enforcement::Keep, Enforcement::Cut] {
        let day = GameDay::start(Scenario::still().enforcing(enforcement), 7).await.unwrap();
        let site = site(&day, ReadOnly::open()).await;
        let root = tempfile::tempdir().unwrap();
        let engine = engine(root.path());
        let web = pods(&site, "web").await;
        let isolated = ran(&engine, &site, "isolate-pod", &web[..1]).await;
        let found = verdict(&isolated);
        match enforcement {
            Enforcement::Off => assert!(matches!(found, Verdict::NotEnforced { .. }), "{found}"),
            Enforcement::Keep => {
                assert!(matches!(found, Verdict::StillLeaking { .. }), "{found}");
                assert!(found.because().contains("198.51.100.23:4444 (kworkerd, process "), "{found}");
                let cut = ran(&engine, &site, "hard-cut", &web[..1]).await;
                assert!(matches!(verdict(&cut), Verdict::ProvenForPod { .. }), "{}", verdict(&cut));
            }
            Enforcement::Cut => {
                assert!(matches!(found, Verdict::ProvenForPod { .. }), "{found}");
                for part in [
                    "is out of its reach, UDP and TCP",
                    "the instance metadata service is out of its reach",
                    "the Pod Identity agent of its node still answers it",
                    "it has no way out over IPv6",
                ] {
                    assert!(found.because().contains(part), "{part}: {found}");
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_says_nothing_is_not_proven_where_connections_are_kept() {
    let day = GameDay::start(Scenario::still(), 7).await.unwrap();
    let site = site(&day, ReadOnly::open()).await;
    let root = tempfile::tempdir().unwrap();
    let quiet = pods(&site, "quiet").await;
    let job = ran(&engine(root.path()), &site, "isolate-pod", &quiet[..1]).await;
    assert!(matches!(verdict(&job), Verdict::NotMeasured { .. }), "{}", verdict(&job));
    assert!(verdict(&job).because().contains("says nothing"), "{}", verdict(&job));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_gets_through_again_while_it_stands_is_drift_and_recorded() {
    let day = GameDay::start(Scenario::still().enforcing(Enforcement::Cut), 7).await.unwrap();
    let open = site(&day, ReadOnly::open()).await;
    let root = tempfile::tempdir().unwrap();
    let engine = engine(root.path());
    let web = pods(&open, "web").await;
    let job = ran(&engine, &open, "isolate-pod", &web[..1]).await;
    assert!(verdict(&job).is_proven(), "{}", verdict(&job));
    let evidence = || {
        let records = engine.case().records().unwrap();
        let again = |entry: &Entry| matches!(entry, Entry::Evidence { custody, .. } if custody.source.label.ends_with(" again"));
        records.iter().filter(|record| again(&record.entry)).count()
    };

    // Its rhythm is calm: what was just measured is not measured again.
    assert!(Watch::new(engine.clone(), open.clone()).round().await.is_empty());
    assert_eq!(evidence(), 0);
    let mut watch = Watch::new(engine.clone(), open.clone()).measuring_every(Duration::ZERO);
    assert!(watch.round().await.is_empty(), "it holds");
    assert_eq!(evidence(), 1, "what the node said is kept");

    day.enforce(Enforcement::Off);
    let closed = site(&day, ReadOnly::closed()).await;
    let mut observer = Watch::new(engine.clone(), closed).measuring_every(Duration::ZERO);
    assert!(observer.round().await.is_empty(), "who may change nothing sends no command");
    assert_eq!(evidence(), 1);
    let told = watch.round().await;
    assert!(told.len() == 1 && told[0].contains("DRIFTED: measured again: NOT ENFORCED"), "{told:?}");
    let drift = |engine: &Engine| engine.jobs().borrow().get(&job.id).unwrap().targets[0].drift.clone();
    assert!(drift(&engine).is_some());
    assert!(watch.round().await.is_empty(), "told once");
    // Another program that has measured nothing has nothing to say against it.
    assert!(Watch::new(engine.clone(), open.clone()).round().await.is_empty());

    day.enforce(Enforcement::Cut);
    let told = watch.round().await;
    assert!(told.len() == 1 && told[0].contains("stands again"), "{told:?}");
    assert_eq!(drift(&engine), None);
    let records = engine.case().records().unwrap();
    let count = |is: fn(&Entry) -> bool| records.iter().filter(|record| is(&record.entry)).count();
    assert_eq!(count(|entry| matches!(entry, Entry::Drift { .. })), 1);
    assert_eq!(count(|entry| matches!(entry, Entry::Restored { .. })), 1);
    assert!(podmortem::case::verify(engine.case().path()).unwrap().holds());
}
