//! What our own rules see beside the alerts, and findings that somebody types in.

use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::case::By;
use crate::findings::{Batch, read, rules, typed};
use crate::model::{Finding, Typed};
use crate::rbac::{Binding, Rights, Role};
use crate::tui::overlays::Overlay;

/// Some moments later: each of our rules has looked, however little time it had, and rested, and looked again.
fn looked(app: &mut App, width: u16, height: u16) -> String {
    screen(app, width, height);
    for unix in [START, START + 60, START] {
        for _ in 0..2 * rules::all().len() {
            app.tick(Now { instant: app.now.instant, unix });
            app.observe();
        }
    }
    screen(app, width, height)
}

fn alert(app: &mut App) {
    let finding = json!({
        "id": "a", "type": "PrivilegeEscalation:Kubernetes/PrivilegedContainer", "severity": 5.0,
        "accountId": "123456789012", "region": "us-east-1", "title": "A privileged container was started",
        "updatedAt": START - 300,
        "resource": {"resourceType": "EKSCluster", "eksClusterDetails": {"name": "shop-prod"}, "kubernetesDetails": {
            "kubernetesWorkloadDetails": {"type": "deployments", "namespace": "shop", "name": "api"}}},
        "service": {"serviceName": "guardduty"},
    });
    let batch = read(&"alerts.json".into(), finding.to_string().as_bytes());
    app.reply(Reply::Findings(Box::new(batch), false));
}

fn rows(app: &App) -> Vec<String> {
    let row = |one: &std::sync::Arc<Finding>| format!("{} {}", one.source.word(), one.kind);
    app.alerts.rows().iter().map(row).collect()
}

fn rights() -> Rights {
    let subject = json!({"kind": "ServiceAccount", "name": "web", "namespace": "shop"});
    let binding = json!({"metadata": {"name": "web-reads", "uid": uid(70)},
        "roleRef": {"kind": "ClusterRole", "name": "reader"}, "subjects": [subject]});
    let rules = json!([{"verbs": ["list"], "apiGroups": [""], "resources": ["secrets"]}]);
    let role = Role::read(&json!({"metadata": {"name": "reader"}, "rules": rules})).unwrap();
    Rights::new(vec![Binding::read(Kind::ClusterRoleBinding, binding).unwrap()], [role], START - 300)
}

#[test]
fn what_rules_see_stands_below_the_alerts() {
    let mut app = app();
    alert(&mut app);
    press(&mut app, "4");
    for (width, height) in [(80, 24), (120, 40)] {
        insta::assert_snapshot!(format!("rules_{width}x{height}"), looked(&mut app, width, height));
    }
    press(&mut app, "z");
    insta::assert_snapshot!("rules_zoomed", screen(&mut app, 120, 40));
    app.look = Look::new(&Theme::built_in("mono"), Depth::Mono, true);
    assert!(screen(&mut app, 120, 20).is_ascii());
}

#[test]
fn an_alert_comes_before_what_was_seen_first() {
    let mut app = app();
    looked(&mut app, 120, 40);
    let seen = rows(&app);
    assert!(seen.len() > 2 && seen.iter().all(|row| row.starts_with("rules")), "{seen:?}");
    alert(&mut app);
    press(&mut app, "4 +");
    let names: Vec<_> = app.scope.iter().map(|target| target.name.to_string()).collect();
    assert_eq!(names, ["api-7d9f-ccccc"], "two keys lead from the alert to the scope");
}

#[test]
fn nothing_is_looked_at_where_nobody_sees_it() {
    let mut app = app();
    looked(&mut app, 80, 24);
    assert!(!app.alerts.rounds.looked() && rows(&app).is_empty(), "the pane is not on the screen");
    press(&mut app, "4");
    looked(&mut app, 80, 24);
    assert!(app.alerts.rounds.looked());
}

#[test]
fn words_select_among_findings() {
    let mut app = app();
    alert(&mut app);
    looked(&mut app, 120, 40);
    press(&mut app, "4 / 'source:alerts enter");
    assert_eq!(rows(&app), ["GuardDuty PrivilegeEscalation:Kubernetes/PrivilegedContainer"]);
    press(&mut app, "esc / 'source:rules_severity:high enter");
    assert!(rows(&app).len() > 1 && rows(&app).iter().all(|row| row.starts_with("rules")));
    assert!(screen(&mut app, 120, 40).contains("/source:rules"));
    press(&mut app, "/ ctrl-u 'source:nobody");
    assert!(screen(&mut app, 120, 40).contains("guardduty, security-hub"));
    press(&mut app, "esc esc");
    assert!(rows(&app).len() > 3 && app.main.typed.is_empty());
}

#[test]
fn what_a_rule_saw_leads_to_its_pods_their_reach_and_the_playbook() {
    let mut app = app();
    looked(&mut app, 120, 40);
    press(&mut app, "4 / 'privileged enter enter");
    let text = screen(&mut app, 120, 60);
    for part in
        ["has the node", "playbook privileged-container", "shop/web-7d9f-aaaaa", "certain: the rule saw it here"]
    {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    insta::assert_snapshot!("rule_in_full", text);
    press(&mut app, "B");
    let reach = app.take_effects().into_iter().any(|effect| matches!(effect, Effect::Reach { session: SHOP, .. }));
    assert!(reach && matches!(app.overlays.last(), Some(Overlay::Detail(_))));
    press(&mut app, "esc +");
    let names: Vec<_> = app.scope.iter().map(|target| target.name.to_string()).collect();
    assert_eq!(names, ["web-7d9f-aaaaa", "web-7d9f-bbbbb"]);
    list(&mut app, Kind::Pod, vec![pod(2, "shop", "web-7d9f-bbbbb", "local/tools:2")]);
    looked(&mut app, 120, 60);
    app.settle();
    let text = screen(&mut app, 120, 60);
    assert!(text.contains("web-7d9f-bbbbb") && !text.contains("web-7d9f-aaaaa"), "it follows the inventory:\n{text}");
}

#[test]
fn bindings_are_looked_at_when_somebody_asks() {
    let mut app = app();
    let text = looked(&mut app, 120, 40);
    assert!(text.contains(":rules reads bindings, too"), "{text}");
    assert!(!rows(&app).iter().any(|row| row.contains("rights")));
    app.reply(Reply::Rights(BTreeMap::from([(SHOP, rights())])));
    press(&mut app, "esc");
    let text = looked(&mut app, 120, 40);
    assert!(text.contains("bindings of 5m ago"), "{text}");
    assert!(rows(&app).iter().any(|row| row == "rules wide-rights"), "{:?}", rows(&app));
    press(&mut app, "4 / 'wide-rights enter enter");
    let text = screen(&mut app, 120, 60);
    assert!(text.contains("shop/web") && text.contains("3 pods run as it"), "{text}");
}

#[test]
fn a_finding_is_typed_with_its_targets() {
    let mut app = app();
    press(&mut app, ": 'finding_critical_pod_shop/web-7d9f-aaaaa_from_203.0.113.9_they_say_it_mines enter");
    let line = app.take_effects().into_iter().find_map(|effect| match effect {
        Effect::Typed(line) => Some(*line),
        _ => None,
    });
    let line = line.expect("nothing was typed");
    assert_eq!(line, Typed::parse("critical pod shop/web-7d9f-aaaaa from 203.0.113.9 they say it mines").unwrap());
    let by = By { user: "alice".into(), uid: 1, host: "bastion".into() };
    let at = jiff::Timestamp::from_second(START - 60).unwrap();
    let batch = Batch { findings: vec![typed(&line, "typed-1".into(), &by, at)], ..Batch::default() };
    app.reply(Reply::Findings(Box::new(batch), false));
    press(&mut app, "4");
    insta::assert_snapshot!("typed", screen(&mut app, 120, 40));
    press(&mut app, "enter");
    let text = screen(&mut app, 120, 60);
    for part in
        ["alice@bastion typed", "CRITICAL they say it mines", "shop/web-7d9f-aaaaa", "203.0.113.9", "Who told it"]
    {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    press(&mut app, "+");
    assert_eq!(app.scope.len(), 1);
}

#[test]
fn a_finding_begins_with_what_is_under_the_cursor() {
    let mut app = app();
    press(&mut app, "/ 'name:web* enter space space : 'finding enter");
    let text = screen(&mut app, 200, 40);
    assert!(text.contains("finding: high pod shop/web-7d9f-aaaaa pod shop/web-7d9f-bbbbb"), "{text}");
    assert!(text.contains("say what was told"), "{text}");
    press(&mut app, "enter");
    assert!(matches!(app.overlays.last(), Some(Overlay::Input(_))), "what is wrong stays to be mended");
    press(&mut app, "'both_mine enter");
    assert!(app.take_effects().iter().any(|effect| matches!(effect, Effect::Typed(line) if line.about.len() == 2)));
    press(&mut app, ": 'finding_alerts.json enter");
    assert!(app.told.as_ref().unwrap().1.contains(":findings FILE"), "{:?}", app.told);
    press(&mut app, ": 'audit-log_2h enter");
    assert!(app.take_effects().iter().any(|effect| matches!(effect, Effect::ReadAuditLog(SHOP, _))));
    press(&mut app, ": 'audit-log_yesterday enter");
    assert!(app.told.as_ref().unwrap().1.contains("24h"), "{:?}", app.told);
}
