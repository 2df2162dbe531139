//! The disruption controller: how many pods may be evicted.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::json::{number, set, text};
use super::super::selectors::LabelSelector;
use super::super::store::Store;
use super::status::{is_leaving, is_ready};

/// Brings every budget's status up to date.
pub(super) fn reconcile(store: &mut Store, at: Timestamp) {
    for budget in store.list("PodDisruptionBudget", None) {
        let Some(selector) = LabelSelector::of(budget.pointer("/spec/selector")) else { continue };
        let (namespace, name) = (text(&budget, "/metadata/namespace"), text(&budget, "/metadata/name"));
        let pods = store.list("Pod", Some(namespace));
        let selected: Vec<_> = pods.iter().filter(|pod| selector.matches(pod)).collect();
        let healthy = selected.iter().filter(|pod| is_ready(pod) && !is_leaving(pod)).count().cast_signed();
        let expected = selected.len().cast_signed();
        let desired = desired(&budget, i64::try_from(expected).unwrap_or(i64::MAX));
        let healthy = i64::try_from(healthy).unwrap_or(i64::MAX);
        let status = json!({
            "currentHealthy": healthy, "desiredHealthy": desired, "expectedPods": expected,
            "disruptionsAllowed": (healthy - desired).max(0),
            "observedGeneration": number(&budget, "/metadata/generation"),
        });
        store.edit("PodDisruptionBudget", namespace, name, at, |budget| set(budget, "/status", status));
    }
}

/// The budget, up to date, that a pod's eviction would break.
pub(in super::super) fn against(store: &mut Store, pod: &Value, at: Timestamp) -> Option<Arc<Value>> {
    reconcile(store, at);
    let mut budgets = store.list("PodDisruptionBudget", Some(text(pod, "/metadata/namespace")));
    budgets.retain(|budget| {
        LabelSelector::of(budget.pointer("/spec/selector")).is_some_and(|selector| selector.matches(pod))
            && number(budget, "/status/disruptionsAllowed") == 0
    });
    budgets.into_iter().next().filter(|_| is_ready(pod))
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
