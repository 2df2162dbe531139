//! How far a running job is.

use serde::{Deserialize, Serialize};

use super::Clean;

/// One target's place in a running job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Index of the target in the plan.
    pub target: usize,
    /// What is being done, in a few words: `logs of web (previous)`.
    pub doing: Clean,
    /// Units finished.
    pub done: u64,
    /// Units in all, where known.
    pub total: Option<u64>,
    /// Bytes written to evidence so far.
    pub bytes: u64,
    /// Whether the target is still being worked on.
    pub state: StepState,
}

/// The state of one target in a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepState {
    /// Not begun.
    Waiting,
    /// Under way.
    Running,
    /// The calls were made; being read back.
    Proving,
    /// Ended as planned.
    Done,
    /// Ended with an error.
    Failed,
}

/// Where an action reports its progress. Reporting never blocks and never fails.
pub trait Progress: Send + Sync {
    /// Takes note of one target's place.
    fn step(&self, step: Step);
}

impl<F: Fn(Step) + Send + Sync> Progress for F {
    fn step(&self, step: Step) {
        self(step);
    }
}
