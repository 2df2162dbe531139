//! A job on its way.

use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::history::History;
use super::job::JobRun;
use super::live::Live;
use super::ownership::Ownership;
use super::together::Together;
use super::{Engine, Job, ResponseError, Site};
use crate::actions::{Action, ActionError, SEND_COMMAND};
use crate::case::{CaseError, JobId};
use crate::model::{Plan, Tier};

/// A job that runs. Letting go of it does not stop it.
pub struct Running {
    /// Its id.
    pub id: JobId,
    cancel: watch::Sender<bool>,
    finished: watch::Receiver<bool>,
    task: JoinHandle<Result<(), CaseError>>,
    owner: Arc<Ownership>,
    live: Live,
}

impl Engine {
    /// Sets a job going that is recorded as ours in this epoch.
    pub(super) fn set_going(
        &self,
        site: &Site,
        action: &'static dyn Action,
        plan: Plan,
        (id, epoch): (JobId, u32),
        history: History,
    ) -> Result<Running, ResponseError> {
        // A script that only reads runs on a node all the same: it needs the right to write.
        let commands = plan.calls.iter().any(|call| &*call.method == SEND_COMMAND);
        let write = match plan.tier {
            Tier::Reads if !commands => None,
            _ => {
                let closed = |_| ResponseError::ReadOnly { action: plan.action.clone() };
                Some(site.cluster.write(site.cluster.latch().write_right().map_err(closed)?))
            }
        };
        let (cancel, cancelled) = watch::channel(false);
        let remaining = (0..plan.targets.len()).filter(|place| !history.has_ended(*place)).count();
        let owner = Arc::new(Ownership::new(self.case(), id.clone(), epoch));
        let run = JobRun {
            live: self.live.clone(),
            evidence: self.case().evidence(),
            job: id.clone(),
            action,
            plan: Arc::new(plan),
            read: site.cluster.read(),
            write,
            identity: site.identity.user.clone(),
            cancel: cancel.clone(),
            cancelled,
            owner: Arc::clone(&owner),
            together: Together::new(remaining),
            history: Arc::new(history),
        };
        let (done, finished) = watch::channel(false);
        let task = tokio::spawn(async move {
            let written = run.through().await;
            done.send_replace(true);
            written
        });
        Ok(Running { id, cancel, finished, task, owner, live: self.live.clone() })
    }
}

impl Running {
    /// Asks the job to stop: what has begun is finished, the rest is left.
    pub fn cancel(&self) {
        self.cancel.send_replace(true);
    }

    /// Returns when nothing of the job runs any more.
    pub async fn done(&self) {
        let mut finished = self.finished.clone();
        // An error means that the task is gone, which is what is waited for.
        let _ = finished.wait_for(|finished| *finished).await;
    }

    /// Waits for the job's end.
    ///
    /// # Errors
    /// The journal could not be written, so that what is there is all that is known; or
    /// another program has taken the job over.
    pub async fn ended(self) -> Result<Job, ResponseError> {
        let broken = |why: String| ResponseError::Broken(why.into());
        self.task.await.map_err(|error| broken(error.to_string()))??;
        if self.owner.is_lost() {
            return Err(ActionError::TakenOver { job: self.id.0.clone() }.into());
        }
        let jobs = self.live.jobs().borrow().clone();
        jobs.get(&self.id).cloned().ok_or_else(|| broken(format!("{} left no record", self.id)))
    }
}
