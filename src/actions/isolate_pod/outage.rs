//! Whether isolating the targets takes a service down.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Service;

use super::super::frame::{Sketch, name};
use super::neighbour::Neighbour;
use super::policy::TARGET;
use super::surroundings::{Namespace, Surroundings};
use crate::model::PlanNote;

/// Notes which services go on sending traffic to the targets, and what is left of each.
/// An isolated pod stays Ready, since its probes come from its node.
pub fn note(around: &Surroundings, place: &Namespace, plan: &mut Sketch) {
    for service in &place.services {
        let selector: BTreeMap<_, _> = service.spec.iter().flat_map(|spec| spec.selector.iter().flatten()).collect();
        let service_name = name(&service.metadata);
        if selector.contains_key(&TARGET.to_owned()) {
            let text = format!("service {service_name} selects by {TARGET}: the label changes what it sends where");
            plan.note(PlanNote::AlsoHit(text.into()));
        }
        let (hit, left) = behind(around, service, place);
        if hit.is_empty() {
            continue;
        }
        let names: Vec<_> = hit.iter().map(|pod| pod.name().to_string()).collect();
        let text = format!(
            "service {service_name} goes on sending {} traffic while they are ready: callers wait in vain; {}",
            names.join(", "),
            match left {
                0 => "no other ready pod is behind it: this is an OUTAGE of the service".to_owned(),
                1 => "1 other ready pod is behind it".to_owned(),
                left => format!("{left} other ready pods are behind it"),
            }
        );
        plan.note(PlanNote::AlsoHit(text.into()));
    }
}

/// The targets behind a service, and how many other ready pods are.
fn behind<'a>(around: &Surroundings, service: &Service, place: &'a Namespace) -> (Vec<&'a Neighbour>, usize) {
    let selector: BTreeMap<_, _> = service.spec.iter().flat_map(|spec| spec.selector.iter().flatten()).collect();
    if selector.is_empty() {
        return (Vec::new(), 0);
    }
    let picks = |pod: &&Neighbour| selector.iter().all(|(key, value)| pod.label(key) == Some(value.as_str()));
    let selected = place.pods.iter().filter(picks);
    let (hit, others): (Vec<_>, Vec<_>) = selected.partition(|pod| around.is_target(pod));
    let left = others.iter().filter(|pod| pod.is_ready() && pod.label(TARGET).is_none()).count();
    (hit, left)
}
