//! Measuring again, at a calm rhythm, what still gets through while a containment stands.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::{StreamExt as _, stream};
use jiff::Timestamp;

use super::super::node::{keep_printed, source};
use super::super::undo::stands;
use super::super::{Engine, Job, Site};
use crate::actions::{self, Action, ActionError};
use crate::aws::NodeLost;
use crate::aws::ssm::Script;
use crate::case::{Answer, Entry, JobId, Source};
use crate::model::{Clean, Plan, Target, Verdict};

/// Time between two measurements of a job, whoever makes them. Each is a command in the account's history.
const EVERY: Duration = Duration::from_secs(300);

/// Nodes that are asked at once.
const AT_ONCE: usize = 4;

/// How what was measured is told, so that it is not taken for what an object says.
const AGAIN: &str = "measured again: ";

/// What the last measurements of this process showed.
pub struct Flows {
    every: Duration,
    found: HashMap<(JobId, usize), Option<Clean>>,
}

/// Whether a drift was found by measuring: reading objects back does not refute it.
pub fn is_measured(told: &Clean) -> bool {
    told.starts_with(AGAIN)
}

impl Flows {
    /// Nothing was measured yet.
    pub fn new() -> Self {
        Self { every: EVERY, found: HashMap::new() }
    }

    /// Lets so much time pass between two measurements.
    pub fn every(&mut self, every: Duration) {
        self.every = every;
    }

    /// What is otherwise on a target, as this process has measured; `None` where it has measured nothing.
    pub fn of(&self, job: &JobId, place: usize) -> Option<&Option<Clean>> {
        self.found.get(&(job.clone(), place))
    }

    /// Measures what is due. Who may change nothing measures nothing either, since a
    /// command for a node is a change in the account. What cannot be measured is passed over.
    pub async fn look(&mut self, engine: &Engine, site: &Site, ours: &[(&Job, Arc<Plan>)]) {
        if site.cluster.latch().is_closed() {
            return;
        }
        let due: Vec<_> = ours.iter().enumerate().filter(|(_, (job, _))| self.is_due(job)).collect();
        for (at, (job, plan)) in due {
            let (job, plan): (&Job, &Plan) = (job, plan);
            let Some(action) = actions::find(&job.action) else { continue };
            let mut calls: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
            for place in (0..job.targets.len()).filter(|place| stands(job, plan, *place)) {
                let Some(target) = plan.targets.get(place) else { continue };
                // The newest job that measures a target speaks for it.
                let by_another = ours.iter().skip(at + 1).any(|(later, plan)| measures(later, plan, target));
                if let Some(call) = action.measures(plan, target).filter(|_| !by_another) {
                    calls.entry(call).or_default().push(place);
                }
            }
            let printed: Vec<_> = stream::iter(calls)
                .map(|(call, places)| async move { (places, ask(engine, site, job, plan, call).await) })
                .buffer_unordered(AT_ONCE)
                .collect()
                .await;
            for (places, printed) in printed {
                match printed {
                    Ok(printed) => self.judge(site, action, (job, plan), &places, &printed).await,
                    Err(error) => tracing::info!(%error, job = %job.id, "it was not measured again"),
                }
            }
        }
    }

    async fn judge(
        &mut self,
        site: &Site,
        action: &dyn Action,
        (job, plan): (&Job, &Plan),
        places: &[usize],
        printed: &[u8],
    ) {
        let look = site.cluster.read();
        for place in places {
            let (Some(target), Some(state)) = (plan.targets.get(*place), job.targets.get(*place)) else { continue };
            let Ok(now) = action.measured(&look, plan, target, printed).await else { continue };
            let Some(holds) = holds(state.verdict.as_ref(), &now) else { continue };
            // Told once, though the numbers in the sentence are others every time.
            let known = state.drift.clone().filter(|told| told.starts_with(&format!("{AGAIN}{}:", now.word())));
            let found = (!holds).then(|| known.unwrap_or_else(|| format!("{AGAIN}{now}").into()));
            self.found.insert((job.id.clone(), *place), found);
        }
    }

    fn is_due(&self, job: &Job) -> bool {
        let since = job.measured.map(|last| Timestamp::now().duration_since(last).unsigned_abs());
        since.is_some_and(|since| since >= self.every)
    }
}

/// Whether a job that stands on a target measures it.
fn measures(job: &Job, plan: &Plan, target: &Target) -> bool {
    let place = plan.targets.iter().position(|one| one == target);
    let action = actions::find(&job.action);
    place.is_some_and(|place| stands(job, plan, place))
        && action.is_some_and(|action| action.measures(plan, target).is_some())
}

/// Whether a verdict is still true after another measurement; `None` where that showed nothing.
fn holds(then: Option<&Verdict>, now: &Verdict) -> Option<bool> {
    let good = |verdict: &Verdict| match verdict {
        Verdict::Proven { .. } | Verdict::ProvenForPod { .. } => Some(3),
        Verdict::StillLeaking { .. } => Some(1),
        Verdict::NotEnforced { .. } => Some(0),
        Verdict::NotMeasured { .. } | Verdict::Incomplete { .. } => None,
    };
    // Of what was not measured then, nothing was claimed; that it leaks is news all the same.
    Some(good(now)? >= then.and_then(good).unwrap_or(2))
}

/// Makes a call of a job's plan again: announced before, and what it printed kept.
async fn ask(engine: &Engine, site: &Site, job: &Job, plan: &Plan, place: usize) -> Result<Bytes, ActionError> {
    let gone = || ActionError::InTheWay(format!("the plan has no call {place}").into());
    let call = plan.calls.get(place).ok_or_else(gone)?;
    let right = site.cluster.latch().write_right()?;
    let script: Script = serde_json::from_value(call.body.clone())
        .map_err(|error| NodeLost::Malformed { why: error.to_string().into() })?;
    let region = site.cluster.read().region().await;
    engine.case().may_keep(region.as_ref())?;
    let agents = site.cluster.agents().await?;
    agents.online(&call.path).await?;
    let (id, live) = (job.id.clone(), &engine.live);
    live.record(Entry::Intent { job: id.clone(), call: place, request: call.clone(), before: Vec::new() }).await?;
    let sent = match agents.send(&right, &call.path, &script).await {
        Ok(sent) => sent,
        Err(error) => {
            let answer = Answer::Unknown { why: error.to_string().into() };
            live.record(Entry::Result { job: id, call: place, answer }).await?;
            return Err(error.into());
        }
    };
    let answer = Answer::Accepted { version: sent.id.as_str().into(), uid: None };
    live.record(Entry::Result { job: id.clone(), call: place, answer }).await?;
    let printed = agents.ended(&sent).await?;
    let label = format!("{}/{} again", call.path, script.comment).into();
    let source = source(label, &sent, site.identity.user.clone(), plan.targets.get(call.target).cloned());
    let source = Source { region, ..source };
    keep_printed(live, &engine.case().evidence(), &id, source, &printed).await?;
    Ok(Bytes::from(printed.output))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaks_now_refutes_what_was_proven_and_what_is_not_seen_refutes_nothing() {
        let proven = Verdict::Proven { rests_on: "a".into() };
        let pod = Verdict::ProvenForPod { rests_on: "a".into() };
        let leaking = Verdict::StillLeaking { rests_on: "a".into() };
        let open = Verdict::NotEnforced { rests_on: "a".into() };
        let unseen = Verdict::NotMeasured { why: "a".into() };
        assert_eq!(holds(Some(&proven), &leaking), Some(false));
        assert_eq!(holds(Some(&leaking), &open), Some(false));
        assert_eq!(holds(Some(&unseen), &leaking), Some(false));
        assert_eq!(holds(Some(&unseen), &proven), Some(true));
        assert_eq!(holds(Some(&proven), &pod), Some(true));
        assert_eq!(holds(Some(&leaking), &leaking), Some(true));
        assert_eq!(holds(Some(&proven), &unseen), None);
    }
}
