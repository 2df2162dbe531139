//! The questions of the incident: seen, answered, watched by an observer; people called; alerts asked for again.

use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::case::{Entry, Record};
use crate::findings::{Again, read};
use crate::triage::Ledger;
use crate::tui::app::Habits;
use crate::tui::overlays::Overlay;

fn record(second: i64, entry: serde_json::Value) -> Record {
    let time = jiff::Timestamp::from_second(second).unwrap();
    serde_json::from_value(json!({
        "v": 1, "seq": 1, "prev": "0".repeat(64), "time": time, "writer": "kim-1",
        "by": {"user": "kim", "uid": 1000, "host": "bastion"}, "entry": entry,
    }))
    .unwrap()
}

fn said(second: i64, topic: &str, lines: &[&str]) -> Record {
    record(second, json!({"what": "triage", "topic": topic, "lines": lines}))
}

/// A cockpit with a case, a scope of two privileged pods, and these answers.
fn ready(answers: &[Record]) -> App {
    let mut app = app();
    app.case.id = "INC-42".into();
    press(&mut app, "/ 'privileged enter space space + U 0");
    let opened = record(1, json!({"what": "opened", "id": "INC-42", "title": "", "responder": "kim", "clusters": []}));
    let records: Vec<_> = std::iter::once(opened).chain(answers.iter().cloned()).collect();
    app.reply(Reply::Ledger(Arc::new(Ledger::fold(&records))));
    app.told = None;
    app.take_effects();
    app
}

/// What is to be recorded.
fn written(app: &mut App) -> Option<(String, Vec<String>)> {
    app.take_effects().into_iter().find_map(|effect| match effect {
        Effect::Write { entry, .. } => match *entry {
            Entry::Triage { topic, lines } => {
                Some((topic.to_string(), lines.iter().map(ToString::to_string).collect()))
            }
            _ => None,
        },
        _ => None,
    })
}

fn top(app: &mut App) -> String {
    screen(app, 120, 40)
}

#[test]
fn questions_stand_with_answers_facts_and_what_is_open() {
    let answers = [
        said(START - 600, "priority", &["P2 the pods are privileged"]),
        said(START - 300, "impact", &["payments fail", "since 03:10"]),
        said(START - 60, "sla", &["breached"]),
    ];
    let mut app = ready(&answers);
    press(&mut app, ": 'triage_tools enter");
    insta::assert_snapshot!("triage_80x24", screen(&mut app, 80, 24));
    insta::assert_snapshot!("triage_120x40", screen(&mut app, 120, 40));
    press(&mut app, "G");
    let text = top(&mut app);
    assert!(text.contains("of a later version") && text.contains("breached"), "{text}");
}

#[test]
fn a_line_is_answered_in_place_and_the_fact_is_the_default() {
    let mut app = ready(&[]);
    press(&mut app, ": 'triage enter enter");
    assert!(top(&mut app).contains("enter saves it"));
    press(&mut app, "enter");
    assert_eq!(written(&mut app), Some(("ticket".to_owned(), vec!["INC-42".to_owned()])));
    assert!(matches!(app.overlays.last(), Some(Overlay::Answering(_))), "it stays open until it is on disk");
    app.reply(Reply::Written("ticket: answered".into()));
    assert!(matches!(app.overlays.last(), Some(Overlay::Triage(_))));
}

#[test]
fn several_lines_are_written_and_saved_with_their_own_key() {
    let mut app = ready(&[said(START - 60, "damage", &["unknown"])]);
    press(&mut app, ": 'triage_damage enter enter");
    app.paste("40 payments failed\nsecret shop/db was readable\u{1b}[2J ");
    press(&mut app, "ctrl-s");
    let (topic, lines) = written(&mut app).unwrap();
    assert_eq!((topic.as_str(), lines.len()), ("damage", 2));
    assert!(lines[1].contains("␛[2J"), "{lines:?}");
}

#[test]
fn a_wrong_answer_is_told_and_nothing_is_recorded() {
    let mut app = ready(&[]);
    press(&mut app, ": 'triage_authorised enter enter 'perhaps enter");
    assert_eq!(written(&mut app), None);
    assert!(top(&mut app).contains("perhaps is none of yes, no, unreached"));
}

#[test]
fn who_answered_meanwhile_is_shown_before_another_answer_follows() {
    let mut app = ready(&[]);
    press(&mut app, ": 'triage_ticket enter enter");
    app.reply(Reply::Ledger(Arc::new(Ledger::fold(&[said(START, "ticket", &["INC-7"])]))));
    press(&mut app, "enter");
    assert_eq!(written(&mut app), None);
    assert!(top(&mut app).contains("kim has answered meanwhile: INC-7"));
    press(&mut app, "enter");
    assert!(written(&mut app).is_some());
}

#[test]
fn an_observer_sees_all_of_it_and_is_told_why_nothing_can_be_answered() {
    let mut app = ready(&[]);
    app.mode.read_only = true;
    press(&mut app, ": 'triage enter enter 'x enter ctrl-s");
    assert_eq!(written(&mut app), None);
    assert!(top(&mut app).contains("this session is read-only: it answers nothing"));
    press(&mut app, "esc");
    app.reply(Reply::Ledger(Arc::new(Ledger::fold(&[said(START, "priority", &["P1 it spreads"])]))));
    let text = top(&mut app);
    assert!(text.contains("P1 it spreads") && text.contains("case INC-42 P1"), "{text}");
}

#[test]
fn without_a_case_there_is_nothing_to_answer() {
    let mut app = app();
    press(&mut app, ": 'triage enter");
    assert!(app.overlays.is_empty());
    assert!(app.told.as_ref().unwrap().1.contains("no case is open"));
    let mut app = ready(&[]);
    press(&mut app, ": 'triage_nothing enter");
    assert!(app.overlays.is_empty() && app.told.as_ref().unwrap().1.contains("war-room"), "{:?}", app.told);
}

#[test]
fn a_message_of_intent_is_drafted_once_nobody_authorised_it_and_copied_never_sent() {
    let mut app = ready(&[said(START, "authorised", &["no Kim was asleep"])]);
    press(&mut app, ": 'triage_message enter y");
    let copied = app.take_effects().into_iter().find_map(|effect| match effect {
        Effect::Copy(text) => Some(text),
        _ => None,
    });
    let copied = copied.unwrap();
    assert!(copied.contains("not authorised: Kim was asleep") && copied.contains("web-7d9f-aaaaa"), "{copied}");
    insta::assert_snapshot!("message", screen(&mut app, 120, 40));
    press(&mut app, "enter ctrl-s");
    assert!(written(&mut app).unwrap().1.len() > 8);
}

#[test]
fn people_are_called_after_all_of_it_was_shown() {
    let mut app = ready(&[said(START, "priority", &["P1"]), said(START, "war-room", &["room 4"])]);
    press(&mut app, ": 'page enter");
    assert!(app.told.as_ref().unwrap().1.contains("settings.yaml names no command"));
    app.adopt(Habits { page: vec!["oncall".into(), "--team".into(), "shop; rm".into()], ..Habits::default() });
    press(&mut app, ": 'page enter");
    app.told = None;
    insta::assert_snapshot!("page_80x24", screen(&mut app, 80, 24));
    press(&mut app, "enter");
    assert!(!app.take_effects().iter().any(|effect| matches!(effect, Effect::Page(_))), "enter alone calls nobody");
    press(&mut app, ": 'page_come_now enter y");
    let call = app.take_effects().into_iter().find_map(|effect| match effect {
        Effect::Page(call) => Some(call),
        _ => None,
    });
    assert_eq!(call.unwrap().text, "come now\n");
    app.mode.read_only = true;
    press(&mut app, ": 'page_now enter");
    assert!(app.overlays.is_empty() && app.told.as_ref().unwrap().1.contains("read-only"));
}

#[test]
fn a_copy_between_regions_is_allowed_with_a_reason_or_not_at_all() {
    let mut app = ready(&[]);
    press(&mut app, ": 'allow-copy_us-east-1_eu-central-1 enter");
    assert!(!app.take_effects().iter().any(|effect| matches!(effect, Effect::Write { .. })));
    press(&mut app, ": 'allow-copy_us-east-1_eu-central-1_legal_agreed enter");
    let allowed = app.take_effects().into_iter().find_map(|effect| match effect {
        Effect::Write { entry, .. } => Some(*entry),
        _ => None,
    });
    let expected =
        Entry::CopyAllowed { from: "us-east-1".into(), to: "eu-central-1".into(), reason: "legal agreed".into() };
    assert_eq!(allowed, Some(expected));
}

#[test]
fn a_finding_is_asked_for_again_by_key_and_when_it_is_acted_on() {
    let mut app = ready(&[]);
    let finding = |severity: f64, updated: i64| {
        json!([{
            "id": "a", "type": "PrivilegeEscalation:Kubernetes/PrivilegedContainer", "severity": severity,
            "accountId": "123456789012", "region": "us-east-1", "title": "t", "updatedAt": updated,
            "resource": {
                "resourceType": "EKSCluster", "eksClusterDetails": {"name": "shop-prod"},
                "kubernetesDetails": {"kubernetesWorkloadDetails": {"type": "deployments", "namespace": "shop", "name": "web"}},
            },
            "service": {"serviceName": "guardduty", "count": 1},
        }])
    };
    let batch = |severity, updated| read(&"GuardDuty".into(), finding(severity, updated).to_string().as_bytes());
    press(&mut app, "2 r");
    assert!(app.told.as_ref().unwrap().1.contains("only findings"), "{:?}", app.told);
    app.reply(Reply::Findings(Box::new(batch(5.0, START - 300)), false));
    press(&mut app, "4 r");
    let asked = |app: &mut App| {
        app.take_effects().into_iter().find_map(|effect| match effect {
            Effect::Reread { finding, by_hand } => Some((finding, by_hand)),
            _ => None,
        })
    };
    let (before, by_hand) = asked(&mut app).unwrap();
    assert!(by_hand);
    let now = batch(9.0, START - 10);
    let reread = serde_json::from_value(json!({
        "finding": "a", "kind": "x", "of": "GuardDuty", "now": {"severity": "CRITICAL", "count": 1, "updated": null, "archived": false},
        "changes": crate::findings::changes(&before, &now.findings[0]),
    }));
    let came = Ok(Box::new(Again { reread: reread.unwrap(), batch: now }));
    app.reply(Reply::Reread { finding: before, came, by_hand });
    assert!(app.told.as_ref().unwrap().1.contains("severity was MEDIUM, is CRITICAL"), "{:?}", app.told);
    press(&mut app, "enter");
    assert!(top(&mut app).contains("last asked for again 0s ago"), "{}", top(&mut app));
    press(&mut app, "+");
    assert!(!asked(&mut app).unwrap().1, "acting on it asks by itself");
    assert!(app.told.as_ref().unwrap().1.contains("last asked for again"), "{:?}", app.told);
}

#[test]
fn a_window_of_any_size_shows_the_questions() {
    let mut app = ready(&[said(START, "impact", &["\u{202e}evil", "two"])]);
    app.adopt(Habits { page: vec!["oncall".into()], ..Habits::default() });
    for keys in [": 'triage_impact enter", "enter", "esc h", "esc esc : 'page enter"] {
        press(&mut app, keys);
        for (width, height) in [(1, 1), (60, 15), (61, 16), (109, 29), (110, 30), (240, 60)] {
            screen(&mut app, width, height);
        }
    }
}
