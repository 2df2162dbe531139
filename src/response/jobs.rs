//! The jobs of a case: a fold of its records.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::watch::Sighting;
use crate::actions::{Attempt, is_measurement};
use crate::case::{By, Entry, JobEnd, JobId, Record, WriterId};
use crate::model::{Clean, PlanHash, Step, StepState, Target, Tier, Verdict};

/// Every job that the records tell of, in the order in which they began.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Jobs(Vec<Job>);

/// One run of one action.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// The action's id.
    pub action: Clean,
    /// How dangerous it is.
    pub tier: Tier,
    /// The plan.
    pub plan: PlanHash,
    /// Why it was done.
    pub reason: Clean,
    /// The program that runs it, or went on with it last.
    pub writer: WriterId,
    /// How often it changed hands, counted from 1.
    pub epoch: u32,
    /// Whose program that is.
    pub by: By,
    /// The user that the cluster takes them for.
    pub identity: Clean,
    /// When it began.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// How it ended.
    pub end: Option<JobEnd>,
    /// The job whose changes it puts back, where it does that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undoes: Option<JobId>,
    /// Pods that came up like those that it contains.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alike: Vec<Sighting>,
    /// When what it did was measured last, or begun to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measured: Option<Timestamp>,
    /// The calls that were announced, by their place in the plan.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub calls: BTreeMap<usize, Attempt>,
    /// Its targets, in the plan's order.
    pub targets: Vec<TargetState>,
}

/// One target of a job.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TargetState {
    /// The object.
    pub target: Target,
    /// How far it is.
    pub step: Step,
    /// What reading back showed.
    pub verdict: Option<Verdict>,
    /// Why it has no verdict.
    pub failed: Option<Clean>,
    /// What is otherwise now than the job made it, while nobody has put it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drift: Option<Clean>,
    /// The job that has put it back, proven.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undone: Option<JobId>,
}

impl Jobs {
    /// Folds records in the order of the story.
    pub fn fold<'a>(records: impl IntoIterator<Item = &'a Record>) -> Self {
        let mut jobs = Self::default();
        records.into_iter().for_each(|record| jobs.apply(record));
        jobs
    }

    /// Takes one more record into account.
    pub fn apply(&mut self, record: &Record) {
        if self.is_of_another(record) {
            return;
        }
        match &record.entry {
            Entry::Adopted { job, epoch, .. } => self.adopt(job, *epoch, record),
            Entry::Started { .. } => self.begin(record),
            Entry::Progress { job, step } => self.step(job, step.clone()),
            Entry::Intent { job, call, request, .. } => {
                if let Some(job) = self.find(job) {
                    job.calls.insert(*call, Attempt { target: request.target, answer: None });
                    job.measured = if is_measurement(request) { Some(record.time) } else { job.measured };
                }
            }
            Entry::Result { job, call, answer } => {
                if let Some(attempt) = self.find(job).and_then(|job| job.calls.get_mut(call)) {
                    attempt.answer = Some(answer.clone());
                }
            }
            Entry::Verdict { job, target, verdict } => {
                self.on(job, *target, |state| {
                    state.step.state = StepState::Done;
                    state.verdict = Some(verdict.clone());
                });
                if verdict.is_proven() {
                    self.put_back(job, *target);
                }
            }
            Entry::Drift { job, target, found } => self.drifted(job, *target, Some(found.clone())),
            Entry::Restored { job, target } => self.drifted(job, *target, None),
            Entry::Alike { job, pod, like, shares } => {
                self.saw(&Sighting { job: job.clone(), pod: pod.clone(), like: like.clone(), shares: shares.clone() })
            }
            Entry::Failed { job, target, why } => self.on(job, *target, |state| {
                state.step.state = StepState::Failed;
                state.failed = Some(why.clone());
            }),
            Entry::Ended { job, end } => {
                if let Some(job) = self.find(job) {
                    job.ended = Some(record.time);
                    job.end = Some(*end);
                }
            }
            _ => {}
        }
    }

    /// Takes note of how far a target is; what has ended stays ended.
    pub fn step(&mut self, job: &JobId, step: Step) {
        self.on(job, step.target, |state| {
            if !matches!(state.step.state, StepState::Done | StepState::Failed) {
                state.step = step.clone();
            }
        });
    }

    /// Takes note of what is otherwise on a target now, or that nothing is.
    pub fn drifted(&mut self, job: &JobId, target: usize, found: Option<Clean>) {
        self.on(job, target, |state| state.drift = found);
    }

    /// Takes note of a pod that came up like a contained one.
    pub fn saw(&mut self, sighting: &Sighting) {
        if let Some(job) = self.find(&sighting.job)
            && !job.alike.iter().any(|known| known.pod == sighting.pod)
        {
            job.alike.push(sighting.clone());
        }
    }

    /// The jobs, the one that began first first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Job> + ExactSizeIterator {
        self.0.iter()
    }

    /// The job of that id.
    pub fn get(&self, id: &JobId) -> Option<&Job> {
        self.0.iter().rev().find(|job| job.id == *id)
    }

    /// How many have not ended.
    pub fn running(&self) -> usize {
        self.0.iter().filter(|job| job.ended.is_none()).count()
    }

    /// The newest verdict on an object of any job that changes something and was not put back.
    pub fn verdict_on(&self, target: &Target) -> Option<(&Job, &Verdict)> {
        let standing = self.0.iter().rev().filter(|job| job.tier > Tier::Reads && job.undoes.is_none());
        standing.into_iter().find_map(|job| {
            let state = job.targets.iter().find(|state| state.target == *target && state.undone.is_none())?;
            Some((job, state.verdict.as_ref()?))
        })
    }

    fn begin(&mut self, record: &Record) {
        let Entry::Started { job, plan, action, tier, targets, identity, reason, undoes, .. } = &record.entry else {
            return;
        };
        if self.get(job).is_some() {
            return;
        }
        let waiting = |(target, object): (usize, &Target)| TargetState {
            target: object.clone(),
            step: Step { target, doing: Clean::default(), done: 0, total: None, bytes: 0, state: StepState::Waiting },
            verdict: None,
            failed: None,
            drift: None,
            undone: None,
        };
        self.0.push(Job {
            id: job.clone(),
            action: action.clone(),
            tier: *tier,
            plan: *plan,
            reason: reason.clone(),
            writer: record.writer.clone(),
            epoch: 1,
            by: record.by.clone(),
            identity: identity.clone(),
            started: record.time,
            ended: None,
            end: None,
            undoes: undoes.clone(),
            alike: Vec::new(),
            measured: None,
            calls: BTreeMap::new(),
            targets: targets.iter().enumerate().map(waiting).collect(),
        });
    }

    /// Whether a record tells of an open job that its writer does not have, or no longer has.
    fn is_of_another(&self, record: &Record) -> bool {
        let job = match &record.entry {
            Entry::Progress { job, .. }
            | Entry::Intent { job, .. }
            | Entry::Result { job, .. }
            | Entry::Verdict { job, .. }
            | Entry::Failed { job, .. }
            | Entry::Ended { job, .. } => job,
            _ => return false,
        };
        self.get(job).is_some_and(|job| job.ended.is_none() && job.writer != record.writer)
    }

    fn adopt(&mut self, id: &JobId, epoch: u32, record: &Record) {
        let Some(job) = self.find(id).filter(|job| job.ended.is_none() && job.epoch < epoch) else { return };
        job.epoch = epoch;
        job.writer.clone_from(&record.writer);
        job.by.clone_from(&record.by);
        for state in job.targets.iter_mut().filter(|state| state.verdict.is_none() && state.failed.is_none()) {
            state.step.state = StepState::Waiting;
        }
    }

    /// Takes note on the job that was put back.
    fn put_back(&mut self, by: &JobId, target: usize) {
        let Some(undo) = self.get(by) else { return };
        let (Some(undone), Some(state)) = (undo.undoes.clone(), undo.targets.get(target)) else { return };
        let object = state.target.clone();
        let states = self.find(&undone).into_iter().flat_map(|job| job.targets.iter_mut());
        for state in states.filter(|state| state.target == object) {
            state.undone = Some(by.clone());
            state.drift = None;
        }
    }

    fn find(&mut self, id: &JobId) -> Option<&mut Job> {
        // Most records are of a job that began lately.
        self.0.iter_mut().rev().find(|job| job.id == *id)
    }

    fn on(&mut self, job: &JobId, target: usize, change: impl FnOnce(&mut TargetState)) {
        if let Some(state) = self.find(job).and_then(|job| job.targets.get_mut(target)) {
            change(state);
        }
    }
}

impl Job {
    /// Targets that have ended, with a verdict or without.
    pub fn finished(&self) -> usize {
        self.targets.iter().filter(|state| state.verdict.is_some() || state.failed.is_some()).count()
    }

    /// Whether a call that changes something of a target was accepted, or may have been.
    pub fn changed(&self, target: usize) -> bool {
        self.calls.values().any(|call| call.target == target && call.may_have_changed())
    }

    /// Targets that ended without a verdict.
    pub fn failures(&self) -> usize {
        self.targets.iter().filter(|state| state.failed.is_some()).count()
    }

    /// Bytes that were written to evidence.
    pub fn bytes(&self) -> u64 {
        self.targets.iter().map(|state| state.step.bytes).sum()
    }

    /// Bytes a second, from the beginning until the end or until `now`.
    pub fn rate(&self, now: Timestamp) -> f64 {
        let seconds = self.ended.unwrap_or(now).duration_since(self.started).as_secs_f64();
        if seconds > 0.0 { self.bytes() as f64 / seconds } else { 0.0 }
    }

    /// Whether every target was put back.
    pub fn is_undone(&self) -> bool {
        !self.targets.is_empty() && self.targets.iter().all(|state| state.undone.is_some())
    }

    /// Whether every target has the verdict PROVEN.
    pub fn is_proven(&self) -> bool {
        self.targets.iter().all(|state| state.verdict.as_ref().is_some_and(Verdict::is_proven))
    }
}
