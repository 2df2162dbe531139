//! What a job did, for putting it back.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use crate::case::Answer;
use crate::model::{Call, Clean, Plan, Target, Uid};

/// A call that was announced in the journal, and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Attempt {
    /// Place of its target in the plan.
    pub target: usize,
    /// The answer; `None` where none was recorded, so that nobody knows whether it was done.
    pub answer: Option<Answer>,
}

impl Attempt {
    /// Whether the call changed something, or may have.
    pub const fn may_have_changed(&self) -> bool {
        matches!(&self.answer, None | Some(Answer::Accepted { .. } | Answer::Unknown { .. }))
    }

    /// UID of the object that the server answered with, where it did.
    pub const fn uid(&self) -> Option<Uid> {
        match &self.answer {
            Some(Answer::Accepted { uid, .. }) => *uid,
            _ => None,
        }
    }
}

/// A job as its journal has it: what was planned, and what came of every call.
#[derive(Clone, Debug)]
pub struct Done {
    /// The job's id.
    pub job: Clean,
    /// The plan that it ran. Its facts are what was there before.
    pub plan: Arc<Plan>,
    /// The calls that were announced, by their place in the plan.
    pub attempts: BTreeMap<usize, Attempt>,
}

/// A call that changed something, or may have.
#[derive(Clone, Copy, Debug)]
pub struct Effect<'a> {
    /// The call.
    pub call: &'a Call,
    /// UID of the object as the server answered; `None` where it is not known.
    pub uid: Option<Uid>,
    /// Whether the server said that it was done. Where it did not, what is there now decides.
    pub certain: bool,
}

impl Done {
    /// The calls on a target that changed something or may have, in the order in which they were sent.
    pub fn effects<'a>(&'a self, target: &Target) -> impl Iterator<Item = Effect<'a>> {
        let place = self.place(target);
        self.attempts
            .iter()
            .filter(move |(_, attempt)| Some(attempt.target) == place && attempt.may_have_changed())
            .filter_map(|(call, attempt)| {
                let certain = matches!(attempt.answer, Some(Answer::Accepted { .. }));
                Some(Effect { call: self.plan.calls.get(*call)?, uid: attempt.uid(), certain })
            })
    }

    /// Whether anything of a target was changed, or may have been.
    pub fn changed(&self, target: &Target) -> bool {
        self.effects(target).next().is_some()
    }

    /// What a fact of a target was before the job.
    pub fn before(&self, target: &Target, what: &str) -> Option<&Value> {
        let place = self.place(target)?;
        let fact = self.plan.facts.iter().find(|fact| fact.target == place && &*fact.what == what)?;
        Some(&fact.value)
    }

    fn place(&self, target: &Target) -> Option<usize> {
        self.plan.targets.iter().position(|planned| planned == target)
    }
}
