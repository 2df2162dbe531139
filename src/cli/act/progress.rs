//! A running job, line by line on standard error.

use std::collections::HashMap;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use color_eyre::eyre::Result;
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::plan::refusal;
use crate::model::{Clean, StepState};
use crate::response::{Engine, Job, Running};

/// Changes are told at most this often: nobody reads faster, and each telling has the next record copy the jobs.
const TOLD_EVERY: Duration = Duration::from_millis(100);

/// Tells what changes of a job until it ends. The first ctrl-c cancels the job, and waits for what has begun.
pub async fn shown_until_ended(engine: &Engine, running: Running) -> Result<Job> {
    let id = running.id.clone();
    let mut jobs = engine.jobs();
    let mut told = HashMap::new();
    let mut stop = std::pin::pin!(tokio::signal::ctrl_c());
    let mut stopped = false;
    // The terminal may go: what has begun is not left half done for that.
    let mut hung_up = signal(SignalKind::hangup())?;
    say(&format!("{id} runs"));
    loop {
        // A terminal that is slow is not waited for by the job, so the jobs are not held while they are told.
        let now = Arc::clone(&jobs.borrow_and_update());
        let job = now.get(&id);
        job.into_iter().for_each(|job| tell(job, &mut told));
        if job.is_none_or(|job| job.ended.is_some()) {
            break;
        }
        drop(now);
        let moved = async {
            tokio::time::sleep(TOLD_EVERY).await;
            jobs.changed().await
        };
        tokio::select! {
            changed = moved => if changed.is_err() { break },
            _ = &mut stop, if !stopped => {
                stopped = true;
                running.cancel();
                say("cancelled: what has begun is finished, the rest is left");
            }
            _ = hung_up.recv() => {}
            // The job's task may end without a record, where the disk is full.
            () = running.done() => break,
        }
    }
    let job = running.ended().await.map_err(refusal)?;
    tell(&job, &mut told);
    Ok(job)
}

/// Says a line to whoever still looks; a terminal that is gone is no reason to stop.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Tells what has changed of each target since it was told last.
fn tell(job: &Job, told: &mut HashMap<usize, (Clean, StepState)>) {
    for (place, state) in job.targets.iter().enumerate() {
        let now = (state.step.doing.clone(), state.step.state);
        if told.get(&place) == Some(&now) || state.step.state == StepState::Waiting {
            continue;
        }
        let count = state.step.total.map(|total| format!(" {}/{total}", state.step.done)).unwrap_or_default();
        let bytes = if state.step.bytes > 0 { format!(", {} bytes", state.step.bytes) } else { String::new() };
        let doing = match state.step.state {
            StepState::Proving => "reading back",
            StepState::Done => "done",
            StepState::Failed => "failed",
            StepState::Running | StepState::Waiting => state.step.doing.as_str(),
        };
        say(&format!("{}: {doing}{count}{bytes}", state.target));
        told.insert(place, now);
    }
}
