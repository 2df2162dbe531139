//! N4 in a job: measure before, measure after, and say what that shows.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use k8s_openapi::api::core::v1::Pod;

use super::super::frame::{ActionError, Look, Outcome, Sketch, Work, pinned};
pub use super::measure::addresses;
use super::measure::{About, Phase, find, instance, verdict as judged};
use super::surroundings::reaches_node;
use crate::model::{Plan, PlanNote, Target, Verdict};

/// The isolation waits no longer for what was open before: a node that does not answer must not hold it up.
const PATIENCE: Duration = Duration::from_secs(15);

/// For each pod that is measured by the same command, it waits this much longer.
const EACH: Duration = Duration::from_millis(500);

/// Measures what is open before anything is changed. What cannot be had is no reason not to isolate.
pub async fn before(work: &Work) -> BTreeMap<usize, Bytes> {
    let Some(ran) = find(&work.plan, &work.target.uid.to_string(), Phase::Before) else { return BTreeMap::new() };
    let hand = Arc::clone(&work.hand);
    // In a task of its own: the others that wait for the same answer still get it when this one has waited enough.
    let task = tokio::spawn(async move { hand.shared(ran.call).await });
    let pods = u32::try_from(ran.pods).unwrap_or(u32::MAX);
    match tokio::time::timeout(PATIENCE + EACH.saturating_mul(pods), task).await {
        Ok(Ok(Ok(printed))) => BTreeMap::from([(ran.call, printed)]),
        _ => BTreeMap::new(),
    }
}

/// Measures again once every target has what the plan puts there, and judges. `there`
/// says what was read back of the cluster.
pub async fn verdict(work: &Work, outcome: &Outcome, pod: &Pod, there: &str) -> Result<Verdict, ActionError> {
    let unmeasured = |why: String| {
        let why = format!("{there}, but whether the network obeys was not measured: {why}");
        Ok(Verdict::NotMeasured { why: why.into() })
    };
    let uid = work.target.uid.to_string();
    let Some(ran) = find(&work.plan, &uid, Phase::After) else {
        let node = pod.spec.as_ref().and_then(|spec| spec.node_name.as_deref()).unwrap_or_default();
        return match instance(work.look.as_ref(), node).await? {
            Err(why) => unmeasured(why),
            Ok(instance) => unmeasured(format!("{instance} could not be asked when the plan was made; plan again")),
        };
    };
    work.hand.all_ran().await;
    let after = match work.hand.shared(ran.call).await {
        Ok(printed) => ran.read(&printed),
        Err(error) => return unmeasured(error.to_string()),
    };
    let before = find(&work.plan, &uid, Phase::Before).and_then(|ran| Some(ran.read(outcome.printed.get(&ran.call)?)));
    let verdict = judged(before.as_ref(), &after, ran.number, &about(pod));
    Ok(outcome.failed.iter().fold(verdict, |verdict, failed| verdict.and(&format!("not done: {failed}"))))
}

fn about(pod: &Pod) -> About {
    About { addresses: addresses(pod), reaches_node: reaches_node(pod) }
}

/// Says in a plan that its last measurement is not the last.
pub fn note_again(plan: &mut Sketch) {
    plan.note(PlanNote::Limit(
        "while this stands and the case is open for writing, the last measurement is made again every five minutes"
            .into(),
    ));
}

/// The call that measures a target when everything is in place.
pub fn measures(plan: &Plan, target: &Target) -> Option<usize> {
    find(plan, &target.uid.to_string(), Phase::After).map(|ran| ran.call)
}

/// The verdict on a target by a measurement that was made again. What was open before the
/// isolation is no matter any more.
pub async fn measured(look: &dyn Look, plan: &Plan, target: &Target, printed: &[u8]) -> Result<Verdict, ActionError> {
    let Some(ran) = find(plan, &target.uid.to_string(), Phase::After) else {
        return Ok(Verdict::NotMeasured { why: "the plan has no measurement of it".into() });
    };
    let pod: Pod = pinned(look, target).await?;
    Ok(judged(None, &ran.read(printed), ran.number, &about(&pod)))
}
