//! A case and its records, for reading.

use std::fmt::Write as _;
use std::io::{self, Write};

use color_eyre::eyre::Result;
use serde_json::{Value, json};

use crate::case::{Answer, Case, Entry, JobEnd, Record};
use crate::cli::list::Output;
use crate::model::Clean;
use crate::response::Jobs;
use crate::triage::Ledger;

use super::triage;

/// A case in the form that was asked for.
pub fn text(case: &Case, output: Output) -> Result<String> {
    let records = case.records()?;
    let (summary, jobs) = (case.summary()?, Jobs::fold(&records));
    let ledger = Ledger::fold(&records);
    let facts = triage::facts(&ledger, &jobs);
    let mut value = json!(summary);
    if let Some(fields) = value.as_object_mut() {
        fields.insert("jobs".to_owned(), json!(jobs));
        fields.insert("triage".to_owned(), json!(triage::items(&ledger, &facts)));
        fields.insert("copies".to_owned(), json!(copies(&ledger)));
    }
    Ok(match output {
        Output::Json => format!("{value:#}\n"),
        Output::Yaml => serde_yaml::to_string(&value)?,
        Output::Name => format!("{}\n", summary.id),
        Output::Table | Output::Wide => {
            let mut text = format!("{}  {}\n", summary.id, summary.title);
            let _ = writeln!(text, "responder: {}\npath:      {}", summary.responder, summary.path.display());
            let _ = writeln!(text, "opened:    {}\nlast:      {}", summary.opened, summary.last);
            let _ = writeln!(text, "records:   {} of {} writers", summary.records, summary.writers);
            for cluster in &summary.clusters {
                let _ = writeln!(text, "cluster:   {cluster}");
            }
            for (from, to, reason) in &ledger.copies {
                let _ = writeln!(text, "copies:    evidence of {from} may be kept in {to}: {reason}");
            }
            triage::answered(&ledger, &mut text);
            for job in jobs.iter() {
                let end = match (&job.ended, &job.undoes) {
                    (Some(_), None) => "ended".to_owned(),
                    (Some(_), Some(undone)) => format!("ended, puts back {undone}"),
                    (None, _) => "has not ended".to_owned(),
                };
                let _ = writeln!(text, "job {}: {} of {} targets, {end}", job.id, job.finished(), job.targets.len());
                for state in &job.targets {
                    let verdict = state.verdict.as_ref().map(ToString::to_string);
                    let failed = || state.failed.as_ref().map(|why| format!("FAILED: {why}"));
                    let drift = state.drift.as_ref().map(|found| format!(" DRIFTED: {found}")).unwrap_or_default();
                    let undone = state.undone.as_ref().map(|by| format!(" (put back by {by})")).unwrap_or_default();
                    let came = verdict.or_else(failed).unwrap_or_default();
                    let _ = writeln!(text, "  {}: {came}{drift}{undone}", state.target);
                }
            }
            // The lines of `sha256sum -c`, from the case's directory.
            for custody in &summary.evidence {
                let _ = writeln!(text, "{0}  evidence/{0}  {1}", custody.sha256, custody.source.label);
            }
            text
        }
    })
}

/// The copies between Regions that the case allows.
fn copies(ledger: &Ledger) -> Vec<Value> {
    ledger.copies.iter().map(|(from, to, reason)| json!({"from": from, "to": to, "reason": reason})).collect()
}

/// One record of a journal that is followed.
pub fn line(record: &Record, output: Output, out: &mut dyn Write) -> io::Result<()> {
    match output {
        Output::Json => writeln!(out, "{}", json!(record)),
        Output::Yaml => {
            writeln!(out, "---")?;
            serde_yaml::to_writer(out, record).map_err(io::Error::other)
        }
        Output::Name => writeln!(out, "{} {}", record.writer, record.seq),
        Output::Table | Output::Wide => {
            let time = record.time.strftime("%Y-%m-%d %H:%M:%SZ");
            writeln!(out, "{time} {}@{} {}", record.by.user, record.by.host, said(&record.entry))
        }
    }
}

/// What an entry says, in a line.
fn said(entry: &Entry) -> String {
    match entry {
        Entry::Opened { id, title, responder, .. } => format!("opened the case {id} ({title}), responder {responder}"),
        Entry::Cluster { cluster } => format!("the cluster {cluster} is part of the case"),
        Entry::Scope { targets } => format!("scope: {} objects", targets.len()),
        Entry::Note { text } => format!("note: {text}"),
        Entry::Finding { id, typed } => format!("finding {id}: {typed}"),
        Entry::Notes { bytes, sha256 } => format!("notes.md saved, {bytes} bytes, {}", sha256.short()),
        Entry::Approved { plan, identity, impersonated } => {
            let only = if *impersonated { ", impersonated" } else { "" };
            format!("approved the plan {plan} (in the cluster {identity}{only})")
        }
        Entry::Started { job, targets, plan, confirmed, .. } => {
            format!("{job} began on {} targets, plan {plan}, {confirmed}", targets.len())
        }
        Entry::Intent { job, request, .. } => format!("{job} sends {} {}", request.method, request.path),
        Entry::Result { job, answer: Answer::Accepted { .. }, .. } => format!("{job}: accepted"),
        Entry::Result { job, answer: Answer::Absent { why }, .. } => format!("{job}: not there: {why}"),
        Entry::Result { job, answer: Answer::Failed { why }, .. } => format!("{job}: failed: {why}"),
        Entry::Result { job, answer: Answer::Unknown { why }, .. } => format!("{job}: no answer: {why}"),
        Entry::Progress { job, step } => format!("{job}: {} {}", step.doing, step.done),
        Entry::Evidence { custody, .. } => {
            format!("evidence {}: {} bytes, {}", custody.source.label, custody.bytes, custody.sha256)
        }
        Entry::Verdict { job, verdict, .. } => format!("{job}: {verdict}"),
        Entry::Drift { job, target, found } => format!("{job} target {}: DRIFTED: {found}", target + 1),
        Entry::Restored { job, target } => format!("{job} target {}: stands again", target + 1),
        Entry::Alike { job, pod, like, shares } => format!("{job}: {pod} came up like {like}: same {shares}"),
        Entry::Failed { job, why, .. } => format!("{job}: failed: {why}"),
        Entry::Ended { job, end: JobEnd::Done } => format!("{job} ended"),
        Entry::Ended { job, end: JobEnd::Cancelled } => format!("{job} was cancelled"),
        Entry::Refused { action, why, .. } => format!("{action} refused: {why}"),
        Entry::ReadOnly { why } => format!("read-only from here on: {why}"),
        Entry::Closed { writer, .. } => format!("closed what {writer} had left open"),
        Entry::Found { file, bytes, .. } => format!("found {file} ({bytes} bytes), which no record named"),
        Entry::Planned { action, plan, .. } => format!("planned {action}: plan {plan}"),
        Entry::Adopted { job, from, epoch, why } => format!("{job} taken over from {from} (epoch {epoch}): {why}"),
        Entry::Yielded { job, .. } => format!("{job} left to whoever took it over"),
        Entry::CancelAsked { job } => format!("{job}: its owner is asked to cancel it"),
        Entry::Triage { topic, lines } => match lines.as_slice() {
            [] => format!("{topic}: the answer was taken back"),
            [line] => format!("{topic}: {line}"),
            [line, more @ ..] => format!("{topic}: {line} (and {} more lines)", more.len()),
        },
        Entry::Reread(reread) => format!("asked {} for {} again: {}", reread.of, reread.finding, reread.words()),
        Entry::Paging(page) => format!("calls people with {}, text {}", joined(&page.command), page.sha256.short()),
        Entry::Paged(paged) => format!("called people with {}: {}", paged.program, paged.end),
        Entry::CopyAllowed { from, to, reason } => format!("allowed evidence of {from} to be kept in {to}: {reason}"),
        Entry::Beat => "goes on".to_owned(),
        Entry::Unknown => "an entry of a later version of podmortem".to_owned(),
    }
}

fn joined(words: &[Clean]) -> String {
    words.iter().map(Clean::as_str).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_of_a_later_version_is_told_as_such() {
        let entry: Entry = serde_json::from_value::<Entry>(json!({"what": "sealed", "by": "somebody"})).unwrap();
        assert!(said(&entry).contains("later version"));
    }
}
