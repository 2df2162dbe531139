//! Calls to the account: a job that was left in the middle of one, and the same actions on the command line.
#![cfg(feature = "gameday")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says where and stops"
)]

mod fixture;

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use fixture::{fit, is_done};
use podmortem::actions::find;
use podmortem::case::{Answer, Case, Entry, JobId, NewCase, verify};
use podmortem::config::Directories;
use podmortem::gameday::{GameDay, Scenario};
use podmortem::kubernetes::{Cluster, ReadOnly, contexts};
use podmortem::model::{Clean, SessionId};
use podmortem::response::{Confirmation, Engine, How, Job, Site, Watch, to_type};

const ACTIONS: [&str; 3] = ["archive-finding", "suppress-findings", "enable-audit-logs"];

async fn site(day: &GameDay) -> Site {
    let entry = contexts(Some(day.kubeconfig_path())).unwrap().into_iter().find(|entry| entry.current).unwrap();
    Site::of(Cluster::new(SessionId(0), entry, ReadOnly::open(), "podmortem/test").unwrap()).await.unwrap()
}

/// A job whose owner had announced its one call when it was killed; it had left, or it had not.
async fn left(action: &str, had_left: bool) -> (Job, Vec<Answer>) {
    let day = GameDay::start(Scenario::still(), 7).await.unwrap();
    let site = site(&day).await;
    let root = tempfile::tempdir().unwrap();
    let home = Directories::under(root.path());
    let new = NewCase { id: "LEFT".into(), title: String::new(), responder: "a".into(), clusters: vec![] };
    let owner = Engine::new(Arc::new(Case::create(&home, new).unwrap())).unwrap();
    let targets = fit(&site, find(action).unwrap().spec(), 1).await;
    let plan = owner.plan(action, &site, &targets).await.unwrap();
    let [call] = plan.calls.as_slice() else { panic!("{plan:#?}") };
    let job = JobId(format!("{action}-00000001").into());
    let started = Entry::Started {
        job: job.clone(),
        epoch: 1,
        plan: plan.hash(),
        action: plan.action.clone(),
        tier: plan.tier,
        targets: plan.targets.clone(),
        identity: site.identity.user.clone(),
        confirmed: "--yes".into(),
        reason: Clean::default(),
        undoes: None,
    };
    owner.record(started).await.unwrap();
    let request = call.clone();
    owner.record(Entry::Intent { job: job.clone(), call: 0, request, before: vec![] }).await.unwrap();
    if had_left {
        let right = site.cluster.latch().write_right().unwrap();
        site.cluster.write(right).call_account(call).await.unwrap();
    }
    let other = Engine::new(Arc::new(Case::open(&home, "LEFT").unwrap())).unwrap();
    let ended = other.resume(&site, &job, Duration::ZERO).await.unwrap().ended().await.unwrap();
    assert_eq!(is_done(&site, call).await, Some(true), "{action}");
    assert!(verify(other.case().path()).unwrap().holds());
    let answers = other.case().records().unwrap().into_iter().filter_map(|record| match record.entry {
        Entry::Result { answer, .. } => Some(answer),
        _ => None,
    });
    (ended, answers.collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_had_left_is_found_done_and_not_made_again() {
    for action in ACTIONS {
        let (job, answers) = left(action, true).await;
        assert!(job.is_proven(), "{job:#?}");
        // Found by reading, it has no request's id: nothing was sent by who went on with it.
        assert_eq!(answers, [Answer::Accepted { version: Clean::default(), uid: None }], "{action}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_never_left_is_made_once() {
    for action in ACTIONS {
        let (job, answers) = left(action, false).await;
        assert!(job.is_proven(), "{job:#?}");
        let [Answer::Accepted { version, .. }] = answers.as_slice() else { panic!("{action}: {answers:?}") };
        assert!(!version.is_empty(), "{action}: the request's id is not recorded");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_puts_back_in_the_account_has_drifted() {
    for action in ["archive-finding", "suppress-findings"] {
        let day = GameDay::start(Scenario::still(), 7).await.unwrap();
        let site = site(&day).await;
        let root = tempfile::tempdir().unwrap();
        let new = NewCase { id: "DRIFT".into(), title: String::new(), responder: "a".into(), clusters: vec![] };
        let case = Case::create(&Directories::under(root.path()), new).unwrap();
        let engine = Engine::new(Arc::new(case)).unwrap();
        let plan = engine.plan(action, &site, &fit(&site, find(action).unwrap().spec(), 1).await).await.unwrap();
        let made = plan.calls[0].clone();
        let confirmation = Confirmation { plan: plan.hash(), how: How::Typed(to_type(&plan)) };
        let job = engine.start(&site, plan, &confirmation, "a test".into()).await.unwrap().ended().await.unwrap();
        let mut watch = Watch::new(engine.clone(), site.clone()).measuring_every(Duration::ZERO);
        assert_eq!(watch.round().await, [] as [Clean; 0]);

        let write = site.cluster.write(site.cluster.latch().write_right().unwrap());
        let back = engine.plan_undo(&site, &job.id).await.unwrap();
        write.call_account(&back.calls[0]).await.unwrap();
        let told = watch.round().await;
        assert!(told.len() == 1 && told[0].contains("DRIFTED: in the account: guardduty:"), "{told:?}");
        assert_eq!(watch.round().await, [] as [Clean; 0], "it is told once");
        // Another program that has not looked yet repeats what was told.
        let mut later = Watch::new(engine.clone(), site.clone());
        assert_eq!(later.round().await, [] as [Clean; 0]);

        write.call_account(&made).await.unwrap();
        let told = watch.round().await;
        assert!(told.len() == 1 && told[0].ends_with("stands again"), "{told:?}");
    }
}

/// The program with a home of its own on a game day, in one of its clusters or accounts.
fn podmortem(day: &GameDay, context: &str, home: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_podmortem"));
    command.args(["--case", "INC-42", "--context", context, "--kubeconfig"]).arg(day.kubeconfig_path());
    for name in ["CONFIG", "STATE", "CACHE"] {
        command.env(format!("PODMORTEM_{name}_DIR"), home.join(name.to_lowercase()));
    }
    command.args(arguments).stdin(Stdio::null()).env_remove("KUBECONFIG").env_remove("PODMORTEM_CASES");
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&text).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn findings_and_clusters_are_acted_on_by_the_command_line() {
    let day = GameDay::start(Scenario::still(), 7).await.unwrap();
    let home = tempfile::tempdir().unwrap();
    let context = day.contexts()[0];
    let run = |arguments: &[&str]| tokio::task::block_in_place(|| podmortem(&day, context, home.path(), arguments));
    let (code, said) = run(&["case", "new", "--id", "INC-42", "--responder", "a"]);
    assert_eq!(code, Some(0), "{said}");
    let site = site(&day).await;
    let finding = fit(&site, find("archive-finding").unwrap().spec(), 1).await.remove(0);
    let named = format!("finding/{}", finding.name);
    let (code, said) = run(&["plan", "archive-finding", &named]);
    assert!(code == Some(0) && said.contains("guardduty:ArchiveFindings arn:aws:guardduty:us-east-1:"), "{said}");
    let (code, said) = run(&["--read-only", "act", "archive-finding", &named, "--yes"]);
    assert!(code == Some(4) && said.contains("read-only"), "{said}");
    let (code, said) = run(&["act", "archive-finding", &named, "--yes", "-o", "json"]);
    assert_eq!(code, Some(0), "{said}");
    let account = site.cluster.account("").await.unwrap();
    assert!(account.reported(&finding.name).await.unwrap().unwrap().archived);
    let (code, said) = run(&["undo", "--all", "--yes"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(!account.reported(&finding.name).await.unwrap().unwrap().archived);
    let (code, said) = run(&["plan", "archive-finding", "finding/eu-west-1/0123456789abcdef0123456789abcdef"]);
    assert!(code == Some(1) && said.contains("no GuardDuty detector"), "{said}");
    let (code, said) = run(&["plan", "suppress-findings", &named, "--set", "within=everything"]);
    assert!(code == Some(2) && said.contains("workload, user, both or cluster"), "{said}");
    for arguments in [&["plan", "enable-audit-logs", "cluster/shop-prod"][..], &["plan", "enable-audit-logs"]] {
        let (code, said) = run(arguments);
        assert!(code == Some(0) && said.contains("are on already") && said.contains("no calls"), "{said}");
    }
    let (code, said) = run(&["plan", "enable-audit-logs", "cluster/another"]);
    assert!(code == Some(2) && said.contains("leads to shop-prod"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_alone_is_a_context_of_what_is_done_in_it() {
    let day = GameDay::start(Scenario::still(), 7).await.unwrap();
    let home = tempfile::tempdir().unwrap();
    let site = site(&day).await;
    let account = site.cluster.account("").await.unwrap();
    let arn = account.caller_arn().await.unwrap();
    let context = format!("account/{}", arn.split(':').nth(4).unwrap());
    let at = |context: &str, arguments: &[&str]| {
        tokio::task::block_in_place(|| podmortem(&day, context, home.path(), arguments))
    };
    let run = |arguments: &[&str]| at(&context, arguments);
    let (code, said) = run(&["case", "new", "--id", "INC-42", "--responder", "a"]);
    assert_eq!(code, Some(0), "{said}");
    let finding = fit(&site, find("archive-finding").unwrap().spec(), 1).await.remove(0);
    let named = format!("finding/{}", finding.name);
    let (code, said) = run(&["plan", "archive-finding", &named]);
    assert!(code == Some(0) && said.contains(&format!("in the account:\n  AWS takes us for {arn}")), "{said}");
    let (code, said) = run(&["act", "archive-finding", &named, "--yes"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(account.reported(&finding.name).await.unwrap().unwrap().archived);
    let (code, said) = run(&["undo", "--all", "--yes"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(!account.reported(&finding.name).await.unwrap().unwrap().archived);
    let (code, said) = run(&["pods"]);
    assert!(code == Some(1) && said.contains("an account and no cluster"), "{said}");
    let (code, said) = at("account/999999999999", &["plan", "archive-finding", &named]);
    assert!(code == Some(2) && said.contains("there is no context account/999999999999"), "{said}");
}
