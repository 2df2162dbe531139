//! Looking again, at a calm rhythm, whether what was done in the account still stands.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::{StreamExt as _, stream};

use super::super::account::read;
use super::super::decide::Decided;
use super::super::undo::stands;
use super::super::{Job, Site};
use crate::actions::{Attempt, SEND_COMMAND};
use crate::case::{Answer, JobId};
use crate::model::{Call, Clean, Plan};

/// Time between two looks at what a call did: each is a call in the account's history.
const EVERY: Duration = Duration::from_secs(60);

/// Calls that are looked at at once.
const AT_ONCE: usize = 4;

/// How it is told, so that it is not taken for what an object of the cluster says.
const THERE: &str = "in the account: ";

/// Whether what calls to the account did was still so when this process last looked.
pub struct Account {
    every: Duration,
    looked: HashMap<(JobId, usize), (Instant, Option<bool>)>,
}

/// The calls to the account that were taken for a target, by their places in the plan.
fn taken<'a>(job: &'a Job, plan: &'a Plan, place: usize) -> impl Iterator<Item = (usize, &'a Call)> {
    let took =
        move |attempt: &Attempt| attempt.target == place && matches!(attempt.answer, Some(Answer::Accepted { .. }));
    let taken = job.calls.iter().filter(move |(_, attempt)| took(attempt));
    taken.filter_map(|(call, _)| Some((*call, plan.calls.get(*call)?))).filter(|(_, call)| watched(call))
}

/// A script that ran on a node leaves nothing in the account.
fn watched(call: &Call) -> bool {
    call.is_to_account() && &*call.method != SEND_COMMAND
}

/// Whether something of a job on a target is to be looked at in the account.
pub fn watches(job: &Job, plan: &Plan, place: usize) -> bool {
    taken(job, plan, place).next().is_some()
}

impl Account {
    /// Nothing was looked at yet.
    pub fn new() -> Self {
        Self { every: EVERY, looked: HashMap::new() }
    }

    /// Lets so much time pass between two looks.
    pub fn every(&mut self, every: Duration) {
        self.every = every;
    }

    /// Looks at what is due. What cannot be read is passed over: nothing is claimed of it.
    pub async fn look(&mut self, site: &Site, ours: &[(&Job, Arc<Plan>)]) {
        let mut due = Vec::new();
        for (job, plan) in ours {
            for place in (0..job.targets.len()).filter(|place| stands(job, plan, *place)) {
                let calls = taken(job, plan, place).filter(|(call, _)| self.is_due(&job.id, *call));
                due.extend(calls.map(|(number, call)| ((job.id.clone(), number), call.clone())));
            }
        }
        let look = site.cluster.read();
        let looked = stream::iter(due).map(|(key, call)| {
            let look = look.clone();
            async move { (key, read(&look, &call).await) }
        });
        let looked: Vec<_> = looked.buffer_unordered(AT_ONCE).collect().await;
        for (key, found) in looked {
            let known = match found {
                Ok(Decided::Done(_)) => Some(true),
                Ok(Decided::NotDone) => Some(false),
                Ok(Decided::Unknown(_)) | Err(_) => self.looked.get(&key).and_then(|(_, known)| *known),
            };
            self.looked.insert(key, (Instant::now(), known));
        }
    }

    /// What is otherwise now for a target; what was told of it before stays until this process has looked.
    pub fn differs(&self, job: &Job, plan: &Plan, place: usize) -> Option<Clean> {
        let told =
            || job.targets.get(place).and_then(|state| state.drift.clone()).filter(|told| told.starts_with(THERE));
        let mut unknown = false;
        for (number, call) in taken(job, plan, place) {
            match self.looked.get(&(job.id.clone(), number)).and_then(|(_, known)| *known) {
                Some(false) => {
                    return Some(format!("{THERE}{} on {} does not hold any more", call.method, call.path).into());
                }
                Some(true) => {}
                None => unknown = true,
            }
        }
        if unknown { told() } else { None }
    }

    fn is_due(&self, job: &JobId, call: usize) -> bool {
        self.looked.get(&(job.clone(), call)).is_none_or(|(when, _)| when.elapsed() >= self.every)
    }
}
