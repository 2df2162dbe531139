//! Letting a pod talk again: the policy away by its UID, then the label.

use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::api::networking::v1::NetworkPolicy;
use serde_json::json;

use super::super::frame::{
    ActionError, Ask, Done, Effect, MANAGER, SEND_COMMAND, Sketch, Work, labels, path_of, still_there,
};
use super::policy::{Isolation, TARGET};
use super::{admin, overrule};
use crate::model::{Plan, PlanNote, Target, Verdict};

/// The calls that take back what a job put there.
pub async fn plan(mut plan: Sketch, ask: &Ask<'_>, done: &Done) -> Result<Plan, ActionError> {
    plan.each(ask.targets, |place, target, mut plan| {
        Box::pin(async move {
            plan.fact(place, "uid", target.uid.to_string());
            let effects = || done.effects(target).filter(|effect| &*effect.call.method != SEND_COMMAND);
            if effects().next().is_none() {
                plan.note(PlanNote::Theirs(
                    format!("{target} had the policy and the label before, and keeps them").into(),
                ));
            }
            for effect in effects() {
                match &*effect.call.method {
                    "POST" if admin::is_admin(effect.call) => {
                        admin_policy(&mut plan, ask, done, (place, target), effect).await?
                    }
                    "PATCH" if overrule::is_exclusion(effect.call) => {
                        overrule::plan_undo(&mut plan, ask, done, place, effect).await?;
                    }
                    "POST" => policy(&mut plan, ask, done, (place, target), effect).await?,
                    _ => label(&mut plan, ask, (place, target)).await?,
                }
            }
            Ok((plan, ()))
        })
    })
    .await?;
    Ok(plan.done())
}

/// Deletes the policy that was created, and no other of that name.
async fn policy(
    plan: &mut Sketch,
    ask: &Ask<'_>,
    done: &Done,
    (place, target): (usize, &Target),
    effect: Effect<'_>,
) -> Result<(), ActionError> {
    let isolation = Isolation::of_plan(&done.plan, target);
    let found = isolation.found(ask.look).await?;
    let uid = found.as_ref().and_then(|policy| policy.metadata.uid.clone());
    plan.fact(place, "policy", json!(uid));
    plan.fact(place, "policy as made", json!(found.as_ref().map(|policy| isolation.is(policy))));
    let note = match (&found, &uid) {
        (None, _) => PlanNote::Theirs(format!("somebody has deleted the policy {} since", isolation.name()).into()),
        (Some(_), Some(uid)) if effect.uid.is_some_and(|ours| ours.to_string() != *uid) => {
            PlanNote::Theirs(format!("the policy {} is another one now ({uid}): it stays", isolation.name()).into())
        }
        (Some(policy), Some(uid)) if isolation.is(policy) => {
            plan.call(place, "DELETE", isolation.delete_path(), preconditions(policy, uid));
            return Ok(());
        }
        (Some(_), _) => PlanNote::Theirs(
            format!(
                "somebody has changed the policy {} since: it stays as it is; delete it by hand if it is to go",
                isolation.name()
            )
            .into(),
        ),
    };
    plan.note(note);
    Ok(())
}

/// Deletes the cluster-wide policy that was created, and no other of that name.
async fn admin_policy(
    plan: &mut Sketch,
    ask: &Ask<'_>,
    done: &Done,
    (place, target): (usize, &Target),
    effect: Effect<'_>,
) -> Result<(), ActionError> {
    let isolation = Isolation::of_plan(&done.plan, target);
    let found = admin::found(ask.look, &isolation).await?;
    plan.fact(place, "cluster-wide policy", json!(found));
    match found {
        Some((uid, version)) if effect.uid.is_none_or(|ours| ours.to_string() == uid) => {
            let only = json!({"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"uid": uid, "resourceVersion": version}});
            plan.call(place, "DELETE", admin::path(&isolation), only);
        }
        Some((uid, _)) => plan.note(PlanNote::Theirs(
            format!("the cluster-wide policy {} is another one now ({uid}): it stays", isolation.name()).into(),
        )),
        None => plan.note(PlanNote::Theirs(
            format!("somebody has deleted the cluster-wide policy {} since", isolation.name()).into(),
        )),
    }
    Ok(())
}

/// Only the policy that was read: not another of its name, and not a later form of it.
fn preconditions(policy: &NetworkPolicy, uid: &str) -> serde_json::Value {
    json!({
        "apiVersion": "v1",
        "kind": "DeleteOptions",
        "preconditions": {"uid": uid, "resourceVersion": policy.metadata.resource_version},
    })
}

/// Takes the label from the pod, where it still has the value that was put there.
async fn label(plan: &mut Sketch, ask: &Ask<'_>, (place, target): (usize, &Target)) -> Result<(), ActionError> {
    let Some(pod): Option<Pod> = still_there(ask.look, target).await? else {
        plan.note(PlanNote::Already(format!("{target} is gone: no label is left to take away").into()));
        return Ok(());
    };
    let value = labels(&pod.metadata).get(TARGET).cloned();
    plan.fact(place, "label", json!(value));
    if value.as_deref() == Some(&*target.uid.to_string()) {
        let path = format!("{}?fieldManager={MANAGER}", path_of(target));
        plan.call(place, "PATCH", path, json!({"metadata": {"uid": target.uid.to_string(), "labels": {TARGET: null}}}));
    } else {
        plan.note(PlanNote::Theirs(format!("somebody has changed the label {TARGET} of {target} since").into()));
    }
    Ok(())
}

/// Reads back that nothing is left of what was sent for.
pub async fn prove(work: &Work) -> Result<Verdict, ActionError> {
    let isolation = Isolation::of_plan(&work.plan, &work.target);
    let sent = |method: &str| {
        work.calls().any(|(_, call)| &*call.method == method && !admin::is_admin(call) && !overrule::is_exclusion(call))
    };
    let pod: Option<Pod> = still_there(work.look.as_ref(), &work.target).await?;
    let uid = work.target.uid.to_string();
    let calls = work.calls().map(|(_, call)| call);
    let mut left = overrule::left(work.look.as_ref(), calls, &uid).await?;
    if sent("DELETE") && isolation.found(work.look.as_ref()).await?.is_some() {
        left.push(format!("the policy {} is still there", isolation.name()));
    }
    if work.calls().any(|(_, call)| admin::is_admin(call))
        && admin::found(work.look.as_ref(), &isolation).await?.is_some()
    {
        left.push(format!("the cluster-wide policy {} is still there", isolation.name()));
    }
    if sent("PATCH") && pod.is_some_and(|pod| labels(&pod.metadata).contains_key(TARGET)) {
        left.push(format!("the label {TARGET} is still on the pod"));
    }
    let name = &work.target.name;
    Ok(if left.is_empty() {
        let rests_on = format!("{name} read back: nothing that this job put there is left");
        Verdict::Proven { rests_on: rests_on.into() }
    } else {
        Verdict::NotEnforced { rests_on: left.join("; ").into() }
    })
}
