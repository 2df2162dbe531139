//! The questions of the incident, from the alert on, with the keyboard alone.

use super::pty::Pty;
use super::{Step, take};

/// From the alert to a case that says how urgent it is, and verifies.
const TRIAGE: [Step; 10] = [
    ("", "an alert has come", &["GAME DAY", "4 findings 1", "PrivilegedContainer"]),
    ("4+", "its pods are the scope, and GuardDuty is asked for it again", &["into the scope"]),
    ("r", "asked again by hand", &["asked for again: "]),
    (":case INC-7\r", "the case", &["case INC-7"]),
    (
        ":triage priority\r",
        "a priority is proposed with its reason",
        &["How urgent is it?", "GuardDuty says", "reaches its node"],
    ),
    ("\r", "it is offered, and a person may take it over", &["enter saves it as a record"]),
    ("\r", "recorded, and the header shows it", &["priority: answered", "case INC-7 P"]),
    ("\x1b:triage impact\r", "the services that would be missed", &["What do end users notice?", "service shop/"]),
    ("\x1b4ac", "a plan made from the alert asks for it once more", &["plan: cordon", "was asked for again just now"]),
    ("\x1b:verify\r", "the case with these records", &["verify: the case holds"]),
];

#[test]
fn an_incident_is_triaged_with_the_keyboard_alone() {
    let mut pty = Pty::run("COLORTERM=truecolor exec \"$COCKPIT\" gameday");
    pty.resizes(120, 36);
    let mut frames = Vec::new();
    TRIAGE.into_iter().for_each(|step| take(&mut pty, step, &mut frames));
    pty.sends("\x03");
    assert_eq!(pty.ends(), 0);
    pty.is_clean();
}
