//! Whether isolating the targets takes a service down.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Pod, Service};

use super::super::frame::{Ask, Sketch, labels, name};
use super::policy::TARGET;
use super::surroundings::Namespace;
use crate::model::PlanNote;

/// Notes which services go on sending traffic to the targets, and what is left of each.
/// An isolated pod stays Ready, since its probes come from its node.
pub fn note(ask: &Ask<'_>, place: &Namespace, plan: &mut Sketch) {
    for service in &place.services {
        let selector: BTreeMap<_, _> = service.spec.iter().flat_map(|spec| spec.selector.iter().flatten()).collect();
        let service_name = name(&service.metadata);
        if selector.contains_key(&TARGET.to_owned()) {
            let text = format!("service {service_name} selects by {TARGET}: the label changes what it sends where");
            plan.note(PlanNote::AlsoHit(text.into()));
        }
        let (hit, left) = behind(ask, service, place);
        if hit.is_empty() {
            continue;
        }
        let names: Vec<_> = hit.iter().map(|pod| name(&pod.metadata).to_string()).collect();
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
fn behind<'a>(ask: &Ask<'_>, service: &Service, place: &'a Namespace) -> (Vec<&'a Pod>, usize) {
    let selector: BTreeMap<_, _> = service.spec.iter().flat_map(|spec| spec.selector.iter().flatten()).collect();
    if selector.is_empty() {
        return (Vec::new(), 0);
    }
    let selected = place.pods.iter().filter(|pod| {
        let own = labels(&pod.metadata);
        selector.iter().all(|(key, value)| own.get(*key) == Some(*value))
    });
    let chosen = |pod: &&Pod| ask.targets.iter().any(|target| pod.metadata.uid == Some(target.uid.to_string()));
    let (hit, others): (Vec<_>, Vec<_>) = selected.partition(chosen);
    let ready = |pod: &&&Pod| {
        let conditions = pod.status.iter().flat_map(|status| status.conditions.iter().flatten());
        pod.metadata.deletion_timestamp.is_none()
            && !labels(&pod.metadata).contains_key(TARGET)
            && conditions.clone().any(|one| one.type_ == "Ready" && one.status == "True")
    };
    let left = others.iter().filter(ready).count();
    (hit, left)
}
