//! Letting a pod go again: the rules away, then the annotation.

use k8s_openapi::api::core::v1::Pod;
use serde_json::json;

use super::super::frame::{ActionError, Ask, Done, MANAGER, SEND_COMMAND, Sketch, Work, path_of, still_there};
use super::ANNOTATION;
use super::command::{Doing, State, find, pods, state};
use crate::model::{Plan, PlanNote, Verdict};

/// The calls that take back what a job made. The node is asked even where the pod is
/// gone: rules outlive it.
pub async fn plan(mut plan: Sketch, ask: &Ask<'_>, done: &Done) -> Result<Plan, ActionError> {
    for (place, target) in ask.targets.iter().enumerate() {
        plan.fact(place, "uid", target.uid.to_string());
    }
    for (at, attempt) in done.attempts.iter().filter(|(_, attempt)| attempt.may_have_changed()) {
        let Some(call) = done.plan.calls.get(*at) else { continue };
        let Some(cut) = pods(call, Doing::Cut) else {
            let target = done.plan.targets.get(attempt.target);
            let place = target.and_then(|target| ask.targets.iter().position(|one| one == target));
            if let Some(place) = place.filter(|_| &*call.method == "PATCH") {
                annotation(&mut plan, ask, done, place).await?;
            }
            continue;
        };
        let of = |pod: &str| {
            let uid = pod.split('=').next().unwrap_or_default();
            ask.targets.iter().position(|target| target.uid.to_string() == uid)
        };
        let here: Vec<&str> = cut.iter().copied().filter(|pod| of(pod).is_some()).collect();
        if let Some(first) = here.first().and_then(|pod| of(pod)) {
            plan.call(first, SEND_COMMAND, call.path.to_string(), Doing::Release.body("", &here.join(" ")));
        }
    }
    Ok(plan.done())
}

/// Takes the annotation from the pod, where it still says what was put there.
async fn annotation(plan: &mut Sketch, ask: &Ask<'_>, done: &Done, place: usize) -> Result<(), ActionError> {
    let Some(target) = ask.targets.get(place) else { return Ok(()) };
    let Some(pod): Option<Pod> = still_there(ask.look, target).await? else {
        plan.note(PlanNote::Already(format!("{target} is gone: no annotation is left to take away").into()));
        return Ok(());
    };
    let value = pod.metadata.annotations.iter().flatten().find(|(key, _)| *key == ANNOTATION).map(|(_, value)| value);
    plan.fact(place, "hard cut", json!(value));
    let ours = done.effects(target).any(|effect| {
        effect
            .call
            .body
            .pointer("/metadata/annotations")
            .and_then(|all| all.get(ANNOTATION))
            .and_then(|one| one.as_str())
            == value.map(String::as_str)
    });
    if value.is_some() && ours {
        let body = json!({"metadata": {"uid": target.uid.to_string(), "annotations": {ANNOTATION: null}}});
        plan.call(place, "PATCH", format!("{}?fieldManager={MANAGER}", path_of(target)), body);
    } else {
        plan.note(PlanNote::Theirs(
            format!("somebody has changed the annotation {ANNOTATION} of {target} since").into(),
        ));
    }
    Ok(())
}

/// Reads back that the node has no rules for the pod any more.
pub async fn prove(work: &Work) -> Result<Verdict, ActionError> {
    let uid = work.target.uid.to_string();
    let Some((call, number)) = find(&work.plan, &uid, Doing::Release) else {
        return Ok(Verdict::Proven { rests_on: "this job had made no rules for it".into() });
    };
    let printed = work.hand.shared(call).await?;
    let name = &work.target.name;
    Ok(match state(&String::from_utf8_lossy(&printed), number) {
        State::Gone => Verdict::Proven { rests_on: format!("its node read back: no rules for {name} are left").into() },
        State::Unknown => {
            Verdict::NotMeasured { why: format!("its node did not say whether rules for {name} are left").into() }
        }
        found => {
            Verdict::NotEnforced { rests_on: format!("its node was asked for the rules of {name}: {found}").into() }
        }
    })
}
