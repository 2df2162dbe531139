//! A plan on its way to its end: made, run, gone on with, and what is told of it.

use std::sync::Arc;

use tokio::sync::mpsc;

use crate::case::JobId;
use crate::model::{Clean, Plan, Tier};
use crate::response::{Confirmation, Engine, How, ResponseError, Running, SILENCE, Site};

use super::reply::{Reply, Tone};
use super::respond::verdict_of;

/// A plan to be shown, or why there is none.
pub fn planned(plan: Result<Plan, ResponseError>) -> Reply {
    Reply::Planned(plan.map(Box::new).map_err(|error| error.to_string().into()))
}

/// Runs a plan that was confirmed. One that is stale by now is made anew, and shown before anything runs; what only
/// reads is never shown, and says that it did not run.
pub async fn ran(engine: Engine, site: Site, plan: Plan, how: How, replies: mpsc::Sender<Reply>) {
    let (action, undoes) = (plan.action.clone(), plan.undoes.clone().map(JobId));
    let confirmation = Confirmation { plan: plan.hash(), how };
    let (proven, tone, text) = match engine.start(&site, plan.clone(), &confirmation, Clean::default()).await {
        Err(ResponseError::Stale(changed)) if plan.tier > Tier::Reads => {
            let changed = changed.iter().map(Clean::as_str).collect::<Vec<_>>().join("; ");
            let told = format!("{action} is planned anew, look again: {changed}").into();
            let _ = replies.send(Reply::Tell(Tone::Bad, told)).await;
            let _ = replies.send(planned(engine.make_anew(&site, &plan).await)).await;
            return;
        }
        Err(error) => (false, Tone::Bad, format!("{action}: {error}").into()),
        Ok(running) => ended(&action, running, (&engine, &replies)).await,
    };
    let _ = replies.send(Reply::Ended { undoes, proven, tone, text }).await;
}

/// Goes on with a job whose program has ended, or is silent for long enough.
pub async fn resumed(engine: Engine, site: Site, job: JobId, replies: mpsc::Sender<Reply>) {
    let (_, tone, text) = match engine.resume(&site, &job, SILENCE).await {
        Err(error) => (false, Tone::Bad, error.to_string().into()),
        Ok(running) => ended(&job.0, running, (&engine, &replies)).await,
    };
    let _ = replies.send(Reply::Tell(tone, text)).await;
}

/// Whether a job ended proven, how urgent that is, and what came of it.
async fn ended(
    action: &Clean,
    running: Running,
    (engine, replies): (&Engine, &mpsc::Sender<Reply>),
) -> (bool, Tone, Clean) {
    let ended = running.ended().await;
    // What came of each target is told before what came of all of them, which stays.
    let now = Arc::clone(&engine.jobs().borrow());
    let _ = replies.send(Reply::Jobs(now)).await;
    match ended {
        Err(error) => (false, Tone::Bad, format!("{action}: {error}").into()),
        Ok(job) => {
            let (all, failed) = (job.targets.len(), job.failures());
            let tone = if failed > 0 { Tone::Bad } else { Tone::Good };
            let verdict = verdict_of(&job).map_or("ended", |verdict| verdict.word());
            (job.is_proven(), tone, format!("{}: {verdict}, {} of {all} targets done", job.id, all - failed).into())
        }
    }
}
