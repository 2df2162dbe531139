//! Jobs that nobody works on any more, and how they are gone on with.

use std::time::{Duration, Instant};

use futures::{StreamExt as _, stream};
use serde::Serialize;

use super::history::History;
use super::{Engine, Job, Jobs, ResponseError, Running, Site, changes};
use crate::actions;
use crate::case::{Case, CaseError, Entry, JobId, Life, Record, WriterId};
use crate::model::{Clean, Plan};

/// An owner that has been silent for so long is taken for gone. Owners give a
/// sign of life every [`BEAT`](super::beat::BEAT).
pub const SILENCE: Duration = Duration::from_secs(15);

/// Targets that are looked at at once.
const AT_ONCE: usize = 12;

/// How often a silent owner is looked at.
const LOOKED_AT_EVERY: Duration = Duration::from_millis(200);

/// A job without an end.
#[derive(Clone, Debug, Serialize)]
pub struct Interrupted {
    /// The job.
    pub job: Job,
    /// What is known of its owner.
    pub owner: Owner,
}

/// What is known of the program that has a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Owner {
    /// It is this program.
    Us,
    /// It runs on this machine.
    Runs,
    /// It has ended.
    Gone,
    /// It cannot be seen from here; its silence would tell.
    Elsewhere,
}

/// The jobs of some records that have no end.
pub fn interrupted(case: &Case, records: &[Record]) -> Vec<Interrupted> {
    let jobs = Jobs::fold(records);
    let open = jobs.iter().filter(|job| job.ended.is_none());
    open.map(|job| Interrupted { job: job.clone(), owner: owner(case, records, &job.writer) }).collect()
}

fn owner(case: &Case, records: &[Record], writer: &WriterId) -> Owner {
    if case.journal().writer().as_ref() == Some(writer) {
        return Owner::Us;
    }
    let start = records.iter().find(|record| record.writer == *writer && record.seq == 1);
    match start.and_then(|record| record.start.as_ref()).map(|start| start.program.life()) {
        Some(Life::Runs) => Owner::Runs,
        Some(Life::Gone) => Owner::Gone,
        Some(Life::Elsewhere) | None => Owner::Elsewhere,
    }
}

impl Engine {
    /// The jobs of the case that have no end.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn interrupted(&self) -> Result<Vec<Interrupted>, CaseError> {
        Ok(interrupted(self.case(), &self.case().records()?))
    }

    /// Goes on with a job that has no end, from what is recorded of it: what was
    /// answered is not sent again, what is open is decided by reading, the rest is
    /// sent and all of it proven. Whoever had the job must have ended, or be
    /// silent for as long as `silence`; it stops when it comes back.
    ///
    /// # Errors
    /// Why it was not gone on with. Nothing was sent then.
    pub async fn resume(&self, site: &Site, id: &JobId, silence: Duration) -> Result<Running, ResponseError> {
        let records = self.case().records()?;
        let found = interrupted(self.case(), &records).into_iter().find(|open| open.job.id == *id);
        let found = found.ok_or_else(|| ResponseError::NothingOpen(id.0.clone()))?;
        let job = &found.job;
        let plan = self.case().plans().find(job.plan)?;
        let action = actions::find(&plan.action).ok_or_else(|| ResponseError::NoAction(plan.action.clone()))?;
        if plan.cluster != site.identity.cluster {
            let (plan, here) = (plan.cluster.to_string().into(), site.identity.cluster.to_string().into());
            return Err(ResponseError::OtherCluster { plan, here });
        }
        if site.cluster.latch().is_closed() {
            return Err(ResponseError::ReadOnly { action: plan.action.clone() });
        }
        let why = match found.owner {
            Owner::Us => return Err(ResponseError::InHands { job: id.0.clone(), by: "this program".into() }),
            Owner::Gone => "its program has ended".to_owned(),
            Owner::Runs | Owner::Elsewhere => {
                self.watch(job, silence).await?;
                format!("its program was silent for {} s", silence.as_secs())
            }
        };
        self.live.open().await?;
        let epochs = self.case().epochs();
        let epoch = epochs.newest(id, job.epoch)?.saturating_add(1);
        if !epochs.take(id, epoch)? {
            return Err(ResponseError::InHands { job: id.0.clone(), by: "somebody who was faster".into() });
        }
        let from = job.writer.clone();
        self.record(Entry::Adopted { job: id.clone(), epoch, from, why: why.into() }).await?;
        self.case().journal().close_left()?;
        let records = self.case().records()?;
        let mut history = History::of(id, &Jobs::fold(&records), &records);
        self.leave_out(site, &plan, id, &mut history).await?;
        self.set_going(site, action, plan, (id.clone(), epoch), history)
    }

    /// Asks whoever has a job to cancel it.
    ///
    /// # Errors
    /// There is no such job without an end, or the journal cannot be written.
    pub async fn ask_to_cancel(&self, id: &JobId) -> Result<(), ResponseError> {
        let open = self.interrupted()?.into_iter().any(|open| open.job.id == *id);
        if !open {
            return Err(ResponseError::NothingOpen(id.0.clone()));
        }
        Ok(self.record(Entry::CancelAsked { job: id.clone() }).await?)
    }

    /// Waits until an owner was silent for long enough, by this machine's own clock.
    async fn watch(&self, job: &Job, silence: Duration) -> Result<(), ResponseError> {
        let before = self.case().written_by(&job.writer)?;
        let since = Instant::now();
        while since.elapsed() < silence {
            tokio::time::sleep(LOOKED_AT_EVERY.min(silence)).await;
            if self.case().written_by(&job.writer)? != before {
                let by = format!("{}@{}", job.by.user, job.by.host);
                return Err(ResponseError::InHands { job: job.id.0.clone(), by: by.into() });
            }
        }
        Ok(())
    }

    /// Leaves out the targets that were not begun and for which the plan does not hold any more.
    async fn leave_out(
        &self,
        site: &Site,
        plan: &Plan,
        id: &JobId,
        history: &mut History,
    ) -> Result<(), ResponseError> {
        let open = plan
            .targets
            .iter()
            .enumerate()
            .filter(|(place, _)| !history.has_ended(*place) && !history.has_begun(*place) && plan.undoes.is_none());
        let blank = Plan { calls: vec![], notes: vec![], facts: vec![], rests: vec![], ..plan.clone() };
        let blank = &blank;
        let looks: Vec<_> = open
            .map(|(place, target)| async move {
                let facts = plan.facts.iter().filter(|fact| fact.target == place).cloned();
                let facts = facts.map(|fact| crate::model::Fact { target: 0, ..fact }).collect();
                let alone = Plan { targets: vec![target.clone()], facts, ..blank.clone() };
                let why = match self.anew(site, &alone).await {
                    Ok(now) => Some(changes(&alone, &now))
                        .filter(|changed| !changed.is_empty())
                        .map(|changed| ResponseError::Stale(changed).to_string()),
                    Err(error) => Some(error.to_string()),
                };
                Some((place, Clean::from(why?)))
            })
            .collect();
        let left: Vec<(usize, Clean)> =
            stream::iter(looks).buffered(AT_ONCE).filter_map(|left| async move { left }).collect().await;
        for (place, why) in left {
            self.record(Entry::Failed { job: id.clone(), target: place, why }).await?;
            history.end(place);
        }
        Ok(())
    }
}
