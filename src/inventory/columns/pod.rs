//! Columns of pods.

use std::borrow::Cow;

use crate::model::Age;
use crate::model::facts::ContainerRole;

use super::super::pods::Pod;
use super::super::row::Row;
use super::{AGE, CLUSTER, Cell, Column, Cut, NAME, NAMESPACE, Shown, column};

pub(super) static COLUMNS: [Column; 15] = [
    CLUSTER,
    NAMESPACE,
    NAME,
    column("READY", (5, 5), ready),
    column("STATUS", (7, 20), |cell| pod(cell, |pod| pod.status().as_str().into())),
    AGE,
    column("SECURITY", (10, 40), |cell| pod(cell, |pod| pod.security().to_string().into()))
        .shrinks(16)
        .shown(Shown::Roomy),
    column("RESTARTS", (4, 8), |cell| pod(cell, |pod| pod.restarts().to_string().into()))
        .shrinks(4)
        .shown(Shown::Roomy)
        .order(|_, one, other| restarts(other).cmp(&restarts(one))),
    column("ACCOUNT", (7, 24), |cell| pod(cell, |pod| pod.service_account().as_str().into()))
        .shrinks(10)
        .shown(Shown::Roomy),
    column("IMAGE", (12, 60), image).shrinks(20).shown(Shown::Roomy).cut(Cut::Start),
    column("NODE", (12, 30), |cell| pod(cell, |pod| pod.node().as_str().into())).shrinks(14).shown(Shown::Roomy),
    column("IP", (9, 39), |cell| {
        pod(cell, |pod| pod.ips().first().map_or(Cow::Borrowed(""), |ip| ip.to_string().into()))
    })
    .shown(Shown::Wide),
    column("WORKLOAD", (8, 40), workload).shrinks(16).shown(Shown::Wide),
    column("GONE", (4, 8), gone).shown(Shown::Wide),
    column("UID", (8, 36), |cell| cell.row.id().uid.to_string().into()).shown(Shown::Wide),
];

fn pod<'a>(cell: &Cell<'a>, text: impl Fn(Pod<'a>) -> Cow<'a, str>) -> Cow<'a, str> {
    cell.row.pod().map_or(Cow::Borrowed(""), text)
}

fn restarts(row: &Row<'_>) -> u32 {
    row.pod().map_or(0, |pod| pod.restarts())
}

/// Ready and all containers, counted as `kubectl` counts them: the main ones.
fn ready<'a>(cell: &Cell<'a>) -> Cow<'a, str> {
    pod(cell, |pod| {
        let counted = |role| matches!(role, ContainerRole::Main | ContainerRole::Sidecar);
        let all = pod.containers().iter().filter(|container| counted(container.role)).count();
        format!("{}/{all}", pod.ready()).into()
    })
}

/// The first container's image, and how many others there are.
fn image<'a>(cell: &Cell<'a>) -> Cow<'a, str> {
    pod(cell, |pod| {
        let mut images = pod.containers().iter().filter(|container| container.role == ContainerRole::Main);
        let first = images.next().map_or("", |container| container.image.as_str());
        let more = pod.containers().len().saturating_sub(1);
        if more == 0 { first.into() } else { format!("{first} +{more}").into() }
    })
}

fn workload<'a>(cell: &Cell<'a>) -> Cow<'a, str> {
    pod(cell, |pod| {
        pod.workload().map_or(Cow::Borrowed("-"), |(kind, name)| format!("{}/{name}", kind.to_lowercase()).into())
    })
}

fn gone<'a>(cell: &Cell<'a>) -> Cow<'a, str> {
    pod(cell, |pod| {
        pod.gone().map_or(Cow::Borrowed(""), |since| format!("{} ago", Age::between(since, cell.now.unix)).into())
    })
}
