//! `podmortem case triage`

use std::fmt::Write as _;
use std::io::Read as _;

use color_eyre::eyre::{Result, WrapErr as _};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::case::Entry;
use crate::cli::exit::Ended;
use crate::cli::list::{Output, Table, json_items};
use crate::cli::place::case_needed;
use crate::cli::{Startup, out};
use crate::model::{Age, Clean};
use crate::response::{Jobs, deeds};
use crate::triage::{self, Answer, Facts, Ledger, Topic};

/// A topic and its answer
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The topic; without it, all of them are listed
    #[arg(value_name = "TOPIC")]
    topic: Option<String>,
    /// The answer; `-` is standard input; without it, the topic is shown
    #[arg(value_name = "TEXT")]
    text: Option<String>,
    /// Take the answer back; it stays in the journal
    #[arg(long, requires = "topic", conflicts_with = "text")]
    clear: bool,
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// Lists, shows or answers.
pub fn run(args: &Args, startup: &Startup) -> Result<()> {
    let case = case_needed(startup)?;
    let topic = args.topic.as_deref().map(|id| triage::find(id).ok_or(id));
    if args.text.is_some() || args.clear {
        let Some(Ok(topic)) = topic else { return Err(no_such(args.topic.as_deref().unwrap_or_default())) };
        if startup.read_only() {
            return Err(Ended::refused(format!("podmortem is read-only: {} was not answered", topic.id)));
        }
        let lines = topic.answer(&text_of(args)?).map_err(|wrong| Ended::usage(wrong.to_string()))?;
        if lines.is_empty() && !args.clear {
            return Err(Ended::usage(format!("{}: the answer is empty; --clear takes one back", topic.id)));
        }
        case.journal().append(Entry::Triage { topic: topic.id.into(), lines })?;
    }
    let records = case.records()?;
    let (ledger, jobs) = (Ledger::fold(&records), Jobs::fold(&records));
    let facts = facts(&ledger, &jobs);
    match topic {
        None => list(&ledger, &facts, args.output),
        Some(Ok(topic)) => one(topic, &ledger, &facts, args.output),
        Some(Err(id)) if !ledger.history(id).is_empty() => strange(id, &ledger, args.output),
        Some(Err(id)) => Err(no_such(id)),
    }
}

fn no_such(id: &str) -> color_eyre::eyre::Report {
    let known: Vec<_> = triage::all().iter().map(|topic| topic.id).collect();
    Ended::usage(format!("there is no topic {}; there are {}", Clean::from(id), known.join(", ")))
}

fn text_of(args: &Args) -> Result<String> {
    match args.text.as_deref() {
        Some("-") => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).wrap_err("cannot read the answer from standard input")?;
            Ok(text)
        }
        text => Ok(text.unwrap_or_default().to_owned()),
    }
}

/// What the case knows by itself, with what its jobs did.
pub fn facts(ledger: &Ledger, jobs: &Jobs) -> Facts {
    Facts { done: deeds(jobs), ..Facts::of_case(ledger) }
}

/// Every topic as JSON. What stands here is a promise: members are added, never renamed.
pub fn items(ledger: &Ledger, facts: &Facts) -> Vec<Value> {
    let known = triage::all().iter().map(|topic| {
        let mut item = answer_of(topic.id, ledger);
        if let Some(fields) = item.as_object_mut() {
            fields.insert("group".to_owned(), json!(topic.group.title()));
            fields.insert("question".to_owned(), json!(topic.question));
            let offered = topic.known(facts, ledger);
            let offered =
                offered.map(|known| json!({"lines": known.lines, "from": known.from, "at": moment(known.at)}));
            fields.insert("offered".to_owned(), json!(offered));
        }
        item
    });
    known.chain(ledger.strange().map(|id| answer_of(id, ledger))).collect()
}

fn answer_of(id: &str, ledger: &Ledger) -> Value {
    let answer = ledger.answer(id);
    json!({
        "topic": id,
        "answer": answer.map(|answer| &answer.lines),
        "by": answer.map(|answer| &answer.by.user),
        "host": answer.map(|answer| &answer.by.host),
        "at": answer.map(|answer| answer.at),
        "given": ledger.history(id).len(),
    })
}

fn moment(at: Option<i64>) -> Option<Timestamp> {
    Timestamp::from_second(at?).ok()
}

/// What was answered, a line each, for a case that is shown.
pub fn answered(ledger: &Ledger, text: &mut String) {
    let ids = triage::all().iter().map(|topic| topic.id).chain(ledger.strange().map(Clean::as_str));
    for (id, answer) in ids.filter_map(|id| Some((id, ledger.answer(id)?))) {
        let _ = writeln!(text, "{:<11}{}{}", format!("{id}:"), first(answer), whose(answer));
    }
    let open = ledger.open().count();
    if open > 0 {
        let _ = writeln!(text, "triage:    {open} of {} questions have no answer", triage::all().len());
    }
}

fn first(answer: &Answer) -> String {
    let more = answer.lines.len().saturating_sub(1);
    let more = if more > 0 { format!(" (and {more} more lines)") } else { String::new() };
    format!("{}{more}", answer.lines.first().map(Clean::as_str).unwrap_or_default())
}

fn whose(answer: &Answer) -> String {
    format!("  ({}@{}, {} ago)", answer.by.user, answer.by.host, age(answer.at.as_second()))
}

fn age(then: i64) -> Age {
    Age::between(then, Timestamp::now().as_second())
}

fn list(ledger: &Ledger, facts: &Facts, output: Output) -> Result<()> {
    let items = items(ledger, facts);
    out::write(|out| match output {
        Output::Json => json_items(items.into_iter(), out),
        Output::Yaml => serde_yaml::to_writer(out, &json!({"items": items})).map_err(std::io::Error::other),
        Output::Name => triage::all().iter().try_for_each(|topic| writeln!(out, "{}", topic.id)),
        Output::Table | Output::Wide => {
            let mut table = Table::new(["TOPIC", "GROUP", "BY", "AGE", "ANSWER"].map(str::to_owned).to_vec());
            let ids = triage::all().iter().map(|topic| (topic.id, topic.group.title(), Some(topic)));
            for (id, group, topic) in ids.chain(ledger.strange().map(|id| (id.as_str(), "of a later version", None))) {
                let (by, at, told) = match (ledger.answer(id), topic.and_then(|topic| topic.known(facts, ledger))) {
                    (Some(answer), _) => (answer.by.user.to_string(), Some(answer.at.as_second()), first(answer)),
                    (None, Some(known)) => {
                        let line = known.lines.first().map(Clean::as_str).unwrap_or_default();
                        ("(facts)".to_owned(), known.at, line.to_owned())
                    }
                    (None, None) => {
                        ("?".to_owned(), None, topic.map_or_else(String::new, |topic| topic.question.to_owned()))
                    }
                };
                let age = at.map(|at| age(at).to_string()).unwrap_or_default();
                table.push(vec![id.to_owned(), group.to_owned(), by, age, told]);
            }
            table.print(out)
        }
    })
}

fn one(topic: &Topic, ledger: &Ledger, facts: &Facts, output: Output) -> Result<()> {
    let item = items(ledger, facts).into_iter().find(|item| item["topic"] == topic.id).unwrap_or_default();
    let text = match output {
        Output::Json => format!("{item:#}\n"),
        Output::Yaml => serde_yaml::to_string(&item)?,
        Output::Name => format!("{}\n", topic.id),
        Output::Table | Output::Wide => {
            let mut text = format!("{}: {}\n", topic.id, topic.question);
            let _ = writeln!(text, "  how:  {}\n  good: {}", topic.hint, topic.good);
            if let Some(known) = topic.known(facts, ledger) {
                let age = known.at.map(|at| format!(", {} old", age(at))).unwrap_or_default();
                let _ = writeln!(text, "facts ({}{age}):", known.from);
                said(&known.lines, &mut text);
            }
            history(topic.id, ledger, &mut text);
            text
        }
    };
    out::print(&text)
}

fn strange(id: &str, ledger: &Ledger, output: Output) -> Result<()> {
    let item = answer_of(id, ledger);
    let text = match output {
        Output::Json => format!("{item:#}\n"),
        Output::Yaml => serde_yaml::to_string(&item)?,
        Output::Name => format!("{id}\n"),
        Output::Table | Output::Wide => {
            let mut text = format!("{id}: asked by a later version of podmortem\n");
            history(id, ledger, &mut text);
            text
        }
    };
    out::print(&text)
}

fn said(lines: &[Clean], text: &mut String) {
    for line in lines {
        let _ = writeln!(text, "  {line}");
    }
}

/// Every answer that was given, the newest first.
fn history(id: &str, ledger: &Ledger, text: &mut String) {
    if ledger.history(id).is_empty() {
        text.push_str("nobody has answered it\n");
    }
    for (place, answer) in ledger.history(id).iter().rev().enumerate() {
        let word = if place == 0 { "answer" } else { "before" };
        let taken = if answer.lines.is_empty() { ": taken back" } else { ":" };
        let _ = writeln!(text, "{word}{}{taken}", whose(answer));
        said(&answer.lines, text);
    }
}
