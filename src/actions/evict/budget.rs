//! Disruption budgets: said before, waited for, never overruled.

use std::time::{Duration, Instant};

use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::api::policy::v1::PodDisruptionBudget;

use super::super::frame::{ActionError, Ask, Outcome, Work, labels, list, name, selects, send};
use crate::kubernetes::Error;
use crate::model::{Clean, Kind, PlanNote};

/// Time between two looks whether the job was cancelled.
const PULSE: Duration = Duration::from_millis(250);

/// The longest wait between two tries, whatever the server asks for.
const LONGEST: Duration = Duration::from_secs(15);

/// What the budgets of the pods allow now.
pub async fn notes(ask: &Ask<'_>, pods: &[Pod]) -> Result<Vec<PlanNote>, ActionError> {
    if pods.is_empty() {
        return Ok(Vec::new());
    }
    let budgets: Vec<PodDisruptionBudget> = list(ask.look, &Kind::PodDisruptionBudget.path()).await?;
    let mut notes = Vec::new();
    for budget in budgets {
        let Some(selector) = budget.spec.as_ref().and_then(|spec| spec.selector.clone()) else { continue };
        let own = pods.iter().filter(|pod| {
            pod.metadata.namespace == budget.metadata.namespace && selects(&selector, &labels(&pod.metadata))
        });
        let count = own.count();
        if count == 0 {
            continue;
        }
        let allowed = budget.status.as_ref().and_then(|status| status.disruptions_allowed).unwrap_or_default();
        let text = format!(
            "disruption budget {}/{} allows {allowed} of {count} pods to go now; the rest wait until others are ready",
            Clean::from(budget.metadata.namespace.as_deref().unwrap_or_default()),
            name(&budget.metadata)
        );
        notes.push(PlanNote::Limit(text.into()));
    }
    Ok(notes)
}

/// Evicts the pods of a target one after the other. What a budget holds back is asked
/// for again until the patience is over; it stops nothing else.
pub async fn evict(work: &Work) -> Result<Outcome, ActionError> {
    let patience = Duration::from_secs(work.plan.options.get("patience").parse().unwrap_or(120));
    let began = Instant::now();
    let all: Vec<(usize, Clean)> = work.calls().map(|(place, call)| (place, pod_of(&call.path))).collect();
    let total = all.len() as u64;
    let mut waiting = all;
    let mut outcome = Outcome::default();
    let mut done = 0;
    while !waiting.is_empty() {
        let mut held: Vec<(usize, Clean)> = Vec::new();
        let (mut wait, mut said) = (Duration::ZERO, Clean::default());
        for (place, pod) in waiting {
            work.hand.step(format!("evicting {pod}").into(), done, total);
            match send(work, place).await {
                Ok(_) => done += 1,
                // It is gone already, which is what was wanted.
                Err(ActionError::Cluster(Error::NotFound { .. })) => done += 1,
                Err(ActionError::Cluster(Error::Throttled { wait: asked, said: why, .. })) => {
                    wait = wait.max(asked);
                    said = why;
                    held.push((place, pod));
                }
                Err(ActionError::Cluster(error @ (Error::Forbidden { .. } | Error::Rejected { .. }))) => {
                    outcome.failed.push(format!("{pod}: {error}").into());
                }
                Err(error @ ActionError::InTheWay(_)) => outcome.failed.push(format!("{pod}: {error}").into()),
                Err(error) => return Err(error),
            }
        }
        waiting = held;
        let wait = wait.clamp(Duration::from_secs(1), LONGEST);
        if !waiting.is_empty() && began.elapsed() + wait > patience {
            for (_, pod) in waiting {
                let why = format!("{pod}: not within {} s: {said}", patience.as_secs());
                outcome.failed.push(why.into());
            }
            return Ok(outcome);
        }
        if !waiting.is_empty() {
            count_down(work, wait, waiting.len(), &said, (done, total)).await?;
        }
    }
    Ok(outcome)
}

/// Waits, and tells for how long and for whom.
async fn count_down(
    work: &Work,
    wait: Duration,
    held: usize,
    said: &Clean,
    (done, total): (u64, u64),
) -> Result<(), ActionError> {
    let until = Instant::now() + wait;
    while let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
        if work.hand.is_cancelled() {
            return Err(ActionError::Cancelled);
        }
        let text = format!("{held} held by their budget, again in {} s: {said}", left.as_secs() + 1);
        work.hand.step(text.into(), done, total);
        tokio::time::sleep(PULSE.min(left)).await;
    }
    Ok(())
}

/// `shop/api-1` of an eviction's path.
fn pod_of(path: &str) -> Clean {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        [.., namespace, _, pod, _] => format!("{namespace}/{pod}").into(),
        _ => path.into(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_pod_is_named_by_its_path() {
        assert_eq!(super::pod_of("/api/v1/namespaces/shop/pods/api-1/eviction"), "shop/api-1");
    }
}
