//! What is recorded of a job before this program goes on with it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::Jobs;
use crate::actions::Attempt;
use crate::case::{Answer, Custody, Entry, JobId, Record};
use crate::model::{Call, Plan};

/// The calls, the artefacts and the ends that a job has behind it. Empty for one that begins.
#[derive(Debug, Default)]
pub struct History {
    calls: BTreeMap<usize, Attempt>,
    kept: Vec<Custody>,
    ended: BTreeSet<usize>,
    began: Option<Timestamp>,
}

/// What is recorded of one call.
#[derive(Debug, PartialEq, Eq)]
pub enum Past<'a> {
    /// It was never announced.
    None,
    /// It was announced, and what became of it is not known.
    Open,
    /// It was answered.
    Answered(&'a Answer),
}

impl History {
    /// What the records tell of a job.
    pub fn of(job: &JobId, jobs: &Jobs, records: &[Record]) -> Self {
        let Some(state) = jobs.get(job) else { return Self::default() };
        let ended = state.targets.iter().enumerate();
        let ended = ended.filter(|(_, target)| target.verdict.is_some() || target.failed.is_some());
        let kept = records.iter().filter_map(|record| match &record.entry {
            Entry::Evidence { job: Some(of), custody } if of == job => Some((**custody).clone()),
            _ => None,
        });
        Self {
            calls: state.calls.clone(),
            kept: kept.collect(),
            ended: ended.map(|(place, _)| place).collect(),
            began: Some(state.started),
        }
    }

    /// When the job began, by the clock of the machine that began it; `None` for one that begins now.
    pub const fn began(&self) -> Option<Timestamp> {
        self.began
    }

    /// What became of a call.
    pub fn call(&self, place: usize) -> Past<'_> {
        match self.calls.get(&place).map(|attempt| &attempt.answer) {
            None => Past::None,
            Some(None | Some(Answer::Unknown { .. })) => Past::Open,
            Some(Some(answer)) => Past::Answered(answer),
        }
    }

    /// The artefact that a call of the plan was kept as.
    pub fn kept(&self, plan: &Plan, call: &Call) -> Option<&Custody> {
        let target = plan.targets.get(call.target);
        self.kept.iter().rev().find(|custody| {
            custody.incomplete.is_none() && custody.source.from == call.path && custody.source.target.as_ref() == target
        })
    }

    /// Whether a target has its verdict, or failed.
    pub fn has_ended(&self, target: usize) -> bool {
        self.ended.contains(&target)
    }

    /// Whether anything of a target was begun.
    pub fn has_begun(&self, target: usize) -> bool {
        self.calls.values().any(|attempt| attempt.target == target)
    }

    /// Takes note that a target ended before it was gone on with.
    pub fn end(&mut self, target: usize) {
        self.ended.insert(target);
    }
}
