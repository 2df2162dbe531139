//! What can go wrong with a target.

use std::sync::Arc;

use crate::aws::{CallError, NodeLost, Unsaid};
use crate::case::CaseError;
use crate::kubernetes;
use crate::model::{Clean, Refused, Target};

/// Why an action could not be planned, run or proven on a target.
#[derive(Debug, thiserror::Error)]
pub enum ActionError {
    /// The API server or the way to it.
    #[error(transparent)]
    Cluster(#[from] kubernetes::Error),
    /// A node could not be asked.
    #[error(transparent)]
    Node(#[from] NodeLost),
    /// The account around the cluster could not be looked at.
    #[error(transparent)]
    Account(#[from] Unsaid),
    /// A call to the account.
    #[error(transparent)]
    Call(#[from] CallError),
    /// What became of a call that several targets wait for.
    #[error(transparent)]
    Shared(Arc<ActionError>),
    /// The journal or the evidence store.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// The object is gone.
    #[error("{target} ({}) is gone; look for its replacement and choose again", target.uid.short())]
    Gone {
        /// What was chosen.
        target: Box<Target>,
    },
    /// Another object has the name now.
    #[error("{target} is another object now ({now}, and {} was chosen); choose again", target.uid)]
    Replaced {
        /// What was chosen.
        target: Box<Target>,
        /// The UID that the name leads to now.
        now: Clean,
    },
    /// The answer is no object of the kind that was asked for.
    #[error("{what} cannot be read: {why}")]
    Odd {
        /// What was read.
        what: Clean,
        /// What is wrong with it.
        why: Clean,
    },
    /// There is no way back.
    #[error("{action} cannot be undone: {why}")]
    NoUndo {
        /// The action.
        action: &'static str,
        /// Why not.
        why: &'static str,
    },
    /// An option is not one of the action's, or cannot be what it was set to.
    #[error("{action}: {why}; `podmortem actions {action}` tells its options")]
    Option {
        /// The action.
        action: &'static str,
        /// What is wrong.
        why: Clean,
    },
    /// What is about to be sent was refused on this side.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Somebody cancelled the job before this target was through.
    #[error("cancelled before it was through; run it again to go on")]
    Cancelled,
    /// Another program goes on with the job.
    #[error("{job} was taken over by another program, which goes on with it; nothing more is sent from here")]
    TakenOver {
        /// The job.
        job: Clean,
    },
    /// Something that is in the way.
    #[error("{0}")]
    InTheWay(Clean),
    /// The action was asked for what it does not act on.
    #[error("{action} does not act on {target}: {why}")]
    Unfit {
        /// The action.
        action: &'static str,
        /// What it was asked for.
        target: Box<Target>,
        /// Why not.
        why: Clean,
    },
}
