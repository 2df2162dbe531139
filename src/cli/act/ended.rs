//! What came of a job.

use serde_json::{Value, json};

use crate::case::Case;
use crate::cli::Exit;
use crate::model::Verdict;
use crate::response::Job;

/// How a job ended, as an exit code.
pub fn exit_of(job: &Job) -> Exit {
    let exit = Exit::of_failures(job.failures(), job.targets.len());
    let verdicts = || job.targets.iter().filter_map(|state| state.verdict.as_ref());
    if verdicts().all(Verdict::is_proven) { exit } else { exit.or(Exit::NotProven) }
}

/// A job and how it ended, as JSON.
pub fn json_of(job: &Job, case: &Case, exit: Exit) -> Value {
    let mut value = json!(job);
    if let Some(fields) = value.as_object_mut() {
        fields.insert("case".to_owned(), json!(case.id()));
        fields.insert("exit".to_owned(), json!(exit as u8));
        fields.insert("bytes".to_owned(), json!(job.bytes()));
    }
    value
}

/// A job and how it ended, for reading.
pub fn told(job: &Job) -> String {
    let mut text = format!("{} on {} targets\n", job.id, job.targets.len());
    for state in &job.targets {
        let end = match (&state.verdict, &state.failed) {
            (Some(verdict), _) => verdict.to_string(),
            (None, Some(why)) => format!("FAILED: {why}"),
            (None, None) => "not begun".to_owned(),
        };
        text.push_str(&format!("{}: {end}\n", state.target));
    }
    text
}
