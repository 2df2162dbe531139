//! Who rests on what is about to be put back.

use super::holds::{self, Hold};
use super::undo::stands;
use super::{Job, Jobs, ResponseError};
use crate::actions;
use crate::case::{Case, JobId};
use crate::model::{Clean, Plan, Target};

/// Later jobs that stand, of any case in the same directory, and rest on what a
/// job changed on some targets: what was set first must go last.
///
/// # Errors
/// The job's own case cannot be read. Another case that cannot be read is passed over and logged.
pub fn rested_on(case: &Case, id: &JobId, targets: &[Target]) -> Result<Vec<Clean>, ResponseError> {
    let jobs = Jobs::fold(&case.records()?);
    let job = jobs.get(id).ok_or_else(|| ResponseError::NoJob(id.0.clone()))?;
    let plan = case.plans().find(job.plan)?;
    let ours: Vec<Hold> = held(job, &plan, |target| targets.contains(target)).collect();
    let root = case.path().parent().unwrap_or_else(|| case.path());
    let mut on = Vec::new();
    for summary in Case::list(root)? {
        let records = match Case::records_in(&summary.path) {
            Ok(records) => records,
            Err(error) => {
                tracing::warn!(%error, "a case was passed over");
                continue;
            }
        };
        let (jobs, own) = (Jobs::fold(&records), summary.id == *case.id());
        // In one case the story tells which came later, whatever the clocks said; between cases they decide.
        let place = jobs.iter().position(|other| own && other.id == *id);
        let later = jobs.iter().enumerate().filter(|(at, other)| match place {
            Some(place) => *at > place,
            None => (other.started, &other.id) > (job.started, id),
        });
        for (_, later) in later.filter(|(_, job)| leaves_something(job)) {
            let Ok(plan) = Case::plans_in(&summary.path).find(later.plan) else { continue };
            let standing = |target: &Target| {
                let place = later.targets.iter().position(|state| state.target == *target);
                place.is_some_and(|place| stands(later, &plan, place))
            };
            let theirs = held(later, &plan, standing)
                .chain(rests(&plan, standing))
                .find(|hold| ours.iter().any(|our| our.meets(hold)));
            if let Some(hold) = theirs {
                let case = if own { String::new() } else { format!(" of case {}", summary.id) };
                on.push(format!("{}{case} (by {}) rests on {}", later.id, later.by.user, hold.words()).into());
            }
        }
    }
    Ok(on)
}

/// Whether jobs of this kind leave something behind that stands.
fn leaves_something(job: &Job) -> bool {
    job.undoes.is_none() && actions::find(&job.action).is_none_or(|action| action.spec().undo.is_possible())
}

/// What the calls of a job hold, on some of its targets.
fn held<'a>(job: &'a Job, plan: &'a Plan, of: impl Fn(&Target) -> bool + 'a) -> impl Iterator<Item = Hold> + 'a {
    let changed = job.calls.iter().filter(|(_, attempt)| attempt.may_have_changed());
    changed
        .filter_map(move |(place, attempt)| {
            let (call, target) = (plan.calls.get(*place)?, plan.targets.get(attempt.target)?);
            of(target).then(|| holds::of_call(call, target, attempt.uid()))
        })
        .flatten()
}

/// What was there already, and is rested on.
fn rests<'a>(plan: &'a Plan, of: impl Fn(&Target) -> bool + 'a) -> impl Iterator<Item = Hold> + 'a {
    let calls = plan.rests.iter().filter_map(|call| Some((call, plan.targets.get(call.target)?)));
    calls.filter(move |(_, target)| of(target)).flat_map(|(call, target)| holds::of_call(call, target, None))
}
