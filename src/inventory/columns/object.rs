//! Columns of the kinds that are neither pods nor nodes.

use std::borrow::Cow;

use crate::model::facts::{ObjectFacts, Shape};
use crate::model::{Clean, Kind};

use super::super::row::Row;
use super::{AGE, CLUSTER, Cell, Column, Cut, NAME, NAMESPACE, Shown, column, join};

static NAMESPACES: [Column; 4] = [CLUSTER, NAME, column("STATUS", (6, 12), status), AGE];

static SERVICES: [Column; 9] = [
    CLUSTER,
    NAMESPACE,
    NAME,
    column("TYPE", (9, 12), status),
    column("CLUSTER-IP", (9, 39), addresses),
    column("EXTERNAL", (8, 40), external).shrinks(12).shown(Shown::Roomy),
    column("PORTS", (6, 30), ports),
    column("SELECTOR", (8, 50), selector).shrinks(14).shown(Shown::Roomy),
    AGE,
];

static SLICES: [Column; 6] = [
    CLUSTER,
    NAMESPACE,
    NAME,
    column("SERVICE", (8, 40), selector).shrinks(12),
    column("ENDPOINTS", (9, 50), addresses).shrinks(16),
    AGE,
];

static WORKLOADS: [Column; 7] = [
    CLUSTER,
    NAMESPACE,
    NAME,
    column("READY", (5, 9), status),
    column("ACCOUNT", (7, 24), external).shrinks(10).shown(Shown::Roomy),
    column("IMAGE", (12, 60), selector).shrinks(20).shown(Shown::Roomy).cut(Cut::Start),
    AGE,
];

static JOBS: [Column; 6] = [
    CLUSTER,
    NAMESPACE,
    NAME,
    column("STATUS", (8, 24), status),
    column("SCHEDULE", (8, 16), selector).shown(Shown::Roomy),
    AGE,
];

static ACCOUNTS: [Column; 6] = [
    CLUSTER,
    NAMESPACE,
    NAME,
    column("TOKENS", (6, 12), status),
    column("ROLE", (10, 70), external).shrinks(20).cut(Cut::Start),
    AGE,
];

static POLICIES: [Column; 6] = [
    CLUSTER,
    NAMESPACE,
    NAME,
    column("POD-SELECTOR", (12, 60), selector).shrinks(16),
    column("GOVERNS", (7, 16), status),
    AGE,
];

static BUDGETS: [Column; 6] =
    [CLUSTER, NAMESPACE, NAME, column("BUDGET", (8, 24), selector), column("ALLOWED", (7, 7), status), AGE];

static BINDINGS: [Column; 6] =
    [CLUSTER, NAMESPACE, NAME, column("ROLE", (12, 40), selector), column("SUBJECTS", (12, 80), external), AGE];

/// The columns of a kind.
pub(super) fn columns(kind: Kind) -> &'static [Column] {
    match kind {
        Kind::Service => &SERVICES,
        Kind::EndpointSlice => &SLICES,
        Kind::Deployment | Kind::ReplicaSet | Kind::StatefulSet | Kind::DaemonSet => &WORKLOADS,
        Kind::Job | Kind::CronJob => &JOBS,
        Kind::ServiceAccount => &ACCOUNTS,
        Kind::NetworkPolicy => &POLICIES,
        Kind::PodDisruptionBudget => &BUDGETS,
        Kind::RoleBinding | Kind::ClusterRoleBinding => &BINDINGS,
        _ => &NAMESPACES,
    }
}

/// The texts of an object that free text is looked for in.
pub(super) fn texts(object: &ObjectFacts) -> Vec<Cow<'_, str>> {
    let mut texts = vec![Cow::Borrowed(object.meta.name.as_str()), object.meta.namespace.as_str().into()];
    match &object.shape {
        Shape::Service { cluster_ips, external, .. } => {
            texts.extend(cluster_ips.iter().map(|ip| Cow::Owned(ip.to_string())));
            texts.extend(external.iter().map(|name| Cow::Borrowed(name.as_str())));
        }
        Shape::Workload { images, service_account, .. } => {
            texts.extend(images.iter().chain([service_account]).map(|text| Cow::Borrowed(text.as_str())));
        }
        Shape::ServiceAccount { role_arn, .. } => texts.push(role_arn.as_str().into()),
        Shape::Binding { role, subjects } => {
            texts.extend(subjects.iter().chain([role]).map(|text| Cow::Borrowed(text.as_str())));
        }
        _ => {}
    }
    texts
}

fn shape<'a>(cell: &Cell<'a>) -> Option<&'a Shape> {
    match cell.row {
        Row::Object(_, object) => Some(&object.shape),
        _ => None,
    }
}

fn status<'a>(cell: &Cell<'a>) -> Cow<'a, str> {
    match shape(cell) {
        Some(Shape::Namespace { phase }) => phase.as_str().into(),
        Some(Shape::Service { service_type, .. }) => service_type.as_str().into(),
        Some(Shape::Workload { desired, ready, paused, .. }) => {
            format!("{ready}/{desired}{}", if *paused { " paused" } else { "" }).into()
        }
        Some(Shape::Job { active, succeeded, failed, suspended }) => {
            let suspended = if *suspended { ", suspended" } else { "" };
            format!("{active} active, {succeeded} done, {failed} failed{suspended}").into()
        }
        Some(Shape::CronJob { suspended, active, .. }) => {
            if *suspended {
                "suspended".into()
            } else {
                format!("{active} active").into()
            }
        }
        Some(Shape::ServiceAccount { automount, .. }) => if *automount { "mounted" } else { "not mounted" }.into(),
        Some(Shape::NetworkPolicy { ingress, egress, .. }) => match (ingress, egress) {
            (true, true) => "ingress,egress",
            (true, false) => "ingress",
            (false, true) => "egress",
            (false, false) => "nothing",
        }
        .into(),
        Some(Shape::DisruptionBudget { allowed, .. }) => allowed.to_string().into(),
        Some(Shape::EndpointSlice { .. } | Shape::Binding { .. }) | None => Cow::Borrowed(""),
    }
}

fn addresses<'a>(cell: &Cell<'a>) -> Cow<'a, str> {
    let ips: Vec<String> = match shape(cell) {
        Some(Shape::Service { cluster_ips, .. }) => cluster_ips.iter().map(ToString::to_string).collect(),
        Some(Shape::EndpointSlice { endpoints, .. }) => {
            endpoints.iter().flat_map(|endpoint| &endpoint.addresses).map(ToString::to_string).collect()
        }
        _ => Vec::new(),
    };
    if ips.is_empty() { "None".into() } else { ips.join(",").into() }
}

fn external<'a>(cell: &Cell<'a>) -> Cow<'a, str> {
    match shape(cell) {
        Some(Shape::Service { external, .. }) => join(external.iter()),
        Some(Shape::Workload { service_account, .. }) => service_account.as_str().into(),
        Some(Shape::ServiceAccount { role_arn, .. }) => role_arn.as_str().into(),
        Some(Shape::Binding { subjects, .. }) => join(subjects.iter()),
        _ => Cow::Borrowed(""),
    }
}

fn ports<'a>(cell: &Cell<'a>) -> Cow<'a, str> {
    match shape(cell) {
        Some(Shape::Service { ports, .. }) => {
            ports.iter().map(|port| format!("{}/{}", port.port, port.protocol)).collect::<Vec<_>>().join(",").into()
        }
        _ => Cow::Borrowed(""),
    }
}

fn selector<'a>(cell: &Cell<'a>) -> Cow<'a, str> {
    match shape(cell) {
        Some(Shape::Service { selector, .. }) => pairs(selector),
        Some(Shape::EndpointSlice { service, .. }) => service.as_str().into(),
        Some(Shape::Workload { images, .. }) => join(images.iter()),
        Some(Shape::CronJob { schedule, .. }) => schedule.as_str().into(),
        Some(Shape::Binding { role, .. }) => role.as_str().into(),
        Some(Shape::NetworkPolicy { selector, .. }) => selector.as_str().into(),
        Some(Shape::DisruptionBudget { min_available, max_unavailable, .. }) => {
            match (min_available.is_empty(), max_unavailable.is_empty()) {
                (false, _) => format!("min {min_available}").into(),
                (true, false) => format!("max unavailable {max_unavailable}").into(),
                (true, true) => "-".into(),
            }
        }
        _ => Cow::Borrowed(""),
    }
}

fn pairs(pairs: &[(Clean, Clean)]) -> Cow<'_, str> {
    if pairs.is_empty() {
        return "<none>".into();
    }
    pairs.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(",").into()
}
