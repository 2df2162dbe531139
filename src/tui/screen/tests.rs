//! The screen as people see it, and what keys do to it.

mod alerts;
mod around;
mod keys;
mod plans;
mod reach;
mod rules;
mod triage;
mod walks;
mod who;

use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Rect;

use crate::config::theme::Theme;
use crate::inventory::Now;
use crate::model::facts::{
    ContainerFacts, ContainerRole, Facts, Meta, NodeFacts, NodeKind, Owner, PodFacts, Readiness,
};
use crate::model::{Clean, ClusterId, Health, Identity, Kind, News, Security, SessionId, Uid, Update};

use super::super::app::{App, Mode};
use super::super::effect::Effect;
use super::super::keys::Pane;
use super::super::look::Look;
use super::super::reply::{Reply, Tone};
use super::super::terminal::Depth;

const SHOP: SessionId = SessionId(0);
const START: i64 = 1_000_000;

fn uid(number: u8) -> Uid {
    Uid::from_bytes([number; 16])
}

fn pod(number: u8, namespace: &str, name: &str, image: &str) -> Facts {
    let mut security = Security::default();
    if name.starts_with("web") {
        security.add(Security::PRIVILEGED);
        security.add(Security::HOST_PID);
        security.add(Security::HOST_PATH);
    }
    let workload = name.split('-').next().unwrap();
    Facts::Pod(Box::new(PodFacts {
        meta: Meta {
            uid: uid(number),
            namespace: namespace.into(),
            name: name.into(),
            created: START - i64::from(number) * 1_000,
            labels: vec![("app".into(), workload.into()), ("pod-template-hash".into(), "7d9f".into())],
            owner: Some(Owner { kind: "ReplicaSet".into(), name: format!("{workload}-7d9f").into(), uid: uid(200) }),
            ..Meta::default()
        },
        service_account: if workload == "api" { "web" } else { workload }.into(),
        node: format!("ip-10-0-1-{}.ec2.internal", number % 2 + 1).into(),
        ips: vec![format!("10.0.1.{number}").parse().unwrap()],
        status: if number == 4 { "CrashLoopBackOff" } else { "Running" }.into(),
        ready: u16::from(number != 4),
        restarts: u32::from(number),
        containers: vec![ContainerFacts {
            name: "main".into(),
            image: image.into(),
            image_id: Clean::default(),
            role: ContainerRole::Main,
        }],
        security,
        ..PodFacts::default()
    }))
}

fn node(number: u8) -> Facts {
    Facts::Node(Box::new(NodeFacts {
        meta: Meta {
            uid: uid(100 + number),
            name: format!("ip-10-0-1-{number}.ec2.internal").into(),
            created: START - 90_000,
            ..Meta::default()
        },
        instance_id: format!("i-0abc{number:013}").into(),
        instance_type: "m5.large".into(),
        zone: "us-east-1a".into(),
        kind: NodeKind::Managed,
        group: "standard".into(),
        ready: Readiness::Ready,
        unschedulable: number == 2,
        ..NodeFacts::default()
    }))
}

fn tell(app: &mut App, news: News) {
    app.reply(Reply::News(Update { session: SHOP, news }));
}

fn list(app: &mut App, kind: Kind, facts: Vec<Facts>) {
    tell(app, News::Relist(kind));
    tell(app, News::Facts(kind, facts));
    tell(app, News::Listed(kind));
}

fn pods() -> Vec<Facts> {
    vec![
        pod(1, "shop", "web-7d9f-aaaaa", "local/tools:2"),
        pod(2, "shop", "web-7d9f-bbbbb", "local/tools:2"),
        pod(3, "shop", "api-7d9f-ccccc", "local/tools:2"),
        pod(4, "outside", "drop-7d9f-ddddd", "local/tools:20"),
        pod(5, "shop", "evil-\u{202e}7d9f", "local/tools:1"),
    ]
}

fn app() -> App {
    let look = Look::new(&Theme::built_in("dark"), Depth::Exact, false);
    let mut app = App::new(App::built_in_keys(), look, Mode::default());
    app.add_way("shop-prod".into(), "123456789012".into(), "us-east-1".into());
    app.open_way(0);
    let start = Now { instant: Instant::now(), unix: START };
    app.tick(start);
    tell(&mut app, News::Cluster(Health::Live));
    tell(
        &mut app,
        News::Identified(Identity {
            cluster: ClusterId(uid(99)),
            version: "v1.36.3".into(),
            user: "arn:aws:iam::123456789012:user/responder".into(),
            groups: Vec::new(),
            writes_denied: Some(false),
        }),
    );
    list(&mut app, Kind::Pod, pods());
    list(&mut app, Kind::Node, vec![node(1), node(2)]);
    app.settle();
    app.take_effects();
    app
}

fn screen(app: &mut App, width: u16, height: u16) -> String {
    app.resize(width, height);
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let area = Rect { x: 0, y: 0, width, height };
    terminal.draw(|frame| super::draw(app, area, frame.buffer_mut())).unwrap();
    terminal.backend().to_string()
}

/// Presses keys written as the keymap writes them; a word in quotes is typed.
fn press(app: &mut App, keys: &str) {
    app.resize(120, 40);
    for word in keys.split(' ') {
        match word.strip_prefix('\'') {
            Some(typed) => typed.chars().for_each(|letter| {
                key(app, KeyCode::Char(if letter == '_' { ' ' } else { letter }), KeyModifiers::NONE)
            }),
            None => {
                let held: crate::config::keymap::Key = word.parse().unwrap();
                key(app, held.code(), held.modifiers());
            }
        }
    }
}

fn key(app: &mut App, code: KeyCode, modifiers: KeyModifiers) {
    app.key(KeyEvent::new(code, modifiers));
    app.settle();
}

fn shown(app: &App) -> Vec<String> {
    app.main.view().rows(&app.inventory).map(|row| row.name().to_string()).collect()
}

#[test]
fn the_cockpit_at_every_size() {
    let mut app = app();
    for (width, height) in [(80, 24), (120, 40), (200, 50)] {
        insta::assert_snapshot!(format!("cockpit_{width}x{height}"), screen(&mut app, width, height));
    }
}

#[test]
fn long_texts_shrink_before_columns_leave() {
    let mut app = app();
    let registry = "123456789012.dkr.ecr.eu-central-1.amazonaws.com";
    let long =
        |number, name: &str| pod(number, "payments-production", name, &format!("{registry}/payments/{name}:2026.11"));
    let pods = vec![
        long(1, "checkout-worker-with-a-long-name-7d9f8b6c5d-x2x9q"),
        long(2, "checkout-worker-with-a-long-name-7d9f8b6c5d-b8k4p"),
    ];
    list(&mut app, Kind::Pod, pods);
    app.settle();
    for width in [80, 160, 220] {
        insta::assert_snapshot!(format!("long_texts_{width}"), screen(&mut app, width, 30));
    }
}

#[test]
fn a_window_too_small_says_so() {
    insta::assert_snapshot!(screen(&mut app(), 40, 5));
    assert!(screen(&mut app(), 20, 5).contains("60x15"));
}

#[test]
fn no_size_is_an_accident() {
    let mut app = app();
    for keys in ["", "?", ":", "/", "a", "o", "C", "enter", "4"] {
        if !keys.is_empty() {
            press(&mut app, keys);
        }
        for (width, height) in [(1, 1), (20, 5), (60, 15), (61, 16), (109, 29), (110, 30), (240, 60)] {
            screen(&mut app, width, height);
        }
        press(&mut app, "esc");
    }
}

#[test]
fn overlays_look_like_this() {
    for (name, keys) in [
        ("relations", "G enter"),
        ("filter", "/ 'image:tools:2_!ns:outside"),
        ("wrong_filter", "/ 'imagge:x"),
        ("help", "?"),
        ("palette", "ctrl-p 'same"),
        ("columns", "C"),
        ("nodes", "3"),
        ("ages", "w"),
    ] {
        let mut app = app();
        press(&mut app, keys);
        insta::assert_snapshot!(format!("overlay_{name}"), screen(&mut app, 120, 40));
    }
}

#[test]
fn ascii_has_nothing_else() {
    let mut app = app();
    app.look = Look::new(&Theme::built_in("mono"), Depth::Mono, true);
    press(&mut app, "space /");
    assert!(screen(&mut app, 120, 40).is_ascii());
}

#[test]
fn a_stale_cluster_says_so_and_keeps_its_rows() {
    let mut app = app();
    let later = Now { instant: app.now.instant + Duration::from_secs(42), unix: START + 42 };
    app.tick(later);
    let text = screen(&mut app, 120, 40);
    assert!(text.contains("STALE 42s"));
    assert!(text.contains("web-7d9f-aaaaa"));
    insta::assert_snapshot!("stale", text);
}

#[test]
fn what_is_told_has_room_for_what_to_do_next_and_time_to_read_it() {
    let mut app = app();
    let told = "evidence of eu-west-1 is not kept in us-east-1, where this machine stands; \
                :allow-copy eu-west-1 us-east-1 WHY lets this case do it, and says so in its record";
    app.tell(Tone::Bad, told);
    insta::assert_snapshot!("told_80x24", screen(&mut app, 80, 24));
    app.tell(Tone::Bad, "word ".repeat(300));
    assert_eq!(screen(&mut app, 80, 24).matches("word").count(), 5 * 15);
    let after = |app: &mut App, seconds| {
        let now = Now { instant: app.now.instant + Duration::from_secs(seconds), unix: START };
        app.tick(now);
        app.told.is_some()
    };
    assert!(after(&mut app, 60), "a long text stays");
    app.tell(Tone::Good, "copied");
    assert!(after(&mut app, 7) && !after(&mut app, 1), "a short one goes");
}

#[test]
fn what_hides_in_a_name_is_shown() {
    let text = screen(&mut app(), 120, 40);
    assert!(text.contains("<U+202E>") && !text.contains('\u{202e}'));
}

#[test]
fn answers_to_an_earlier_look_are_dropped() {
    let mut app = app();
    press(&mut app, "y");
    let effects = app.take_effects();
    let Some(Effect::Object { ticket, .. }) = effects.iter().find(|effect| matches!(effect, Effect::Object { .. }))
    else {
        panic!("nothing was asked for: {effects:?}");
    };
    app.reply(Reply::Object(ticket + 1, Ok(br#"{"kind":"Wrong"}"#.to_vec())));
    assert!(!screen(&mut app, 80, 24).contains("Wrong"));
    app.reply(Reply::Object(*ticket, Ok(br#"{"kind":"Right"}"#.to_vec())));
    assert!(screen(&mut app, 80, 24).contains("kind: Right"));
}
