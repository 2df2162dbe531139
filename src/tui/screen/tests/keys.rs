//! What keys do to marks, the cursor and the way back.

use super::*;

#[test]
fn the_cursor_follows_its_object() {
    let mut app = app();
    press(&mut app, "j j");
    let held = app.main.cursor().unwrap();
    press(&mut app, "o 'age enter o 'age enter");
    assert_eq!(app.main.cursor(), Some(held));
    list(&mut app, Kind::Pod, [vec![pod(9, "a-first", "aaa-7d9f-x", "x:1")], pods()].concat());
    app.settle();
    assert_eq!(app.main.cursor(), Some(held));
    press(&mut app, "/ 'ns:shop enter");
    assert_eq!(app.main.cursor(), Some(held));
}

#[test]
fn what_is_shared_is_one_key_away() {
    let mut app = app();
    press(&mut app, "/ 'name:web* enter");
    assert_eq!(shown(&app), ["web-7d9f-aaaaa", "web-7d9f-bbbbb"]);
    press(&mut app, "A");
    assert_eq!(app.main.typed, "sa:shop/web");
    assert_eq!(shown(&app), ["api-7d9f-ccccc", "web-7d9f-aaaaa", "web-7d9f-bbbbb"]);
    press(&mut app, "I");
    assert_eq!(shown(&app).len(), 3);
    press(&mut app, "[");
    assert_eq!(app.main.typed, "sa:shop/web");
    press(&mut app, "b");
    assert_eq!(app.focus, Pane::Nodes);
    assert!(screen(&mut app, 80, 24).contains("i-0abc"));
}

#[test]
fn marks_and_scope_survive_lists_and_filters() {
    let mut app = app();
    press(&mut app, "/ 'privileged enter space space + U 0");
    assert_eq!((app.marked.len(), app.scope.len()), (0, 2));
    list(&mut app, Kind::Pod, pods());
    app.settle();
    press(&mut app, "/ 'scope enter");
    assert_eq!(shown(&app), ["web-7d9f-aaaaa", "web-7d9f-bbbbb"]);
    assert!(app.take_effects().iter().any(|effect| matches!(effect, Effect::Save)));
}

#[test]
fn escape_backs_out_and_never_leaves() {
    let mut app = app();
    press(&mut app, "/ 'ns:shop enter enter z esc esc esc esc esc esc q q");
    assert!(app.overlays.is_empty() && app.main.typed.is_empty());
    assert!(!app.take_effects().iter().any(|effect| matches!(effect, Effect::Quit)));
    press(&mut app, "ctrl-c");
    assert!(app.take_effects().iter().any(|effect| matches!(effect, Effect::Quit)));
}

#[test]
fn a_paste_presses_no_keys() {
    let mut app = app();
    app.paste("ctrl-c\n:quit\n");
    assert!(app.overlays.is_empty() && app.take_effects().is_empty());
    press(&mut app, "/");
    app.paste("ns:shop\nq");
    assert_eq!(shown(&app).len(), 4);
}
