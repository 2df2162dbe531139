//! Why nothing was done.

use crate::actions::ActionError;
use crate::case::CaseError;
use crate::kubernetes;
use crate::model::{Clean, PlanHash};

use super::Missing;

/// Why a plan was not made or a job did not begin. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ResponseError {
    /// This process only reads.
    #[error("podmortem is read-only: {action} was not run and nothing was sent; start it without --read-only to act")]
    ReadOnly {
        /// What was asked for.
        action: Clean,
    },
    /// There is no such action.
    #[error("there is no action {0}; `podmortem actions` lists them")]
    NoAction(Clean),
    /// There is nothing to act on.
    #[error("there is nothing to act on: name at least one target")]
    NoTarget,
    /// There is no such job.
    #[error("there is no job {0} in this case; `podmortem case show` lists them")]
    NoJob(Clean),
    /// A job has not ended.
    #[error("{0} still runs; cancel it or wait for its end, then undo it")]
    StillRuns(Clean),
    /// Whoever approves a plan has made it.
    #[error(
        "not approved: {0} made this plan; a second person is another Unix user, or another identity that the cluster has authenticated: impersonating one (--as) makes nobody else of you"
    )]
    OwnPlan(Clean),
    /// Nothing of a job is left to put back.
    #[error("nothing of {0} stands: it changed nothing, or it was put back already")]
    NothingStands(Clean),
    /// Somebody else's work rests on what would be put back.
    #[error("{job} is not put back, since others rest on it: {}; undo those first", .on.iter().map(Clean::as_str).collect::<Vec<_>>().join("; "))]
    RestedOn {
        /// The job.
        job: Clean,
        /// The jobs that rest on it, and on what.
        on: Vec<Clean>,
    },
    /// The confirmation is not what the tier asks for.
    #[error("not confirmed: {0}")]
    NotConfirmed(Clean),
    /// The confirmation was given for another plan.
    #[error("not confirmed: the confirmation is for plan {given}, this is plan {plan}")]
    OtherPlan {
        /// The plan that was confirmed.
        given: PlanHash,
        /// The plan that was about to run.
        plan: PlanHash,
    },
    /// The plan was made for another cluster.
    #[error("the plan is for the cluster {plan}, and this is {here}; choose the context of that cluster")]
    OtherCluster {
        /// The plan's cluster.
        plan: Clean,
        /// The connected one.
        here: Clean,
    },
    /// The plan was made for another case.
    #[error("the plan was made for the case {plan}, and this is {here}; make it again for this case")]
    OtherCase {
        /// The plan's case.
        plan: Clean,
        /// The open one.
        here: Clean,
    },
    /// What the plan rests on has changed.
    #[error("the plan is stale, make it again: {}", .0.iter().map(Clean::as_str).collect::<Vec<_>>().join("; "))]
    Stale(Vec<Clean>),
    /// The cluster would not allow it.
    #[error("not permitted: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    NotPermitted(Vec<Missing>),
    /// A target could not be planned for.
    #[error(transparent)]
    Action(#[from] ActionError),
    /// The case could not be written.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// The cluster could not be asked.
    #[error(transparent)]
    Cluster(#[from] kubernetes::Error),
    /// There is no such job that could be gone on with.
    #[error("{0} is no job without an end in this case; `podmortem case show` lists the jobs")]
    NothingOpen(Clean),
    /// Somebody works on the job.
    #[error("{job} is worked on by {by}; it is gone on with here when that program has ended or is silent")]
    InHands {
        /// The job.
        job: Clean,
        /// Who has it.
        by: Clean,
    },
    /// A background task ended by a bug of ours.
    #[error("podmortem itself broke off ({0}); what was done until then is in the journal")]
    Broken(Clean),
}

impl ResponseError {
    /// Whether it was refused, rather than failed: read-only, not permitted, not confirmed, stale.
    pub const fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::ReadOnly { .. }
                | Self::NotConfirmed(_)
                | Self::OtherPlan { .. }
                | Self::OtherCluster { .. }
                | Self::OtherCase { .. }
                | Self::Stale(_)
                | Self::NotPermitted(_)
                | Self::InHands { .. }
                | Self::RestedOn { .. }
                | Self::StillRuns(_)
                | Self::OwnPlan(_)
                | Self::Case(CaseError::Elsewhere { .. })
        )
    }
}
