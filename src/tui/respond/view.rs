//! The case as the panes show it.

use std::sync::Arc;

use crate::model::{Clean, Target, Verdict};
use crate::response::{Job, Jobs};

/// What the panes show of a case: folds of its journal.
#[derive(Debug, Clone, Default)]
pub struct CaseView {
    /// The case's id, empty where there is none.
    pub id: Clean,
    /// Its jobs, the one that began first first.
    pub jobs: Arc<Jobs>,
    /// Its records, the newest last, one a line.
    pub records: Vec<Clean>,
    /// Whether the screen is recorded into it.
    pub recorded: bool,
}

impl CaseView {
    /// The jobs, the newest first.
    pub fn newest(&self) -> impl Iterator<Item = &Job> {
        self.jobs.iter().rev()
    }

    /// What was last proven of an object.
    pub fn verdict_on(&self, target: &Target) -> Option<&Verdict> {
        self.jobs.verdict_on(target).map(|(_, verdict)| verdict)
    }
}

/// The worst verdict of a job, which is the job's.
pub fn verdict_of(job: &Job) -> Option<&Verdict> {
    job.targets.iter().filter_map(|target| target.verdict.as_ref()).max_by_key(|verdict| match verdict {
        Verdict::Proven { .. } => 0,
        Verdict::NotMeasured { .. } | Verdict::Incomplete { .. } => 1,
        Verdict::StillLeaking { .. } => 2,
        Verdict::NotEnforced { .. } => 3,
    })
}
