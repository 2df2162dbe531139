//! The trait that an action is, and what it is given.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;

use super::{ActionError, Disabled, Done, Known, Look, Spec, Witness};
use crate::case::{CaseId, Custody};
use crate::model::facts::Facts;
use crate::model::{Call, Clean, ClusterId, Options, Plan, Target, Verdict};

/// The method of a call that runs a script on a node. Its path is the instance's id, its
/// body what Systems Manager is asked for.
pub const SEND_COMMAND: &str = "ssm:SendCommand";

/// An action: planned for many targets, run and proven on each by itself.
#[async_trait]
pub trait Action: Sync {
    /// What is known of it before it meets a target.
    fn spec(&self) -> &'static Spec;

    /// Whether it makes sense for a target, as far as a row tells.
    ///
    /// # Errors
    /// Says why not.
    fn ready(&self, facts: &Facts, target: &Target) -> Result<(), Disabled>;

    /// The exact calls, who else is hit, and what the plan rests on. Reads only.
    ///
    /// # Errors
    /// A target is gone, was replaced, or cannot be read.
    async fn plan(&self, ask: &Ask<'_>) -> Result<Plan, ActionError>;

    /// Makes the plan's calls for one target, and nothing else.
    ///
    /// # Errors
    /// A call failed, or what it met is not what was planned for.
    async fn run(&self, work: &Work) -> Result<Outcome, ActionError>;

    /// Reads back what came of it.
    ///
    /// # Errors
    /// The reading itself failed; nothing is claimed then.
    async fn prove(&self, work: &Work, outcome: &Outcome) -> Result<Verdict, ActionError>;

    /// The call of a job's plan that measures a target. It changes nothing, and is made again
    /// from time to time while the job stands. `None` where reading objects back is all that there is.
    fn measures(&self, plan: &Plan, target: &Target) -> Option<usize> {
        let _ = (plan, target);
        None
    }

    /// What such a measurement shows of a target, when it was made again.
    ///
    /// # Errors
    /// The target is gone, was replaced, or cannot be read: nothing is claimed of it then.
    async fn measured(
        &self,
        look: &dyn Look,
        plan: &Plan,
        target: &Target,
        printed: &[u8],
    ) -> Result<Verdict, ActionError> {
        let _ = (look, plan, printed);
        Err(ActionError::InTheWay(format!("nothing measures {target} for {}", self.spec().id).into()))
    }

    /// The calls that put back what a job of this action changed, and nothing that
    /// somebody else changed since: that is noted with [`PlanNote::Theirs`]. Reads only.
    /// The engine sends the calls of each target in their order, and nothing else.
    /// `ask.targets` are those of the job's targets that are to be put back.
    ///
    /// [`PlanNote::Theirs`]: crate::model::PlanNote::Theirs
    ///
    /// # Errors
    /// The action cannot be undone, or what is there now cannot be read. A target
    /// that is gone is no error: nothing of it is left to put back.
    async fn plan_undo(&self, ask: &Ask<'_>, done: &Done) -> Result<Plan, ActionError> {
        let _ = (ask, done);
        Err(ActionError::NoUndo { action: self.spec().id, why: self.spec().undo.text() })
    }

    /// Reads back whether what the job changed is as it was before, or as somebody else made it since.
    ///
    /// # Errors
    /// The action cannot be undone, or the reading itself failed.
    async fn prove_undo(&self, work: &Work, outcome: &Outcome) -> Result<Verdict, ActionError> {
        let _ = (work, outcome);
        Err(ActionError::NoUndo { action: self.spec().id, why: self.spec().undo.text() })
    }
}

/// What a plan is asked for.
pub struct Ask<'a> {
    /// The cluster, to read from.
    pub look: &'a dyn Look,
    /// Which one it is.
    pub cluster: ClusterId,
    /// The case that it is for: it names what is created.
    pub case: Option<&'a CaseId>,
    /// The objects to act on.
    pub targets: &'a [Target],
    /// The action's options, every one of them.
    pub options: &'a Options,
    /// What the case knows; nothing outside a case.
    pub known: &'a Known,
}

/// One target of a running job.
#[derive(Clone)]
pub struct Work {
    /// The plan that was confirmed.
    pub plan: Arc<Plan>,
    /// Place of the target in it.
    pub place: usize,
    /// The object.
    pub target: Target,
    /// The cluster, to read from.
    pub look: Arc<dyn Look>,
    /// The only way to change anything or to keep anything.
    pub hand: Arc<dyn Hand>,
}

impl Work {
    /// The calls of this target, with their places in the plan.
    pub fn calls(&self) -> impl Iterator<Item = (usize, &Call)> {
        self.plan.calls.iter().enumerate().filter(|(_, call)| call.target == self.place)
    }
}

/// What an action may do to the world: send a call of its plan, and keep evidence.
/// Whatever goes through it is recorded before it happens.
#[async_trait]
pub trait Hand: Send + Sync {
    /// Sends a call of the plan. Its intent, with what was there before, is on disk first.
    ///
    /// # Errors
    /// The journal could not be written (nothing was sent then), or the call failed.
    async fn send(&self, call: usize) -> Result<Bytes, ActionError>;

    /// Sends a call that serves several targets of the job. The first of them to ask sends
    /// it, the others get the same answer. A command for a node answers with what it printed.
    ///
    /// # Errors
    /// As [`Hand::send`].
    async fn shared(&self, call: usize) -> Result<Bytes, ActionError>;

    /// Returns when no target of the job is on its way to its proof any more.
    async fn all_ran(&self);

    /// The cluster as it is when every target of the job has run, for all their proofs: what is looked at through it
    /// is read once.
    async fn after(&self) -> Arc<dyn Look>;

    /// Streams the answer to a GET of the plan into the evidence store.
    ///
    /// # Errors
    /// The store or the journal could not be written, or the job was cancelled.
    async fn keep(&self, call: usize, label: Clean) -> Result<Kept, ActionError>;

    /// Hashes an artefact again, as it lies in the store now.
    ///
    /// # Errors
    /// It cannot be read.
    async fn still_there(&self, custody: &Custody) -> Result<bool, ActionError>;

    /// Whether somebody cancelled the job: who waits, stops waiting.
    fn is_cancelled(&self) -> bool;

    /// Tells how far the target is: what is being done now, and of how many units so many are finished.
    fn step(&self, doing: Clean, done: u64, total: u64);
}

/// What came of keeping an artefact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is in the store.
    Stored(Box<Custody>),
    /// The source has no such thing; what it said. Recorded as such.
    Absent(Clean),
    /// It could not be had; why. Recorded as such.
    Failed(Clean),
}

/// What running an action on a target left behind, for its proof.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The artefacts that were stored.
    pub evidence: Vec<Custody>,
    /// What the source did not have.
    pub absent: Vec<Clean>,
    /// What could not be had, and why.
    pub failed: Vec<Clean>,
    /// A token that was good before.
    pub witness: Option<Witness>,
    /// What commands printed, by the place of their call in the plan, where the proof needs it.
    pub printed: BTreeMap<usize, Bytes>,
}
