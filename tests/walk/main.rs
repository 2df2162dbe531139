//! The walk of the README, with the keyboard alone on the game day: from an alert
//! about a privileged container to the pod, everything that shares its account and
//! its image, its node and its instance; and from there to an isolation that was
//! measured, evidence, a case that verifies, and everything put back. With
//! `PODMORTEM_RECORD=1` the picture in the README is drawn anew.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may give up")]

#[allow(dead_code, reason = "the terminal's tests use the rest of it")]
#[path = "../pty/mod.rs"]
mod pty;
mod svg;
mod triage;

use pty::Pty;
use svg::Frame;

/// What is pressed, what is told of it, and what must then be on the screen.
type Step = (&'static str, &'static str, &'static [&'static str]);

/// From the alert to the scope.
const ALERT: [Step; 3] = [
    (
        "",
        "podmortem gameday: clusters, pods and nodes, all live, and an alert that has just come",
        &["GAME DAY", "2 pods", "3 nodes", "live", "4 findings 1", "PrivilegedContainer"],
    ),
    (
        "4\r",
        "4, enter: what the alert means, what to ask first, and what it leads to",
        &["PrivilegeEscalation:Kubernetes/PrivilegedContainer", "ask first"],
    ),
    ("+", "+: its pods are the scope", &["into the scope"]),
];

/// From a word to the instance.
const FIND: [Step; 6] = [
    ("\x1b2", "esc, 2: the pods", &["2 pods", "5 scope"]),
    ("/privileged ns:shop\r", "/ privileged ns:shop: every privileged pod there", &["web-", "privileged"]),
    ("A", "A: every pod with the same service account", &["sa:shop/web", "api-"]),
    ("I", "I: every pod with the same image", &["image:"]),
    (
        "\r",
        "enter: what belongs to it, down to the instance under its node",
        &["relations", "service account web", "node ip-", "instance i-"],
    ),
    ("b", "b: the node below it", &["3 nodes", "i-0"]),
];

/// From the pod to a measured isolation, and back.
const RESPOND: [Step; 12] = [
    ("2/\x15privileged ns:shop\r", "back to the pods of the scope", &["5 scope", "Pod shop/web-"]),
    ("a", "a: what can be done to it, and why not", &["act on", "Isolate the pod", "not now:"]),
    (
        "iINC-42\r",
        "i, and a case for it: the plan, with the policy that would outvote a deny-all",
        &["plan: isolate-pod", "front-may-talk", "y runs it"],
    ),
    ("y", "y: isolated, and measured from its node: open connections live on here", &["isolate-pod STILL LEAKING"]),
    ("6\r", "6, enter: the flows that go on, and the next key", &["STILL LEAKING: 10.", "hard-cut"]),
    ("\x1b2ax", "a x: the hard cut on the host, the node's own address spared", &["plan: hard-cut", "y runs it"]),
    ("y", "y: measured again", &["hard-cut PROVEN for the pod's network"]),
    ("ap", "a p: what the API forgets first; it only reads, and begins at once", &["capture-pod PROVEN"]),
    (":evidence\r", ":evidence: each artefact with its hash, size and source", &["evidence:", "log/web"]),
    ("\x1b:verify\r", ":verify: every hash, chain and signature", &["verify: the case holds", "artefacts of"]),
    ("\x1b:release\r", ":release: everything is put back, the newest first", &["puts back hard-cut", "y runs it"]),
    ("y", "y: the cut is taken away, proven, and the isolation is next", &["puts back isolate-pod", "y runs it"]),
];

/// Presses what a step says, waits for what it must show, and keeps the screen.
fn take(pty: &mut Pty, (keys, caption, shown): Step, frames: &mut Vec<Frame>) {
    // Escape alone is a key only after a moment in which nothing follows it.
    match keys.strip_prefix('\x1b') {
        Some(rest) => {
            pty.sends("\x1b");
            pty.waits_for_silence();
            pty.sends(rest);
        }
        None => pty.sends(keys),
    }
    shown.iter().for_each(|text| pty.shows(text));
    pty.waits_for_silence();
    frames.push(Frame::new(pty.screen(), caption));
}

#[test]
fn from_an_alert_to_the_instance_and_to_a_measured_isolation() {
    let mut pty = Pty::run("COLORTERM=truecolor exec \"$COCKPIT\" gameday");
    pty.resizes(120, 36);
    let mut frames = Vec::new();
    ALERT.into_iter().chain(FIND).for_each(|step| take(&mut pty, step, &mut frames));
    // What is typed after the slash is text; the slash and enter are keys.
    let keys = |keys: &str| if keys.starts_with('/') { 2 } else { keys.len() };
    let pressed: usize = FIND.iter().map(|step| keys(step.0)).sum();
    assert!(pressed < 10, "{pressed} keys");
    RESPOND.into_iter().for_each(|step| take(&mut pty, step, &mut frames));
    pty.sends("y");
    pty.shows("PROVEN, 1 of 1 targets done");
    pty.sends("\x03");
    assert_eq!(pty.ends(), 0);
    pty.is_clean();
    if std::env::var_os("PODMORTEM_RECORD").is_some() {
        let picture = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/walk/walk.svg");
        std::fs::write(picture, svg::animate(&frames)).unwrap();
    }
}
