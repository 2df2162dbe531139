//! The disruption controller: how many pods may be evicted.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::json::{number, set, text};
use super::super::selectors::LabelSelector;
use super::super::store::{Store, rfc3339};
use super::status::{is_leaving, is_over, is_ready};

/// Brings every budget's status up to date.
pub(super) fn reconcile(store: &mut Store, at: Timestamp) {
    for budget in store.list("PodDisruptionBudget", None) {
        let Some(selector) = LabelSelector::of(budget.pointer("/spec/selector")) else { continue };
        let (namespace, name) = (text(&budget, "/metadata/namespace"), text(&budget, "/metadata/name"));
        let pods = store.list("Pod", Some(namespace));
        let selected: Vec<_> = pods.iter().filter(|pod| selector.matches(pod)).collect();
        let healthy = selected.iter().filter(|pod| is_ready(pod) && !is_leaving(pod)).count().cast_signed();
        // The controllers' own count: what is on its way out has its successor already.
        let expected = selected.iter().filter(|pod| !is_leaving(pod)).count().cast_signed();
        let desired = desired(&budget, i64::try_from(expected).unwrap_or(i64::MAX));
        let healthy = i64::try_from(healthy).unwrap_or(i64::MAX);
        let status = json!({
            "currentHealthy": healthy, "desiredHealthy": desired, "expectedPods": expected,
            "disruptionsAllowed": (healthy - desired).max(0),
            "observedGeneration": number(&budget, "/metadata/generation"),
        });
        store.report("PodDisruptionBudget", namespace, name, at, status);
    }
}

/// Why a pod may not be evicted now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Refusal {
    /// It has more than one budget.
    TooMany,
    /// Its budget is newer than what the controller has seen; the budget's name.
    Unseen(String),
    /// Its budget allows none; the words of the real server.
    Spent(String),
}

/// Takes one disruption from the budget of a pod that is to be evicted.
pub(in super::super) fn disrupt(store: &mut Store, pod: &Value, dry: bool, at: Timestamp) -> Result<(), Refusal> {
    if is_over(pod) || is_leaving(pod) || text(pod, "/status/phase") == "Pending" {
        return Ok(());
    }
    let mut budgets = store.list("PodDisruptionBudget", Some(text(pod, "/metadata/namespace")));
    budgets.retain(|budget| {
        LabelSelector::of(budget.pointer("/spec/selector")).is_some_and(|selector| selector.matches(pod))
    });
    let budget = match budgets.as_slice() {
        [] => return Ok(()),
        [one] => Arc::clone(one),
        _ => return Err(Refusal::TooMany),
    };
    let name = text(&budget, "/metadata/name").to_owned();
    let (healthy, desired) = (number(&budget, "/status/currentHealthy"), number(&budget, "/status/desiredHealthy"));
    let unguarded =
        text(&budget, "/spec/unhealthyPodEvictionPolicy") == "AlwaysAllow" || (healthy >= desired && desired > 0);
    if !is_ready(pod) && unguarded {
        return Ok(());
    }
    if number(&budget, "/status/observedGeneration") < number(&budget, "/metadata/generation") {
        return Err(Refusal::Unseen(name));
    }
    if number(&budget, "/status/disruptionsAllowed") <= 0 {
        let needs = format!("The disruption budget {name} needs {desired} healthy pods and has {healthy} currently");
        let spent = format!("The disruption budget {name} does not allow evicting pods currently");
        return Err(Refusal::Spent(if healthy <= desired { needs } else { spent }));
    }
    if !dry {
        let (namespace, evicted) = (text(pod, "/metadata/namespace"), text(pod, "/metadata/name"));
        store.edit("PodDisruptionBudget", namespace, &name, at, |budget| {
            let allowed = number(budget, "/status/disruptionsAllowed");
            set(budget, "/status/disruptionsAllowed", allowed - 1);
            set(budget, &format!("/status/disruptedPods/{evicted}"), rfc3339(at));
        });
    }
    Ok(())
}

/// How many must stay healthy.
fn desired(budget: &Value, expected: i64) -> i64 {
    let amount = |pointer: &str| match budget.pointer(pointer)? {
        Value::String(text) => {
            let percent: i64 = text.strip_suffix('%')?.parse().ok()?;
            Some((expected * percent + 99) / 100)
        }
        other => other.as_i64(),
    };
    match (amount("/spec/minAvailable"), amount("/spec/maxUnavailable")) {
        (Some(least), _) => least,
        (None, Some(most)) => (expected - most).max(0),
        (None, None) => expected,
    }
}
