//! The jobs of a case: a fold of its records.

use jiff::Timestamp;
use serde::Serialize;

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
    /// The program that runs it.
    pub writer: WriterId,
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
        match &record.entry {
            Entry::Started { .. } => self.begin(record),
            Entry::Progress { job, step } => self.step(job, step.clone()),
            Entry::Verdict { job, target, verdict } => self.on(job, *target, |state| {
                state.step.state = StepState::Done;
                state.verdict = Some(verdict.clone());
            }),
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

    /// The jobs, the one that began first first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Job> + ExactSizeIterator {
        self.0.iter()
    }

    /// The job of that id.
    pub fn get(&self, id: &JobId) -> Option<&Job> {
        self.0.iter().find(|job| job.id == *id)
    }

    /// How many have not ended.
    pub fn running(&self) -> usize {
        self.0.iter().filter(|job| job.ended.is_none()).count()
    }

    /// The newest verdict on an object, of any job.
    pub fn verdict_on(&self, target: &Target) -> Option<(&Job, &Verdict)> {
        self.0.iter().rev().find_map(|job| {
            let state = job.targets.iter().find(|state| state.target == *target)?;
            Some((job, state.verdict.as_ref()?))
        })
    }

    fn begin(&mut self, record: &Record) {
        let Entry::Started { job, plan, action, tier, targets, identity, reason, .. } = &record.entry else { return };
        if self.get(job).is_some() {
            return;
        }
        let waiting = |(target, object): (usize, &Target)| TargetState {
            target: object.clone(),
            step: Step { target, doing: Clean::default(), done: 0, total: None, bytes: 0, state: StepState::Waiting },
            verdict: None,
            failed: None,
        };
        self.0.push(Job {
            id: job.clone(),
            action: action.clone(),
            tier: *tier,
            plan: *plan,
            reason: reason.clone(),
            writer: record.writer.clone(),
            by: record.by.clone(),
            identity: identity.clone(),
            started: record.time,
            ended: None,
            end: None,
            targets: targets.iter().enumerate().map(waiting).collect(),
        });
    }

    fn find(&mut self, id: &JobId) -> Option<&mut Job> {
        self.0.iter_mut().find(|job| job.id == *id)
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

    /// Whether every target has the verdict PROVEN.
    pub fn is_proven(&self) -> bool {
        self.targets.iter().all(|state| state.verdict.as_ref().is_some_and(Verdict::is_proven))
    }
}
