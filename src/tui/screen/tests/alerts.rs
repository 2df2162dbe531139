//! The findings: from an alert to the scope.

use serde_json::json;

use super::*;
use crate::findings::read;
use crate::tui::overlays::Overlay;

fn finding(id: &str, severity: f64, name: &str) -> serde_json::Value {
    json!({
        "id": id, "type": "PrivilegeEscalation:Kubernetes/PrivilegedContainer", "severity": severity,
        "accountId": "123456789012", "region": "us-east-1", "title": "A privileged container was started",
        "updatedAt": START - 300,
        "resource": {
            "resourceType": "EKSCluster", "eksClusterDetails": {"name": "shop-prod"},
            "kubernetesDetails": {
                "kubernetesUserDetails": {"username": "system:serviceaccount:shop:web"},
                "kubernetesWorkloadDetails": {"type": "deployments", "namespace": "shop", "name": name},
            },
        },
        "service": {"serviceName": "guardduty", "action": {"kubernetesApiCallAction": {"verb": "patch", "sourceIPs": ["10.0.1.3"]}}},
    })
}

fn told(app: &mut App, findings: &[serde_json::Value], by_hand: bool) {
    let batch = read(&"alerts.json".into(), json!(findings).to_string().as_bytes());
    app.reply(Reply::Findings(Box::new(batch), by_hand));
}

#[test]
fn two_keys_lead_from_the_alert_to_the_scope() {
    let mut app = app();
    told(&mut app, &[finding("a", 5.0, "web"), finding("b", 2.0, "nothing")], false);
    press(&mut app, "4 +");
    let names: Vec<_> = app.scope.iter().map(|target| target.name.to_string()).collect();
    assert_eq!(names, ["web-7d9f-aaaaa", "web-7d9f-bbbbb"]);
    press(&mut app, "j +");
    assert_eq!(app.scope.len(), 2);
    assert!(app.told.as_ref().unwrap().1.contains("leads to no pods"), "{:?}", app.told);
}

#[test]
fn a_finding_is_opened_and_walked() {
    let mut app = app();
    told(&mut app, &[finding("a", 8.0, "web")], false);
    insta::assert_snapshot!("findings", screen(&mut app, 120, 40));
    press(&mut app, "4 enter");
    let text = screen(&mut app, 120, 60);
    for part in [
        "never been privileged here",
        "ask first",
        "pod",
        "ip-10-0-1-1.ec2.internal",
        "i-0abc",
        "pod shop/api-7d9f-ccccc has this address now",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    insta::assert_snapshot!("finding", text);
    press(&mut app, "enter");
    assert!(matches!(app.overlays.last(), Some(Overlay::Detail(_)) | Some(Overlay::Finding(_))));
    press(&mut app, "esc esc 4 y");
    assert!(screen(&mut app, 120, 40).contains("\"accountId\""));
    press(&mut app, "tab +");
    assert_eq!(app.scope.len(), 2);
}

#[test]
fn new_findings_are_told_and_the_cursor_stays_on_its_own() {
    let mut app = app();
    told(&mut app, &[finding("a", 2.0, "web")], false);
    assert!(app.told.as_ref().unwrap().1.contains("1 finding;"));
    press(&mut app, "4");
    told(&mut app, &[finding("b", 9.0, "web"), finding("a", 2.0, "web")], false);
    assert!(app.told.as_ref().unwrap().1.contains("new finding: CRITICAL"));
    assert_eq!(app.alerts.chosen().unwrap().id, "a");
    told(&mut app, &[finding("b", 9.0, "web")], false);
    assert_eq!(app.alerts.shelf.len(), 2);
}

#[test]
fn a_file_is_asked_for_by_name_and_its_troubles_are_told() {
    let mut app = app();
    press(&mut app, ": 'findings_alerts.json enter");
    assert!(
        app.take_effects()
            .iter()
            .any(|effect| matches!(effect, Effect::ReadFindings(path) if path.ends_with("alerts.json")))
    );
    told(&mut app, &[json!({"FindingIds": ["x"]}), finding("a", 5.0, "web")], true);
    assert_eq!(app.focus, Pane::Findings);
    assert!(app.told.as_ref().unwrap().1.contains("alerts.json:1"), "{:?}", app.told);
}

#[test]
fn a_window_of_any_size_shows_a_finding() {
    let mut app = app();
    told(&mut app, &[finding("a", 5.0, "web"), finding("b", 2.0, "\u{202e}evil")], false);
    for keys in ["4", "enter", "tab"] {
        press(&mut app, keys);
        for (width, height) in [(1, 1), (60, 15), (61, 16), (109, 29), (110, 30), (240, 60)] {
            screen(&mut app, width, height);
        }
    }
}

/// The actions of the menu that can be chosen, by their ids.
fn offered(app: &mut App) -> Vec<&'static str> {
    press(app, "a");
    let Some(Overlay::Menu(menu)) = app.overlays.last() else { panic!("no menu is open") };
    let picked = menu.items.iter().filter(|item| item.disabled.is_none()).filter_map(|item| match item.pick {
        crate::tui::overlays::Pick::Action(id) => Some(id),
        _ => None,
    });
    let picked = picked.collect();
    press(app, "esc");
    picked
}

#[test]
fn a_finding_of_guardduty_is_archived_and_suppressed_from_its_row() {
    let mut app = app();
    app.offers = crate::actions::all().iter().map(|action| crate::tui::respond::Offer::of(action.spec())).collect();
    app.case.id = "INC-1".into();
    told(&mut app, &[finding(&"5a".repeat(16), 5.0, "web"), finding("by-hand", 2.0, "web")], false);
    press(&mut app, "4");
    let all = offered(&mut app);
    assert!(all.contains(&"archive-finding") && all.contains(&"suppress-findings"), "{all:?}");
    assert!(all.contains(&"isolate-pod") && !all.contains(&"enable-audit-logs"), "{all:?}");
    app.take_effects();
    press(&mut app, ": 'archive-finding enter");
    let effects = app.take_effects();
    let planned = effects.iter().find_map(|effect| match effect {
        Effect::Plan { action: "archive-finding", targets, .. } => targets.first().cloned(),
        _ => None,
    });
    let target = planned.unwrap_or_else(|| panic!("{:?}", app.told));
    assert_eq!((target.kind, target.namespace.as_deref()), (Kind::Finding, Some("us-east-1")));
    assert_eq!(target.cluster, ClusterId(uid(99)));
    press(&mut app, "j");
    assert!(!offered(&mut app).contains(&"archive-finding"), "an id of somebody else's was taken for GuardDuty's");
    press(&mut app, "1");
    assert_eq!(offered(&mut app), ["enable-audit-logs"]);
}

#[test]
fn a_finding_is_put_away_in_the_account_that_told_it() {
    let mut app = app();
    app.offers = crate::actions::all().iter().map(|action| crate::tui::respond::Offer::of(action.spec())).collect();
    app.case.id = "INC-1".into();
    let archived = |app: &mut App| {
        app.take_effects();
        press(app, "4 : 'archive-finding enter");
        app.take_effects().into_iter().find_map(|effect| match effect {
            Effect::Plan { session, targets, .. } => Some((session, targets[0].cluster)),
            _ => None,
        })
    };
    let told_by = |app: &mut App, label: &str, account: &str| {
        let mut value = finding(&"5a".repeat(16), 5.0, "web");
        value["accountId"] = json!(account);
        let batch = read(&label.into(), json!([value]).to_string().as_bytes());
        app.reply(Reply::Findings(Box::new(batch), false));
    };
    // Of a file, and of an account that is reached in no way.
    told_by(&mut app, "alerts.json", "444455556666");
    assert_eq!(archived(&mut app), None);
    assert!(app.told.as_ref().unwrap().1.contains("444455556666"), "{:?}", app.told);
    let account = |number: &str, id: u8| Identity {
        cluster: ClusterId(uid(id)),
        version: Clean::default(),
        user: format!("arn:aws:sts::{number}:assumed-role/responder/kim").into(),
        groups: vec![],
        writes_denied: None,
    };
    let (member, organisation) = (SessionId(u16::MAX), SessionId(u16::MAX - 1));
    app.reply(Reply::Account(member, account("444455556666", 71), "GuardDuty of member".into()));
    assert_eq!(archived(&mut app), Some((member, ClusterId(uid(71)))), "it is of that account");
    // The administrator's GuardDuty tells what a member's found, and the member's cluster is open.
    let mut app = self::app();
    app.offers = crate::actions::all().iter().map(|action| crate::tui::respond::Offer::of(action.spec())).collect();
    app.case.id = "INC-1".into();
    told_by(&mut app, "GuardDuty of organisation", "123456789012");
    assert_eq!(archived(&mut app), Some((SHOP, ClusterId(uid(99)))), "nothing is known of who told it yet");
    app.reply(Reply::Account(organisation, account("999900001111", 72), "GuardDuty of organisation".into()));
    assert_eq!(archived(&mut app), Some((organisation, ClusterId(uid(72)))));
}
