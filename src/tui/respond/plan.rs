//! A plan in words.

use crate::model::{Clean, Plan, PlanNote, brief, count};

/// A plan in words. What a script does is its first line, unless all of it is asked for.
pub fn lines(plan: &Plan, whole: bool) -> Vec<Clean> {
    let mut lines: Vec<Clean> = Vec::new();
    let mut say = |line: String| lines.push(line.into());
    if let Some(job) = &plan.undoes {
        say(format!("puts back {job}"));
    }
    say(format!("{} on {}:", plan.action, count(plan.targets.len(), "object")));
    for target in &plan.targets {
        say(format!("  {target}  uid {}", target.uid));
    }
    for (title, pick) in [
        ("The server's dry run refuses:", (|note| matches!(note, PlanNote::WouldFail(_))) as fn(&PlanNote) -> bool),
        ("Read this first:", |note| matches!(note, PlanNote::Limit(_))),
        ("Others who are hit:", |note| matches!(note, PlanNote::AlsoHit(_))),
        ("Cannot be undone:", |note| matches!(note, PlanNote::CannotUndo(_))),
        ("Changed by others, and left so:", |note| matches!(note, PlanNote::Theirs(_))),
        ("Already so:", |note| matches!(note, PlanNote::Already(_))),
        ("In the account:", |note| matches!(note, PlanNote::As(_))),
    ] {
        let notes: Vec<_> = plan.notes.iter().filter(|note| pick(note)).collect();
        if !notes.is_empty() {
            say(String::new());
            say(title.to_owned());
        }
        for note in notes {
            say(format!("  {}", note.text()));
        }
    }
    say(String::new());
    say(format!("{} would be sent:", count(plan.calls.len(), "call")));
    for call in &plan.calls {
        say(format!("  {} {}", call.method, call.path));
        if !call.body.is_null() {
            let shown = if whole { call.body.clone() } else { brief(&call.body) };
            let body = serde_yaml::to_string(&shown).unwrap_or_else(|_| shown.to_string());
            body.lines().for_each(|line| say(format!("      {line}")));
        }
    }
    say(String::new());
    say(format!("plan {}", plan.hash()));
    lines
}
