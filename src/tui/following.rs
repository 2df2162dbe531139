//! The case as it grows, whoever writes it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::findings::{Batch, typed_in};
use crate::model::{Clean, Finding};
use crate::response::{Engine, Owner};
use crate::triage::Ledger;

use super::reply::{Reply, Tone};
use super::respond::line;

/// New records are looked for this often.
const FOLLOWED_EVERY: Duration = Duration::from_millis(300);

/// Jobs are shown as they move at most this often.
const JOBS_EVERY: Duration = Duration::from_millis(100);

/// Tells which jobs of the case nobody works on any more.
pub async fn left_open(engine: Engine, replies: mpsc::Sender<Reply>) {
    let found = tokio::task::spawn_blocking(move || engine.interrupted()).await;
    let Ok(Ok(found)) = found else { return };
    for open in found.iter().filter(|open| open.owner == Owner::Gone) {
        let (job, by) = (&open.job, &open.job.by);
        let (done, all) = (job.finished(), job.targets.len());
        let told = format!(
            "{} of {}@{} has no end ({done} of {all} targets): its program is gone, :resume {} goes on with it",
            job.id, by.user, by.host, job.id
        );
        let _ = replies.send(Reply::Tell(Tone::Bad, told.into())).await;
    }
}

/// Tells the jobs as they move.
pub async fn jobs(engine: Engine, replies: mpsc::Sender<Reply>) {
    let mut jobs = engine.jobs();
    loop {
        let now = Arc::clone(&jobs.borrow_and_update());
        if replies.send(Reply::Jobs(now)).await.is_err() {
            return;
        }
        // Whoever holds the jobs makes the next record copy all of them: no more often than they are drawn.
        tokio::time::sleep(JOBS_EVERY).await;
        if jobs.changed().await.is_err() {
            return;
        }
    }
}

/// Tells the records of every writer, and what they change of triage.
pub async fn records(engine: Engine, replies: mpsc::Sender<Reply>) {
    let mut follower = engine.case().follow();
    let mut ledger = Ledger::default();
    loop {
        let polled = tokio::task::spawn_blocking(move || {
            let news = follower.poll();
            (news, follower)
        });
        let Ok((news, next)) = polled.await else { return };
        follower = next;
        let findings: Vec<Finding> = news.iter().flatten().filter_map(typed_in).collect();
        if !findings.is_empty() {
            let batch = Box::new(Batch { findings, ..Batch::default() });
            let _ = replies.send(Reply::Findings(batch, false)).await;
        }
        let told = news.iter().flatten().fold(false, |told, record| ledger.take(record) | told);
        if told && replies.send(Reply::Ledger(Arc::new(ledger.clone()))).await.is_err() {
            return;
        }
        let lines: Vec<Clean> = news.iter().flatten().filter_map(line).collect();
        if !lines.is_empty() && replies.send(Reply::Records(lines)).await.is_err() {
            return;
        }
        tokio::time::sleep(FOLLOWED_EVERY).await;
    }
}
