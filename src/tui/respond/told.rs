//! A job in full, in words.

use jiff::Timestamp;

use crate::case::{Answer, JobEnd};
use crate::model::{Clean, Verdict};
use crate::response::{Job, TargetState};

/// Everything that the journal tells of a job: whose it is, what it did, what was measured, what may come next.
pub fn told(job: &Job, now: Timestamp) -> Vec<Clean> {
    let mut lines = vec![
        match job.targets.as_slice() {
            [one] => format!("{} on {}", job.action, one.target),
            many => format!("{} on {} objects", job.action, many.len()),
        },
        format!("by       {} as {}, epoch {}", job.by.user, job.identity, job.epoch),
        format!("began    {}", job.started.strftime("%Y-%m-%d %H:%M:%SZ")),
        match (job.ended, job.end) {
            (Some(ended), Some(JobEnd::Cancelled)) => format!("cancelled {}", ended.strftime("%Y-%m-%d %H:%M:%SZ")),
            (Some(ended), _) => format!("ended    {}", ended.strftime("%Y-%m-%d %H:%M:%SZ")),
            (None, _) => format!("running  {} s", now.duration_since(job.started).as_secs()),
        },
        format!("plan     {}", job.plan),
    ];
    if !job.reason.is_empty() {
        lines.push(format!("reason   {}", job.reason));
    }
    if let Some(undoes) = &job.undoes {
        lines.push(format!("puts back {undoes}"));
    }
    for (place, state) in job.targets.iter().enumerate() {
        lines.push(String::new());
        lines.push(format!("{}  uid {}", state.target, state.target.uid));
        lines.extend(outcome(state).into_iter().map(|line| format!("  {line}")));
        for attempt in job.calls.iter().filter(|(_, attempt)| attempt.target == place) {
            lines.push(format!("  call {}: {}", attempt.0 + 1, answer(attempt.1.answer.as_ref())));
        }
    }
    if !job.alike.is_empty() {
        lines.push(String::new());
        lines.push("Came up since, like what is contained:".to_owned());
        lines
            .extend(job.alike.iter().map(|seen| format!("  {} is like {}: same {}", seen.pod, seen.like, seen.shares)));
    }
    lines.into_iter().map(Clean::from).collect()
}

fn outcome(state: &TargetState) -> Vec<String> {
    let mut lines = Vec::new();
    match (&state.verdict, &state.failed) {
        (Some(verdict), _) => {
            lines.push(verdict.to_string());
            if matches!(verdict, Verdict::StillLeaking { .. } | Verdict::NotEnforced { .. }) && state.undone.is_none() {
                lines.push("next: `a` on the pod, then x: hard-cut drops its traffic on the node".to_owned());
            }
        }
        (None, Some(why)) => lines.push(format!("FAILED: {why}")),
        (None, None) => lines.push(state.step.doing.to_string()),
    }
    lines.extend(state.drift.iter().map(|drift| format!("DRIFTED: {drift}")));
    lines.extend(state.undone.iter().map(|by| format!("put back by {by}")));
    lines
}

fn answer(answer: Option<&Answer>) -> String {
    match answer {
        None => "sent, no answer yet".to_owned(),
        Some(Answer::Accepted { .. }) => "accepted".to_owned(),
        Some(Answer::Absent { why }) => format!("there is none ({why})"),
        Some(Answer::Failed { why }) => format!("FAILED {why}"),
        Some(Answer::Unknown { why }) => format!("NO ANSWER {why}"),
    }
}
