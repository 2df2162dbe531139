//! The case as the panes show it.

use crate::model::{Clean, Step, Target, Verdict};

/// What the panes show of a case: a fold of its journal.
#[derive(Debug, Clone, Default)]
pub struct CaseView {
    /// The case's id, empty where there is none.
    pub id: Clean,
    /// Its jobs, the newest first.
    pub jobs: Vec<JobLine>,
    /// Its records, the newest last, one a line.
    pub records: Vec<Clean>,
}

/// A job in a line.
#[derive(Debug, Clone)]
pub struct JobLine {
    /// The job's id.
    pub id: Clean,
    /// The action's id.
    pub action: Clean,
    /// What it acts on, with where each target is and what was proven of it.
    pub targets: Vec<TargetLine>,
    /// When it began, in seconds since 1970.
    pub began: i64,
    /// When it ended, in seconds since 1970.
    pub ended: Option<i64>,
    /// Why it failed, where it did.
    pub failed: Option<Clean>,
}

/// One target of a job.
#[derive(Debug, Clone)]
pub struct TargetLine {
    /// What it is.
    pub target: Target,
    /// How far it is.
    pub step: Option<Step>,
    /// What was proven of it.
    pub verdict: Option<Verdict>,
}

impl JobLine {
    /// Targets that are finished.
    pub fn done(&self) -> usize {
        use crate::model::StepState::{Done, Failed};
        let steps = self.targets.iter().filter_map(|line| line.step.as_ref());
        steps.filter(|step| matches!(step.state, Done | Failed)).count()
    }

    /// Bytes written to evidence.
    pub fn bytes(&self) -> u64 {
        self.targets.iter().filter_map(|line| line.step.as_ref()).map(|step| step.bytes).sum()
    }

    /// The worst verdict, which is the job's.
    pub fn verdict(&self) -> Option<&Verdict> {
        let verdicts = self.targets.iter().filter_map(|line| line.verdict.as_ref());
        verdicts.max_by_key(|verdict| match verdict {
            Verdict::Proven { .. } => 0,
            Verdict::NotMeasured { .. } => 1,
            Verdict::StillLeaking { .. } | Verdict::Incomplete { .. } => 2,
            Verdict::NotEnforced { .. } => 3,
        })
    }
}
