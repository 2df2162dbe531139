//! Who rests on what is about to be put back.

use serde_json::Value;

use super::holds::{self, Hold};
use super::undo::stands;
use super::{Job, Jobs, ResponseError};
use crate::actions;
use crate::case::Case;
use crate::model::{Clean, Plan, PlanNote, Target};

/// A job that stands beside another one.
pub struct Other {
    job: Job,
    plan: Plan,
    /// Whether it began after the other one.
    is_later: bool,
    /// Of which case, where it is not the same.
    case: String,
}

impl Other {
    fn stands_on(&self, target: &Target) -> bool {
        let place = self.job.targets.iter().position(|state| state.target == *target);
        place.is_some_and(|place| stands(&self.job, &self.plan, place))
    }

    fn name(&self) -> String {
        format!("{}{} (by {})", self.job.id, self.case, self.job.by.user)
    }
}

/// The jobs beside one, of any case in the same directory, that leave something behind.
///
/// # Errors
/// The cases cannot be listed. One that cannot be read is passed over and logged.
pub fn others(case: &Case, job: &Job) -> Result<Vec<Other>, ResponseError> {
    let root = case.path().parent().unwrap_or_else(|| case.path());
    let mut others = Vec::new();
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
        let place = jobs.iter().position(|other| own && other.id == job.id);
        for (at, other) in jobs.iter().enumerate().filter(|(at, other)| Some(*at) != place && leaves_something(other)) {
            let is_later = place.map_or((other.started, &other.id) > (job.started, &job.id), |place| at > place);
            let Ok(plan) = Case::plans_in(&summary.path).find(other.plan) else { continue };
            let case = if own { String::new() } else { format!(" of case {}", summary.id) };
            others.push(Other { job: other.clone(), plan, is_later, case });
        }
    }
    Ok(others)
}

/// Later jobs among them that stand, and rest on what a job changed on some targets: what was
/// set first must go last.
pub fn rested_on(others: &[Other], job: &Job, plan: &Plan, targets: &[Target]) -> Vec<Clean> {
    let ours: Vec<Hold> = held(job, plan, |target| targets.contains(target)).collect();
    let mut on = Vec::new();
    for later in others.iter().filter(|other| other.is_later) {
        let standing = |target: &Target| later.stands_on(target);
        let theirs = held(&later.job, &later.plan, standing)
            .chain(rests(&later.plan, standing))
            .find(|hold| ours.iter().any(|our| our.meets(hold)));
        if let Some(hold) = theirs {
            on.push(format!("{} rests on {}", later.name(), hold.words()).into());
        }
    }
    on
}

/// Leaves out of a way back what a job that stands, and began earlier, has set to the very same: two
/// responders who act on one object at the same moment both find it untouched, and both set it.
pub fn leave_shared(others: &[Other], job: &Job, done: &Plan, undo: &mut Plan) {
    let mut notes = Vec::new();
    for earlier in others.iter().filter(|other| !other.is_later) {
        let theirs: Vec<Set> = set(&earlier.job, &earlier.plan).filter(|set| earlier.stands_on(set.target)).collect();
        for (hold, target) in set(job, done)
            .filter(|ours| theirs.iter().any(|set| set.value == ours.value && set.hold.meets(&ours.hold)))
            .map(|ours| (ours.hold, ours.target))
        {
            let Some(place) = undo.targets.iter().position(|other| other == target) else { continue };
            for call in undo.calls.iter_mut().filter(|call| call.target == place) {
                if holds::let_go(call, target, &hold) {
                    notes.push(format!("{} stays: {} set it, too", hold.words(), earlier.name()));
                }
            }
        }
    }
    undo.calls.retain(|call| !holds::is_empty(call));
    undo.notes.extend(notes.into_iter().map(|note| PlanNote::Theirs(note.into())));
}

/// A field that a job set, and to what.
struct Set<'a> {
    hold: Hold,
    value: &'a Value,
    target: &'a Target,
}

fn set<'a>(job: &'a Job, plan: &'a Plan) -> impl Iterator<Item = Set<'a>> {
    let changed = job.calls.iter().filter(|(_, attempt)| attempt.may_have_changed());
    let calls = changed.filter_map(|(place, attempt)| {
        Some((plan.calls.get(*place)?, plan.targets.get(attempt.target)?, attempt.uid()))
    });
    calls.flat_map(|(call, target, uid)| {
        let holds = holds::of_call(call, target, uid).into_iter();
        holds.filter_map(move |hold| Some(Set { value: hold.value(call)?, hold, target })).collect::<Vec<_>>()
    })
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
