//! A record of the journal as a line.

use crate::case::{Answer, Entry, JobEnd, Record};
use crate::model::Clean;

/// The record in words: when, who, what. None of a sign of life, which nobody reads.
pub fn line(record: &Record) -> Option<Clean> {
    if record.entry == Entry::Beat {
        return None;
    }
    let time = record.time.strftime("%H:%M:%S");
    Some(format!("{time} {} {}", record.by.user, what(&record.entry)).into())
}

fn what(entry: &Entry) -> String {
    match entry {
        Entry::Opened { id, title, responder, .. } => format!("opened {id} {title} (responder {responder})"),
        Entry::Cluster { cluster } => format!("cluster {cluster} joined the case"),
        Entry::Scope { targets } => format!("scope: {} objects", targets.len()),
        Entry::Note { text } => format!("note: {text}"),
        Entry::Finding { typed, .. } => format!("finding: {typed}"),
        Entry::Notes { sha256, .. } => format!("notes saved, sha256 {}", sha256.short()),
        Entry::Approved { plan, .. } => format!("approved plan {plan}"),
        Entry::Started { job, targets, confirmed, .. } => {
            format!("{job} began on {} objects, confirmed: {confirmed}", targets.len())
        }
        Entry::Intent { job, request, .. } => format!("{job} intent: {} {}", request.method, request.path),
        Entry::Result { job, answer, .. } => match answer {
            Answer::Accepted { .. } => format!("{job} result: accepted"),
            Answer::Absent { why } => format!("{job} result: there is none ({why})"),
            Answer::Failed { why } => format!("{job} result: FAILED {why}"),
            Answer::Unknown { why } => format!("{job} result: NO ANSWER {why}"),
        },
        Entry::Progress { job, step } => format!("{job} {}", step.doing),
        Entry::Evidence { custody, .. } => {
            format!("evidence: {}, {} bytes, sha256 {}", custody.source.label, custody.bytes, custody.sha256.short())
        }
        Entry::Verdict { job, target, verdict } => format!("{job} target {}: {verdict}", target + 1),
        Entry::Drift { job, target, found } => format!("{job} target {}: DRIFTED {found}", target + 1),
        Entry::Restored { job, target } => format!("{job} target {}: stands again", target + 1),
        Entry::Alike { job, pod, like, shares } => format!("{job}: {pod} is like {like}: same {shares}"),
        Entry::Failed { job, target, why } => format!("{job} target {}: FAILED {why}", target + 1),
        Entry::Ended { job, end: JobEnd::Done } => format!("{job} ended"),
        Entry::Ended { job, end: JobEnd::Cancelled } => format!("{job} was cancelled"),
        Entry::Refused { action, why, .. } => format!("{action} refused: {why}"),
        Entry::ReadOnly { why } => format!("read-only from here: {why}"),
        Entry::Closed { writer, .. } => format!("closed the file of {}, whose program is gone", writer.as_str()),
        Entry::Found { file, .. } => format!("found {file}, which no record names"),
        Entry::Planned { action, plan, .. } => format!("{action} planned: {plan}"),
        Entry::Adopted { job, from, why, .. } => format!("{job} taken over from {}: {why}", from.as_str()),
        Entry::Yielded { job, .. } => format!("{job} left to whoever took it over"),
        Entry::CancelAsked { job } => format!("asks the owner of {job} to cancel it"),
        Entry::Triage { topic, lines } => match lines.as_slice() {
            [] => format!("{topic}: the answer was taken back"),
            [line] => format!("{topic}: {line}"),
            [line, more @ ..] => format!("{topic}: {line} and {} more lines", more.len()),
        },
        Entry::Reread(reread) => format!("{} asked again for {}: {}", reread.of, reread.kind, reread.words()),
        Entry::Paging(page) => {
            let program = page.command.first().map(Clean::as_str).unwrap_or_default();
            format!("calls people with {program}, text sha256 {}", page.sha256.short())
        }
        Entry::Paged(paged) => format!("called people with {}: {}", paged.program, paged.end),
        Entry::CopyAllowed { from, to, reason } => format!("evidence of {from} may be kept in {to}: {reason}"),
        Entry::Beat => "goes on".to_owned(),
        Entry::Unknown => "an entry of a later version".to_owned(),
    }
}
