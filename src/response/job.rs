//! A confirmed plan, run target by target.

use std::sync::Arc;

use futures::StreamExt as _;
use tokio::sync::watch;

use super::hand::{JobHand, Told};
use super::history::History;
use super::live::Live;
use super::ownership::Ownership;
use super::together::{Together, UnderWay};
use super::undo::put_back;
use crate::actions::{Action, ActionError, Hand, Look, Work};
use crate::case::{CaseError, Entry, Evidence, JobEnd, JobId};
use crate::kubernetes::{Read, Write};
use crate::model::{Clean, Plan, Target, Verdict};

/// What every target of a job shares.
#[derive(Clone)]
pub struct JobRun {
    pub live: Live,
    pub evidence: Evidence,
    pub job: JobId,
    pub action: &'static dyn Action,
    pub plan: Arc<Plan>,
    pub read: Read,
    pub write: Option<Write>,
    pub identity: Clean,
    pub cancel: watch::Sender<bool>,
    pub cancelled: watch::Receiver<bool>,
    pub owner: Arc<Ownership>,
    pub history: Arc<History>,
    pub together: Arc<Together>,
}

impl JobRun {
    /// Works through every target. One that fails, or that a bug of ours breaks, stops no other.
    pub async fn through(self) -> Result<(), CaseError> {
        let others = self.live.case().follow_from_here()?;
        let targets = self.plan.targets.clone().into_iter().enumerate();
        let targets = targets.filter(|(place, _)| !self.history.has_ended(*place));
        let ends = futures::stream::iter(targets).map(|(place, target)| {
            let run = self.clone();
            async move {
                let task = tokio::spawn(run.clone().one(place, target));
                match task.await {
                    Ok(written) => written,
                    Err(broken) => {
                        let why = format!(
                            "podmortem itself broke off here ({broken}); look at what was done, and run it again"
                        );
                        run.failed(place, why.into()).await
                    }
                }
            }
        });
        // All of them begin: how many are worked on at once, each turn decides.
        let written: Vec<_> = tokio::select! {
            written = ends.buffer_unordered(self.plan.targets.len().max(1)).collect() => written,
            never = self.beats(others) => match never {},
        };
        if self.owner.check().is_err() {
            let (job, epoch) = (self.job.clone(), self.owner.epoch());
            self.live.record(Entry::Yielded { job, epoch }).await?;
            return written.into_iter().collect();
        }
        let end = if *self.cancelled.borrow() { JobEnd::Cancelled } else { JobEnd::Done };
        self.live.record(Entry::Ended { job: self.job.clone(), end }).await?;
        written.into_iter().collect()
    }

    /// One target, from its first call to its record.
    async fn one(self, place: usize, target: Target) -> Result<(), CaseError> {
        let under_way = UnderWay::of(Arc::clone(&self.together));
        let turn = self.together.turn().await;
        if *self.cancelled.borrow() {
            return self.failed(place, ActionError::Cancelled.to_string().into()).await;
        }
        match self.worked(place, target, (turn, under_way)).await {
            Err(ActionError::TakenOver { .. }) => Ok(()),
            Ok(_) if self.owner.check().is_err() => Ok(()),
            Ok(verdict) => {
                let job = self.job.clone();
                self.live.record(Entry::Verdict { job, target: place, verdict }).await?;
                Ok(())
            }
            Err(error) => self.failed(place, error.to_string().into()).await,
        }
    }

    /// Runs the action, lets the next target have its turn, and proves.
    async fn worked<T>(&self, place: usize, target: Target, turn: T) -> Result<Verdict, ActionError> {
        let hand = Arc::new(JobHand {
            live: self.live.clone(),
            evidence: self.evidence.clone(),
            job: self.job.clone(),
            plan: Arc::clone(&self.plan),
            place,
            read: self.read.clone(),
            write: self.write.clone(),
            identity: self.identity.clone(),
            cancelled: self.cancelled.clone(),
            owner: Arc::clone(&self.owner),
            history: Arc::clone(&self.history),
            progress: Told::beginning(place),
            together: Arc::clone(&self.together),
        });
        let work = Work {
            plan: Arc::clone(&self.plan),
            place,
            target,
            look: Arc::new(self.read.clone()) as Arc<dyn Look>,
            hand: Arc::clone(&hand) as Arc<dyn Hand>,
        };
        let undoes = self.plan.undoes.is_some();
        let outcome = if undoes { put_back(&work).await? } else { self.action.run(&work).await? };
        drop(turn);
        let step = hand.proving();
        self.live.record(Entry::Progress { job: self.job.clone(), step }).await?;
        if undoes { self.action.prove_undo(&work, &outcome).await } else { self.action.prove(&work, &outcome).await }
    }

    async fn failed(&self, target: usize, why: Clean) -> Result<(), CaseError> {
        if self.owner.check().is_err() {
            return Ok(());
        }
        self.live.record(Entry::Failed { job: self.job.clone(), target, why }).await?;
        Ok(())
    }
}
