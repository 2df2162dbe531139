//! Putting back what a job changed: a plan like any other, made from what the journal recorded.

use std::sync::Arc;

use super::engine::find;
use super::{Jobs, ResponseError, Site};
use crate::actions::{ActionError, Ask, Done, Known, Outcome, Work};
use crate::case::{Case, CaseId, JobId};
use crate::kubernetes;
use crate::model::{Plan, Target};

/// What a job did, from the journal and the plan that it ran.
pub fn done(case: &Case, id: &JobId) -> Result<Done, ResponseError> {
    let jobs = Jobs::fold(&case.records()?);
    let job = jobs.get(id).ok_or_else(|| ResponseError::NoJob(id.0.clone()))?;
    let plan = Arc::new(case.plans().find(job.plan)?);
    Ok(Done { job: id.0.clone(), plan, attempts: job.calls.clone() })
}

/// The targets on which something of a job stands: it was changed, or may have been, or the
/// job rests on what was there already; and no later job has put it back.
pub fn standing(case: &Case, id: &JobId) -> Result<Vec<Target>, ResponseError> {
    let jobs = Jobs::fold(&case.records()?);
    let job = jobs.get(id).ok_or_else(|| ResponseError::NoJob(id.0.clone()))?;
    let plan = case.plans().find(job.plan)?;
    let targets: Vec<_> = job
        .targets
        .iter()
        .enumerate()
        .filter(|(place, state)| {
            let changed = job.calls.values().any(|call| call.target == *place && call.may_have_changed());
            let rests = state.verdict.is_some() && plan.rests.iter().any(|call| call.target == *place);
            state.undone.is_none() && (changed || rests)
        })
        .map(|(_, state)| state.target.clone())
        .collect();
    if targets.is_empty() || job.undoes.is_some() {
        return Err(ResponseError::NothingStands(id.0.clone()));
    }
    Ok(targets)
}

/// The plan that puts a job back on some of its targets.
pub async fn plan(case: &Case, site: &Site, id: &JobId, targets: &[Target]) -> Result<Plan, ResponseError> {
    let done = done(case, id)?;
    let cluster = site.identity.cluster;
    if done.plan.cluster != cluster {
        let (plan, here) = (done.plan.cluster.to_string().into(), cluster.to_string().into());
        return Err(ResponseError::OtherCluster { plan, here });
    }
    let action = find(&done.plan.action)?;
    let read = site.cluster.read();
    // Named as the job named what it made, so that it is found again.
    let made_for = done.plan.case.as_deref().and_then(CaseId::new);
    let known = Known::default();
    let options = &done.plan.options;
    let ask = Ask { look: &read, cluster, case: made_for.as_ref(), targets, options, known: &known };
    Ok(action.plan_undo(&ask, &done).await?)
}

/// Sends the calls of one target, in their order.
pub async fn put_back(work: &Work) -> Result<Outcome, ActionError> {
    let total = work.calls().count() as u64;
    for (done, (place, call)) in (0u64..).zip(work.calls()) {
        work.hand.step(format!("{} {}", call.method, call.path).into(), done, total);
        match work.hand.send(place).await {
            // What was to be deleted is gone: somebody else was quicker.
            Err(ActionError::Cluster(kubernetes::Error::NotFound { .. })) if &*call.method == "DELETE" => {}
            sent => drop(sent?),
        }
    }
    Ok(Outcome::default())
}
