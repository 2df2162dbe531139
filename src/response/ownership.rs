//! Whether a job is still ours.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::actions::ActionError;
use crate::case::{Case, CaseError, Epochs, JobId};

/// This program's hold on a job. It ends when somebody else takes the job's next
/// epoch, which may happen while this program is stopped: it is asked for right
/// before every call and every verdict.
pub struct Ownership {
    epochs: Epochs,
    job: JobId,
    epoch: u32,
    lost: AtomicBool,
}

impl Ownership {
    /// The hold on a job in one of its epochs.
    pub fn new(case: &Case, job: JobId, epoch: u32) -> Self {
        Self { epochs: case.epochs(), job, epoch, lost: AtomicBool::new(false) }
    }

    /// The epoch in which the job is ours.
    pub const fn epoch(&self) -> u32 {
        self.epoch
    }

    /// Whether the job is still ours. It looks at the case's directory, which takes no time worth waiting for.
    ///
    /// # Errors
    /// [`ActionError::TakenOver`], or it cannot be told; nothing may be sent for the job then.
    pub fn check(&self) -> Result<(), ActionError> {
        let taken = |lost: bool| match lost {
            false => Ok(()),
            true => Err(ActionError::TakenOver { job: self.job.0.clone() }),
        };
        taken(self.is_lost())?;
        let lost = self.next_is_taken()?;
        self.lost.fetch_or(lost, Ordering::AcqRel);
        taken(lost)
    }

    /// Whether it was found to be somebody else's.
    pub fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Acquire)
    }

    fn next_is_taken(&self) -> Result<bool, CaseError> {
        match self.epoch.checked_add(1) {
            Some(next) => self.epochs.is_taken(&self.job, next),
            None => Ok(false),
        }
    }
}
