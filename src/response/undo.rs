//! Putting back what a job changed: a plan like any other, made from what the journal recorded.

use std::sync::Arc;

use super::planning::find;
use super::rests::{leave_shared, others, rested_on};
use super::view::View;
use super::{Job, Jobs, ResponseError, Site};
use crate::actions::{ActionError, Ask, Done, Known, Outcome, SEND_COMMAND, Work, path_of};
use crate::case::{Case, CaseId, JobId};
use crate::kubernetes;
use crate::model::{Plan, Target};

/// The jobs of a case of which something stands that can be put back, the newest
/// first: in this order nothing is taken from under another.
///
/// # Errors
/// The journal cannot be read.
pub fn standing_jobs(case: &Case) -> Result<Vec<Job>, ResponseError> {
    let jobs = Jobs::fold(&case.records()?);
    let standing = jobs.iter().rev().filter(|job| {
        let plan = || case.plans().find(job.plan).ok();
        let action = find(&job.action).is_ok_and(|action| action.spec().undo.is_possible());
        action && job.undoes.is_none() && plan().is_some_and(|plan| !targets_of(job, &plan).is_empty())
    });
    Ok(standing.cloned().collect())
}

/// The targets on which something of a job stands.
///
/// # Errors
/// There is no such job, nothing of it stands, it still runs, or its plan cannot be read.
pub fn standing(case: &Case, id: &JobId) -> Result<Vec<Target>, ResponseError> {
    let jobs = Jobs::fold(&case.records()?);
    let job = jobs.get(id).ok_or_else(|| ResponseError::NoJob(id.0.clone()))?;
    if job.ended.is_none() {
        return Err(ResponseError::StillRuns(id.0.clone()));
    }
    let plan = case.plans().find(job.plan)?;
    let targets = targets_of(job, &plan);
    if targets.is_empty() || job.undoes.is_some() {
        return Err(ResponseError::NothingStands(id.0.clone()));
    }
    Ok(targets)
}

fn targets_of(job: &Job, plan: &Plan) -> Vec<Target> {
    let targets = job.targets.iter().enumerate().filter(|(place, _)| stands(job, plan, *place));
    targets.map(|(_, state)| state.target.clone()).collect()
}

/// Whether something of a job stands on a target: it was changed, or may have been, or the
/// job rests on what was there already; and no later job has put it back.
pub fn stands(job: &Job, plan: &Plan, place: usize) -> bool {
    let Some(state) = job.targets.get(place) else { return false };
    let rests = || state.verdict.is_some() && plan.rests.iter().any(|call| call.target == place);
    state.undone.is_none() && (job.changed(place) || rests())
}

/// The plan that puts a job back on some of its targets, as things are now.
///
/// # Errors
/// The job is not there or was done elsewhere, cannot be undone, is rested on by
/// others, or what is there now cannot be read.
pub async fn plan(case: &Case, site: &Site, id: &JobId, targets: &[Target]) -> Result<Plan, ResponseError> {
    let jobs = Jobs::fold(&case.records()?);
    let job = jobs.get(id).ok_or_else(|| ResponseError::NoJob(id.0.clone()))?;
    let done = Done { job: id.0.clone(), plan: Arc::new(case.plans().find(job.plan)?), attempts: job.calls.clone() };
    let cluster = site.identity.cluster;
    if done.plan.cluster != cluster {
        let (plan, here) = (done.plan.cluster.to_string().into(), cluster.to_string().into());
        return Err(ResponseError::OtherCluster { plan, here });
    }
    let action = find(&done.plan.action)?;
    let view = View::of(site.cluster.read(), targets.iter().map(path_of));
    // Named as the job named what it made, so that it is found again.
    let made_for = done.plan.case.as_deref().and_then(CaseId::new);
    let known = Known::default();
    let options = &done.plan.options;
    let ask = Ask { look: &view, cluster, case: made_for.as_ref(), targets, options, known: &known };
    let mut plan = action.plan_undo(&ask, &done).await?;
    if plan.calls.is_empty() {
        return Ok(plan);
    }
    let others = others(case, job)?;
    leave_shared(&others, job, &done.plan, &mut plan);
    let on = if plan.calls.is_empty() { Vec::new() } else { rested_on(&others, job, &done.plan, targets) };
    if on.is_empty() { Ok(plan) } else { Err(ResponseError::RestedOn { job: id.0.clone(), on }) }
}

/// Sends the calls of one target, in their order.
pub async fn put_back(work: &Work) -> Result<Outcome, ActionError> {
    let total = work.calls().count() as u64;
    for (done, (place, call)) in (0u64..).zip(work.calls()) {
        work.hand.step(format!("{} {}", call.method, call.path).into(), done, total);
        // What a node printed is read again by the proof, so it is remembered.
        let sent =
            if &*call.method == SEND_COMMAND { work.hand.shared(place).await } else { work.hand.send(place).await };
        match sent {
            // What was to be deleted is gone: somebody else was quicker.
            Err(ActionError::Cluster(kubernetes::Error::NotFound { .. })) if &*call.method == "DELETE" => {}
            sent => drop(sent?),
        }
    }
    Ok(Outcome::default())
}
