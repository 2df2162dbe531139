//! The truth table of a pod, before anybody is asked.

use k8s_openapi::api::core::v1::Pod;

use super::super::frame::{Sketch, controller, name};
use super::measure::Ground;
use super::surroundings::Surroundings;
use super::{overrule, surroundings};
use crate::model::{Clean, PlanNote};

/// Notes in one line what decides whether the isolation of a pod works, and whether that will be measured.
pub fn note(around: &Surroundings, ground: &Ground, pod: &Pod, plan: &mut Sketch) {
    let spec = pod.spec.clone().unwrap_or_default();
    let yes = |of: bool| if of { "yes" } else { "no" };
    let node = spec.node_name.unwrap_or_default();
    let measured = match ground.instance(&node) {
        Some(Ok(instance)) => format!("yes, from {instance}"),
        Some(Err(_)) => "NO".to_owned(),
        None => "NO, it has no address on a node".to_owned(),
    };
    let selecting = overrule::selecting(around, pod);
    let selecting = match selecting.as_slice() {
        [] => "none".to_owned(),
        some => some.iter().map(Clean::as_str).collect::<Vec<_>>().join(" "),
    };
    let owner = controller(&pod.metadata).map_or("none", |owner| owner.kind.as_str());
    let text = format!(
        "{}: network of its own {} | reaches its node {} | owner {} | node {} | network plugin {} | policies on it {selecting} | measured {measured}",
        name(&pod.metadata),
        yes(spec.host_network != Some(true)),
        yes(surroundings::reaches_node(pod)),
        Clean::from(owner),
        Clean::from(node),
        around.plugin,
    );
    plan.note(PlanNote::Limit(text.into()));
}
