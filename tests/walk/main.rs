//! The walk of the README: from an alert about a privileged container to the
//! pod, everything that shares its account and its image, its node and its
//! instance, with the keyboard alone on the game day. With `PODMORTEM_RECORD=1`
//! the picture in the README is drawn anew.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may give up")]

#[allow(dead_code, reason = "the terminal's tests use the rest of it")]
#[path = "../pty/mod.rs"]
mod pty;
mod svg;

use pty::Pty;
use svg::Frame;

/// What is pressed, what is told of it, and what must then be on the screen.
const WALK: [(&str, &str, &[&str]); 6] = [
    ("", "podmortem gameday: clusters, pods and nodes, all live", &["GAME DAY", "2 pods", "3 nodes", "live"]),
    (
        "/privileged ns:shop\r",
        "/ privileged ns:shop: an alert says that a privileged container runs in shop",
        &["web-", "privileged"],
    ),
    ("A", "A: every pod with the same service account", &["sa:shop/web", "api-"]),
    ("I", "I: every pod with the same image", &["image:"]),
    (
        "\r",
        "enter: what belongs to it, down to the instance under its node",
        &["relations", "service account web", "node ip-", "instance i-"],
    ),
    ("b", "b: the node below it", &["3 nodes", "i-0"]),
];

#[test]
fn from_an_alert_to_the_instance_in_under_ten_keys() {
    let mut pty = Pty::run("COLORTERM=truecolor exec \"$COCKPIT\" gameday");
    pty.resizes(120, 36);
    let mut frames = Vec::new();
    let mut pressed = 0;
    for (keys, caption, shown) in WALK {
        pty.sends(keys);
        // What is typed after the slash is text; the slash and enter are keys.
        pressed += if keys.starts_with('/') { 2 } else { keys.len() };
        for text in shown {
            pty.shows(text);
        }
        pty.waits_for_silence();
        frames.push(Frame::new(pty.screen(), caption));
    }
    assert!(pressed < 10, "{pressed} keys");
    pty.sends("\x03");
    assert_eq!(pty.ends(), 0);
    pty.is_clean();
    if std::env::var_os("PODMORTEM_RECORD").is_some() {
        let picture = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/walk/walk.svg");
        std::fs::write(picture, svg::animate(&frames)).unwrap();
    }
}
