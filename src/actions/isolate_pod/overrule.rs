//! N2: other policies add up with ours, so those that still allow are told to leave the pods out.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::api::networking::v1::NetworkPolicy;
use serde_json::{Value, json};

use super::super::frame::{ActionError, Ask, Done, Effect, Look, MANAGER, Sketch, decode, labels, name, selects};
use super::policy::TARGET;
use super::surroundings::Surroundings;
use crate::kubernetes;
use crate::model::{Call, Clean, Kind, Plan, PlanNote};

/// Names of the policies that select a pod now, ours left out.
pub fn selecting(around: &Surroundings, pod: &Pod) -> Vec<Clean> {
    let own = labels(&pod.metadata);
    let all = around.of(pod).into_iter().flat_map(|place| place.policies.iter());
    let mut names: Vec<_> = all
        .filter(|policy| !is_ours(policy) && selects(&selector(policy), &own))
        .map(|policy| name(&policy.metadata))
        .collect();
    names.sort();
    names
}

/// Adds the patches that make every other policy leave the targets out, one for each policy.
pub fn plan(around: &Surroundings, pods: &[Pod], plan: &mut Sketch) {
    for policy in around.namespaces().flat_map(|place| place.policies.iter()) {
        let Some(ways) = allows(policy) else { continue };
        let hit: Vec<(usize, &Pod)> = pods
            .iter()
            .enumerate()
            .filter(|(_, pod)| pod.metadata.namespace == policy.metadata.namespace && selects_isolated(policy, pod))
            .collect();
        let Some((first, _)) = hit.first() else { continue };
        let uids: Vec<_> = hit.iter().filter_map(|(_, pod)| pod.metadata.uid.clone()).collect();
        let names: Vec<_> = hit.iter().map(|(_, pod)| name(&pod.metadata).to_string()).collect();
        let policy_name = name(&policy.metadata);
        plan.fact(*first, &fact(&policy_name), json!(policy.spec.as_ref().and_then(|spec| spec.pod_selector.as_ref())));
        plan.call(*first, "PATCH", path(policy), exclusion(policy, &uids));
        let text = format!(
            "policies add up: {policy_name} still allows {} some traffic {ways}; it is told to leave them out (podSelector, \
             NotIn), and told back when this is undone; whoever applies it from a repository puts it back",
            names.join(", ")
        );
        plan.note(PlanNote::Limit(text.into()));
    }
}

/// The exclusions of a plan that a pod needs, by their place.
pub fn of<'a>(plan: &'a Plan, uid: &'a str) -> impl Iterator<Item = (usize, &'a Call)> {
    let excludes = move |call: &&Call| {
        let value = call.body.as_array().and_then(|patch| patch.last()?.get("value"));
        value.is_some_and(|value| value.to_string().contains(uid))
    };
    plan.calls.iter().enumerate().filter(|(_, call)| is_exclusion(call)).filter(move |(_, call)| excludes(call))
}

/// Whether a call is one of these patches.
pub fn is_exclusion(call: &Call) -> bool {
    &*call.method == "PATCH" && call.path.contains("/networkpolicies/")
}

/// Takes our exclusion back, and nothing else: the selector becomes exactly what it was
/// where nobody else has changed it, and loses our part where somebody has.
pub async fn plan_undo(
    plan: &mut Sketch,
    ask: &Ask<'_>,
    done: &Done,
    place: usize,
    effect: Effect<'_>,
) -> Result<(), ActionError> {
    let path = effect.call.path.split('?').next().unwrap_or_default();
    let policy_name = Clean::from(path.rsplit('/').next().unwrap_or_default());
    let Some(policy) = read(ask.look, path).await? else {
        plan.note(PlanNote::Theirs(format!("somebody has deleted the policy {policy_name} since").into()));
        return Ok(());
    };
    plan.fact(place, &fact(&policy_name), json!(policy.spec.as_ref().and_then(|spec| spec.pod_selector.as_ref())));
    let uid = policy.metadata.uid.clone().unwrap_or_default();
    if effect.call.body.pointer("/0/value").and_then(Value::as_str) != Some(uid.as_str()) {
        plan.note(PlanNote::Theirs(format!("the policy {policy_name} is another one now ({uid}): it stays").into()));
        return Ok(());
    }
    let now = expressions(&policy);
    let sent = effect.call.body.pointer("/2/value").cloned().unwrap_or_default();
    let ours = sent.as_array().and_then(|list| list.last()).unwrap_or(&sent);
    let Some(at) = now.iter().position(|one| one == ours) else {
        plan.note(PlanNote::Theirs(format!("somebody has taken our exclusion out of {policy_name} since").into()));
        return Ok(());
    };
    let before = done.plan.facts.iter().find(|known| *known.what == *fact(&policy_name)).map(|known| &known.value);
    let before = before.and_then(|selector| selector.get("matchExpressions")?.as_array()).cloned();
    if now.iter().enumerate().filter(|(place, _)| *place != at).map(|(_, one)| one).ne(before.iter().flatten()) {
        plan.note(PlanNote::Theirs(
            format!("somebody has changed the selector of {policy_name} since: that stays, only our part goes").into(),
        ));
    }
    let path = if now.len() == 1 && before.is_none() { EXPRESSIONS.to_owned() } else { format!("{EXPRESSIONS}/{at}") };
    plan.call(place, "PATCH", self::path(&policy), guarded(&policy, json!({"op": "remove", "path": path})));
    Ok(())
}

/// What is still there of the exclusions that calls of an undo plan were to take back.
pub async fn left(look: &dyn Look, calls: impl Iterator<Item = &Call>, uid: &str) -> Result<Vec<String>, ActionError> {
    let mut found = Vec::new();
    for call in calls.filter(|call| is_exclusion(call)) {
        let path = call.path.split('?').next().unwrap_or_default();
        let policy = read(look, path).await?;
        if policy.is_some_and(|policy| expressions(&policy).iter().any(|one| one.to_string().contains(uid))) {
            found.push(format!("{path} still leaves the pod out"));
        }
    }
    Ok(found)
}

async fn read(look: &dyn Look, path: &str) -> Result<Option<NetworkPolicy>, ActionError> {
    match look.get(path).await {
        Err(kubernetes::Error::NotFound { .. }) => Ok(None),
        read => decode(path, &read?).map(Some),
    }
}

/// Where the expressions of a policy's selector stand.
const EXPRESSIONS: &str = "/spec/podSelector/matchExpressions";

fn fact(policy: &str) -> String {
    format!("selector of {policy}")
}

fn selector(policy: &NetworkPolicy) -> k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector {
    policy.spec.as_ref().and_then(|spec| spec.pod_selector.clone()).unwrap_or_default()
}

fn is_ours(policy: &NetworkPolicy) -> bool {
    selector(policy).match_labels.is_some_and(|keys| keys.contains_key(TARGET))
}

/// Which ways a policy allows anything at all; one that only denies may go on denying.
fn allows(policy: &NetworkPolicy) -> Option<&'static str> {
    let spec = policy.spec.as_ref()?;
    match (spec.ingress.iter().flatten().count(), spec.egress.iter().flatten().count()) {
        (0, 0) => None,
        (0, _) => Some("out"),
        (_, 0) => Some("in"),
        _ => Some("in and out"),
    }
}

/// Whether a policy selects a pod once the pod has its label.
fn selects_isolated(policy: &NetworkPolicy, pod: &Pod) -> bool {
    let mut own: BTreeMap<String, String> = labels(&pod.metadata);
    own.insert(TARGET.to_owned(), pod.metadata.uid.clone().unwrap_or_default());
    !is_ours(policy) && selects(&selector(policy), &own)
}

fn expressions(policy: &NetworkPolicy) -> Vec<Value> {
    let list = selector(policy).match_expressions.unwrap_or_default();
    list.into_iter().filter_map(|one| serde_json::to_value(one).ok()).collect()
}

fn exclusion(policy: &NetworkPolicy, uids: &[String]) -> Value {
    let ours = json!({"key": TARGET, "operator": "NotIn", "values": uids});
    guarded(
        policy,
        match expressions(policy).is_empty() {
            true => json!({"op": "add", "path": EXPRESSIONS, "value": [ours]}),
            false => json!({"op": "add", "path": format!("{EXPRESSIONS}/-"), "value": ours}),
        },
    )
}

/// A change of this very policy as it was read, and of no later form of it: a list is replaced.
fn guarded(policy: &NetworkPolicy, change: Value) -> Value {
    json!([
        {"op": "test", "path": "/metadata/uid", "value": policy.metadata.uid},
        {"op": "test", "path": "/metadata/resourceVersion", "value": policy.metadata.resource_version},
        change,
    ])
}

fn path(policy: &NetworkPolicy) -> String {
    let place = Kind::NetworkPolicy.path_in(policy.metadata.namespace.as_deref().unwrap_or_default());
    format!("{place}/{}?fieldManager={MANAGER}", policy.metadata.name.as_deref().unwrap_or_default())
}
