//! `playbooks/NAME.yaml`.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;

use super::{How, Playbook, Show, Step};
use crate::config::Trouble;
use crate::model::Clean;

/// Longest text of a step, in characters.
const LONGEST: usize = 2_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    title: String,
    about: String,
    #[serde(default)]
    findings: Vec<String>,
    steps: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    title: String,
    what: String,
    why: String,
    action: Option<String>,
    show: Option<String>,
    by_hand: Option<String>,
}

/// Reads a playbook. Whether its actions exist is not asked here.
///
/// # Errors
/// Everything that is wrong with it, each with its line where that is known.
pub fn read(file: &Path, name: &str, built_in: bool, text: &str) -> Result<Playbook, Vec<Trouble>> {
    let document: Document = serde_yaml::from_str(text).map_err(|error| {
        vec![Trouble::yaml(file, &error, "a step has id, title, what, why, and one of action, show, by_hand")]
    })?;
    let mut troubles = Vec::new();
    let mut steps = Vec::new();
    let mut ids = BTreeSet::new();
    if document.steps.is_empty() {
        troubles.push(Trouble::at(file, None, "it has no steps; write at least one under steps"));
    }
    for entry in document.steps {
        let line = line_of(text, &entry.id);
        if !ids.insert(entry.id.clone()) {
            let what = format!("two steps are called {:?}; a step's id is its own", entry.id);
            troubles.push(Trouble::at(file, last_line_of(text, &entry.id), what));
        }
        let slug = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if entry.id.is_empty() || !entry.id.bytes().all(slug) {
            let what = format!("the id {:?} is no name; use small letters, digits and dashes", entry.id);
            troubles.push(Trouble::at(file, line, what));
        }
        match how(&entry) {
            Ok(how) => steps.push(Step {
                id: entry.id,
                title: said(&entry.title),
                what: said(&entry.what),
                why: said(&entry.why),
                how,
            }),
            Err(what) => troubles.push(Trouble::at(file, line, format!("step {}: {what}", entry.id))),
        }
    }
    if !troubles.is_empty() {
        return Err(troubles);
    }
    Ok(Playbook {
        name: name.to_owned(),
        built_in,
        title: said(&document.title),
        about: said(&document.about),
        findings: document.findings.iter().map(|finding| said(finding)).collect(),
        steps,
    })
}

fn how(entry: &Entry) -> Result<How, String> {
    match (&entry.action, &entry.show, &entry.by_hand) {
        (Some(action), None, None) => Ok(How::Action(said(action))),
        (None, Some(show), None) => Show::parse(show).map(How::Show),
        (None, None, Some(hand)) => Ok(How::ByHand(said(hand))),
        (None, None, None) => Err("it says nothing of how; write one of action, show, by_hand".to_owned()),
        _ => Err("it says in two ways how; keep one of action, show, by_hand".to_owned()),
    }
}

/// A text as people read it: on one line, whatever the file's own lines are.
fn said(text: &str) -> Clean {
    Clean::capped(&text.split_whitespace().collect::<Vec<_>>().join(" "), LONGEST)
}

fn lines_of<'a>(text: &'a str, id: &'a str) -> impl DoubleEndedIterator<Item = usize> + 'a {
    let stands = move |line: &str| {
        let line = line.trim_start().trim_start_matches("- ").trim_start();
        line.strip_prefix("id:").is_some_and(|value| value.trim().trim_matches(['"', '\'']) == id)
    };
    text.lines()
        .enumerate()
        .filter(move |(_, line)| stands(line))
        .map(|(place, _)| place + 1)
        .collect::<Vec<_>>()
        .into_iter()
}

/// The line on which a step begins, counted from one.
pub(super) fn line_of(text: &str, id: &str) -> Option<usize> {
    lines_of(text, id).next()
}

fn last_line_of(text: &str, id: &str) -> Option<usize> {
    lines_of(text, id).next_back()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Kind;

    const GOOD: &str = "title: T\nabout: >\n  two\n  lines\nsteps:\n- id: look\n  title: Look\n  what: w\n  why: y\n  show: pods privileged\n- id: cut\n  title: Cut\n  what: w\n  why: y\n  action: cordon\n- id: tell\n  title: Tell\n  what: w\n  why: y\n  by_hand: call\n";

    fn read_text(text: &str) -> Result<Playbook, Vec<String>> {
        read(Path::new("p.yaml"), "p", false, text)
            .map_err(|troubles| troubles.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_playbook_is_read() {
        let read = read_text(GOOD).unwrap();
        assert_eq!(read.about, "two lines");
        let ways: Vec<_> = read.steps.iter().map(|step| &step.how).collect();
        assert!(matches!(ways.as_slice(), [How::Show(show), How::Action(_), How::ByHand(_)] if show.kind == Kind::Pod));
    }

    #[test]
    fn every_mistake_has_its_line_and_what_to_do() {
        for (was, is, told) in [
            ("  action: cordon\n", "  acton: cordon\n", "p.yaml:15: "),
            ("  action: cordon\n", "", "p.yaml:11: step cut: it says nothing of how"),
            ("  action: cordon\n", "  action: cordon\n  by_hand: x\n", "p.yaml:11: step cut: it says in two ways how"),
            ("id: tell", "id: look", "p.yaml:16: two steps are called \"look\""),
            ("id: tell", "id: Tell me", "p.yaml:16: the id \"Tell me\" is no name"),
            ("pods privileged", "sekrets", "p.yaml:6: step look: \"sekrets\" is no kind"),
        ] {
            let troubles = read_text(&GOOD.replacen(was, is, 1)).unwrap_err();
            assert!(troubles.iter().any(|trouble| trouble.starts_with(told)), "{told}: {troubles:?}");
        }
        assert!(read_text("title: T\nabout: a\nsteps: []\n").unwrap_err()[0].contains("no steps"));
    }

    #[test]
    fn what_hides_something_is_shown() {
        let read = read_text(&GOOD.replacen("what: w", "what: \"x\\e[31m\"", 1)).unwrap();
        assert!(read.steps[0].what.hid_something());
    }
}
