//! Signs of life of a running job, and an ear for who asks it to stop.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use super::job::JobRun;
use crate::case::{Entry, Follower};

/// A writer with running jobs is never silent for longer.
pub const BEAT: Duration = Duration::from_secs(3);

/// Requests of other writers are looked for this often.
const LISTENS_EVERY: Duration = Duration::from_secs(1);

impl JobRun {
    /// Shows that the owner is there for as long as the job runs. Silence is what
    /// others take for its end, so that a disk that takes no beat loses the job.
    pub(super) async fn beats(&self, mut others: Follower) -> Infallible {
        loop {
            tokio::time::sleep(LISTENS_EVERY).await;
            let case = Arc::clone(self.live.case());
            let polled = tokio::task::spawn_blocking(move || {
                let journal = case.journal();
                (journal.silent_for(), others.poll_others(journal.writer().as_ref()), others)
            });
            let Ok((silent, news, next)) = polled.await else { return std::future::pending().await };
            others = next;
            if silent.is_none_or(|silence| silence >= BEAT)
                && let Err(error) = self.live.record(Entry::Beat).await
            {
                tracing::warn!(%error, job = %self.job, "no sign of life could be given");
            }
            for record in news.into_iter().flatten() {
                match record.entry {
                    Entry::CancelAsked { job } if job == self.job => drop(self.cancel.send_replace(true)),
                    _ => {}
                }
            }
        }
    }
}
