//! From a row to what could be reached, and from what rules see to the rows.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;

use crate::blast::Facts;
use crate::rbac::{Binding, Rights, Role};

use super::*;

fn rights() -> Rights {
    let subject = json!({"kind": "ServiceAccount", "name": "web", "namespace": "shop"});
    let binding = json!({"metadata": {"name": "web-reads", "uid": uid(70)},
        "roleRef": {"kind": "ClusterRole", "name": "reader"}, "subjects": [subject]});
    let rules = json!([{"verbs": ["list"], "apiGroups": [""], "resources": ["secrets"]}]);
    let role = Role::read(&json!({"metadata": {"name": "reader"}, "rules": rules})).unwrap();
    Rights::new(vec![Binding::read(Kind::ClusterRoleBinding, binding).unwrap()], [role], START)
}

#[test]
fn a_blast_radius_is_one_key_away_and_can_be_walked() {
    let mut app = app();
    press(&mut app, "/ 'name:web* enter B");
    let effects = app.take_effects();
    let ticket = effects.iter().find_map(|effect| match effect {
        Effect::Reach { ticket, session: SHOP, .. } => Some(*ticket),
        _ => None,
    });
    let ticket = ticket.expect("nothing was asked for");
    assert!(screen(&mut app, 120, 40).contains("asking the server"));
    app.reply(Reply::Reach(ticket + 1, Arc::new(Facts::default())));
    assert!(screen(&mut app, 120, 40).contains("asking the server"));
    app.reply(Reply::Reach(ticket, Arc::new(Facts { rights: rights(), ..Facts::default() })));
    insta::assert_snapshot!("overlay_blast", screen(&mut app, 120, 40));
    press(&mut app, "j enter");
    assert!(screen(&mut app, 120, 40).contains("node ip-10-0-1-2"), "the first line below leads to the node");
    press(&mut app, "esc B");
    assert!(app.take_effects().iter().any(|effect| matches!(effect, Effect::Reach { .. })), "again reads it anew");
}

#[test]
fn what_rules_see_leads_to_its_objects() {
    let mut app = app();
    press(&mut app, ": 'rules enter");
    assert!(app.take_effects().iter().any(|effect| matches!(effect, Effect::Rights(all) if *all == [SHOP])));
    app.reply(Reply::Rights(BTreeMap::from([(SHOP, rights())])));
    insta::assert_snapshot!("overlay_rules", screen(&mut app, 120, 40));
    press(&mut app, "'privileged enter");
    assert_eq!(shown(&app), ["web-7d9f-aaaaa", "web-7d9f-bbbbb"]);
    assert!(screen(&mut app, 120, 40).contains("has the node"));
}
