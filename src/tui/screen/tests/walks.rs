//! Playbooks, favourites and aliases, as keys reach them.

use super::*;
use crate::config::Directories;
use crate::playbook::Shelf;
use crate::tui::app::Habits;
use crate::tui::overlays::Overlay;

/// A cockpit with the built-in playbooks read.
fn with_playbook(app: &mut App, command: &str) {
    press(app, command);
    assert!(app.take_effects().iter().any(|effect| matches!(effect, Effect::Playbooks)));
    let home = tempfile::tempdir().unwrap();
    let (playbooks, troubles) = Shelf::of(&Directories::under(home.path())).all();
    assert!(troubles.is_empty(), "{troubles:?}");
    app.reply(Reply::Playbooks(playbooks, Vec::new()));
}

fn ready() -> App {
    let mut app = app();
    app.offers =
        crate::actions::all().iter().map(|action| super::super::super::respond::Offer::of(action.spec())).collect();
    app.case.id = "INC-42".into();
    app
}

/// Walks down to a step.
fn go_to(app: &mut App, id: &str) {
    for _ in 0..40 {
        match app.overlays.last() {
            Some(Overlay::Walk(walk)) if walk.step().is_some_and(|step| step.id == id) => return,
            _ => press(app, "j"),
        }
    }
    panic!("there is no step {id}");
}

fn planned(app: &mut App) -> Option<(&'static str, Vec<String>)> {
    app.take_effects().into_iter().find_map(|effect| match effect {
        Effect::Plan { action, targets, .. } => {
            Some((action, targets.iter().map(|target| target.name.to_string()).collect()))
        }
        _ => None,
    })
}

#[test]
fn a_playbook_is_walked_on_the_scope() {
    let mut app = ready();
    press(&mut app, "/ 'privileged enter space space + U 0");
    with_playbook(&mut app, ": 'playbook_privileged-container enter");
    insta::assert_snapshot!("walk_80x24", screen(&mut app, 80, 24));
    press(&mut app, "enter space");
    go_to(&mut app, "isolate");
    insta::assert_snapshot!("walk_120x40", screen(&mut app, 120, 40));
    press(&mut app, "enter");
    let (action, mut targets) = planned(&mut app).unwrap();
    targets.sort();
    assert_eq!((action, targets), ("isolate-pod", vec!["web-7d9f-aaaaa".to_owned(), "web-7d9f-bbbbb".to_owned()]));
    go_to(&mut app, "cordon");
    press(&mut app, "enter");
    let (action, mut targets) = planned(&mut app).unwrap();
    targets.sort();
    assert_eq!(action, "cordon");
    assert_eq!(targets, ["ip-10-0-1-1.ec2.internal", "ip-10-0-1-2.ec2.internal"]);
}

#[test]
fn a_list_is_looked_at_and_the_walk_goes_on_where_it_was() {
    let mut app = ready();
    with_playbook(&mut app, ": 'playbook_privileged-container enter");
    go_to(&mut app, "find");
    press(&mut app, "enter");
    assert!(app.overlays.is_empty());
    assert_eq!((app.main.kind(), app.main.typed.as_str()), (Kind::Pod, "privileged"));
    press(&mut app, ": 'playbook enter");
    let Some(Overlay::Walk(walk)) = app.overlays.last() else { panic!("the walk is gone") };
    assert!(walk.done.contains("find"));
    assert_eq!(walk.step().unwrap().id, "spread");
    press(&mut app, "esc");
    with_playbook(&mut app, ": 'playbook enter");
    assert!(screen(&mut app, 120, 40).contains("Capture first, then contain"));
}

#[test]
fn ticks_belong_to_a_case() {
    let mut app = ready();
    with_playbook(&mut app, ": 'playbook_contain-first enter");
    press(&mut app, "space j space");
    assert_eq!(app.walked.get("INC-42/contain-first").map(std::collections::BTreeSet::len), Some(2));
    assert!(app.take_effects().iter().any(|effect| matches!(effect, Effect::Save)));
    press(&mut app, "esc");
    app.case.id = "INC-43".into();
    with_playbook(&mut app, ": 'playbook_contain-first enter");
    let Some(Overlay::Walk(walk)) = app.overlays.last() else { panic!("no walk") };
    assert!(walk.done.is_empty());
}

#[test]
fn without_a_scope_an_action_says_what_is_missing() {
    let mut app = ready();
    with_playbook(&mut app, ": 'playbook_capture-first enter");
    go_to(&mut app, "isolate");
    press(&mut app, "enter");
    assert_eq!(planned(&mut app), None);
    assert!(screen(&mut app, 120, 40).contains("scope"));
}

#[test]
fn favourites_are_two_keys_away() {
    let mut app = ready();
    app.adopt(Habits { favourites: vec!["shop".into(), "payments".into()], ..Habits::default() });
    press(&mut app, "n");
    insta::assert_snapshot!("namespaces", screen(&mut app, 80, 24));
    press(&mut app, "1");
    assert_eq!(app.main.typed, "ns:shop");
    press(&mut app, "/ '_privileged enter n 'outs enter");
    assert_eq!(app.main.typed, "ns:outside privileged");
    press(&mut app, "n 0");
    assert_eq!(app.main.typed, "privileged");
}

#[test]
fn an_alias_is_a_command() {
    let mut app = ready();
    let aliases = vec![("web".to_owned(), "pods ns:shop workload:web".to_owned()), ("a".to_owned(), "a b".to_owned())];
    app.adopt(Habits { aliases, ..Habits::default() });
    press(&mut app, ": 'web_privileged enter");
    assert_eq!(app.main.typed, "ns:shop workload:web privileged");
    assert_eq!(shown(&app).len(), 2);
}

#[test]
fn a_list_leaps_where_the_line_is_slow() {
    let many: Vec<_> = (10..80).map(|number| pod(number, "shop", &format!("web-{number}"), "x:1")).collect();
    for (leaps, top) in [(false, 1), (true, 11)] {
        let mut app = ready();
        list(&mut app, Kind::Pod, many.clone());
        app.adopt(Habits { leaps, ..Habits::default() });
        app.settle();
        app.resize(120, 40);
        app.main.set_height(20);
        app.main.step(20, &app.inventory);
        assert_eq!(app.main.top(), top);
        app.main.step(30, &app.inventory);
        app.main.step(-30, &app.inventory);
        assert!(app.main.top() <= 20 && app.main.place() == 20);
    }
}
