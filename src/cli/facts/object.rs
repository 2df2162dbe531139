//! Facts of everything that is neither a pod nor a node.

use serde_json::{Map, Value, json};

use crate::model::facts::{Endpoint, ServicePort, Shape};

use super::{pairs, text};

pub(super) fn add(item: &mut Map<String, Value>, shape: &Shape) {
    if let Value::Object(facts) = facts(shape) {
        item.extend(facts);
    }
}

fn facts(shape: &Shape) -> Value {
    match shape {
        Shape::Namespace { phase } => json!({"status": phase}),
        Shape::Service { service_type, cluster_ips, external, selector, ports } => json!({
            "type": service_type,
            "clusterIPs": cluster_ips,
            "external": external,
            "selector": pairs(selector),
            "ports": ports.iter().map(port).collect::<Vec<_>>(),
        }),
        Shape::EndpointSlice { service, endpoints } => json!({
            "service": service,
            "endpoints": endpoints.iter().map(endpoint).collect::<Vec<_>>(),
        }),
        Shape::Workload { desired, ready, paused, images, service_account } => json!({
            "desired": desired,
            "ready": ready,
            "paused": paused,
            "images": images,
            "serviceAccount": text(service_account),
        }),
        Shape::Job { active, succeeded, failed, suspended } => json!({
            "active": active,
            "succeeded": succeeded,
            "failed": failed,
            "suspended": suspended,
        }),
        Shape::CronJob { schedule, suspended, active } => json!({
            "schedule": schedule,
            "suspended": suspended,
            "active": active,
        }),
        Shape::ServiceAccount { role_arn, automount } => json!({
            "roleArn": text(role_arn),
            "automountServiceAccountToken": automount,
        }),
        Shape::NetworkPolicy { selector, ingress, egress } => json!({
            "podSelector": selector,
            "ingress": ingress,
            "egress": egress,
        }),
        Shape::Binding { role, subjects } => json!({"role": role, "subjects": subjects}),
        Shape::DisruptionBudget { min_available, max_unavailable, allowed } => json!({
            "minAvailable": text(min_available),
            "maxUnavailable": text(max_unavailable),
            "disruptionsAllowed": allowed,
        }),
    }
}

fn port(port: &ServicePort) -> Value {
    json!({"name": text(&port.name), "port": port.port, "protocol": port.protocol})
}

fn endpoint(endpoint: &Endpoint) -> Value {
    json!({"addresses": endpoint.addresses, "pod": endpoint.pod, "ready": endpoint.ready})
}
