//! Plans: what is asked, and what begins by itself.

use serde_json::json;

use super::*;
use crate::model::{Plan, Target, Tier};
use crate::response::{How, Jobs};

fn plan(action: &str, tier: Tier) -> Plan {
    let target = Target {
        cluster: ClusterId(uid(99)),
        kind: Kind::Pod,
        namespace: Some("shop".into()),
        name: "web-7d9f-aaaaa".into(),
        uid: uid(1),
    };
    Plan {
        action: action.into(),
        tier,
        cluster: target.cluster,
        case: Some("INC-1".into()),
        options: Default::default(),
        targets: vec![target],
        calls: Vec::new(),
        notes: Vec::new(),
        facts: Vec::new(),
        rests: Vec::new(),
        undoes: None,
    }
}

#[test]
fn what_only_reads_begins_without_a_question_and_what_changes_does_not() {
    for tier in [Tier::Reads, Tier::Undone, Tier::MayHurt, Tier::Irreversible, Tier::Everything] {
        let mut app = app();
        app.reply(Reply::Planned(Ok(Box::new(plan("capture-pod", tier)))));
        let effects = app.take_effects();
        let begun = effects.iter().filter(|effect| matches!(effect, Effect::Run { how: How::NotAsked, .. })).count();
        assert_eq!(begun, usize::from(tier == Tier::Reads), "{tier:?}");
        assert_eq!(app.overlays.len(), usize::from(tier != Tier::Reads), "{tier:?}");
        assert_eq!(effects.iter().filter(|effect| matches!(effect, Effect::Run { .. })).count(), begun, "{tier:?}");
    }
}

#[test]
fn what_is_told_leaves_a_question_its_last_line() {
    let mut app = app();
    app.reply(Reply::Planned(Ok(Box::new(plan("isolate-pod", Tier::Undone)))));
    app.tell(Tone::Bad, "word ".repeat(300));
    let text = screen(&mut app, 80, 24);
    assert!(text.contains("y runs it") && text.contains("word…"), "{text}");
}

#[test]
fn the_plan_of_a_job_is_in_its_menu() {
    let mut app = app();
    let plan = plan("capture-pod", Tier::Reads);
    let record = json!({
        "v": 1, "seq": 1, "prev": "0".repeat(64), "time": "2026-11-28T12:00:00Z", "writer": "a-b-c",
        "by": {"user": "alice", "uid": 1000, "host": "bastion"},
        "entry": {
            "what": "started", "job": "capture-pod-1f0c9a3b", "epoch": 1, "plan": plan.hash(),
            "action": plan.action, "tier": plan.tier, "targets": plan.targets, "identity": "responder",
            "confirmed": "not asked",
        },
    });
    let record = serde_json::from_value(record).unwrap();
    app.reply(Reply::Case("INC-1".into()));
    app.reply(Reply::Jobs(Jobs::fold([&record]).into()));
    app.take_effects();
    press(&mut app, "6 a");
    assert!(screen(&mut app, 120, 40).contains("plan of capture-pod-1f0c9a3b"));
    press(&mut app, "p");
    let asked = app.take_effects().into_iter().any(|effect| match effect {
        Effect::ReadPlan(hash) => hash == plan.hash(),
        _ => false,
    });
    assert!(asked, "the plan is read");
}
