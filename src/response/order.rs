//! What a plan is asked for.

use std::collections::BTreeSet;

use super::Jobs;
use crate::actions::Known;
use crate::case::{Entry, Record};
use crate::model::{Options, PlanNote, Target, Uid, Verdict};

/// An action, what it is told beside its targets, and what the case knows.
#[derive(Clone, Debug, Default)]
pub struct Order<'a> {
    /// The action's id.
    pub action: &'a str,
    /// Its options, those that are not left as they are.
    pub options: Options,
    /// What the case knows.
    pub known: Known,
    /// What whoever orders it adds to what is read before the yes.
    pub said: Vec<PlanNote>,
}

impl<'a> From<&'a str> for Order<'a> {
    fn from(action: &'a str) -> Self {
        Self { action, ..Self::default() }
    }
}

/// What a case knows, by its records.
pub fn known(records: &[Record]) -> Known {
    let scope = records.iter().rev().find_map(|record| match &record.entry {
        Entry::Scope { targets } => Some(targets.clone()),
        _ => None,
    });
    Known { scope: scope.unwrap_or_default(), captured: captured(&Jobs::fold(records)) }
}

/// The pods whose capture was proven.
fn captured(jobs: &Jobs) -> BTreeSet<Uid> {
    let captures = jobs.iter().filter(|job| job.action == *"capture-pod");
    let proven =
        captures.flat_map(|job| &job.targets).filter(|state| state.verdict.as_ref().is_some_and(Verdict::is_proven));
    proven.map(|state| &state.target).map(|target: &Target| target.uid).collect()
}
