//! Columns of nodes.

use std::borrow::Cow;

use crate::model::facts::{NodeFacts, Readiness};

use super::super::row::Row;
use super::super::store::Inventory;
use super::{AGE, CLUSTER, Cell, Column, Cut, Shown, column, join};

pub(super) static COLUMNS: [Column; 17] = [
    CLUSTER,
    // What tells nodes apart is at the beginning of their names.
    column("NAME", (16, 60), |cell| cell.row.name().as_str().into()).shrinks(22),
    column("STATUS", (5, 36), |cell| node(cell, status)),
    column("INSTANCE", (10, 20), |cell| node(cell, |node| node.instance_id.as_str().into())),
    column("KIND", (5, 12), |cell| node(cell, |node| node.kind.word().into())).shown(Shown::Roomy),
    column("GROUP", (6, 24), |cell| node(cell, |node| node.group.as_str().into())).shrinks(10).shown(Shown::Roomy),
    column("ZONE", (6, 14), |cell| node(cell, |node| node.zone.as_str().into())).shown(Shown::Roomy),
    column("PODS", (4, 5), |cell| pods(cell.inventory, &cell.row).to_string().into())
        .order(|inventory, one, other| pods(inventory, other).cmp(&pods(inventory, one))),
    AGE,
    column("TYPE", (8, 16), |cell| node(cell, |node| node.instance_type.as_str().into())).shown(Shown::Wide),
    column("IP", (9, 39), |cell| {
        node(cell, |node| node.internal_ip.map_or(Cow::Borrowed(""), |ip| ip.to_string().into()))
    })
    .shown(Shown::Wide),
    column("VERSION", (7, 24), |cell| node(cell, |node| node.kubelet.as_str().into())).shown(Shown::Wide),
    column("OS", (8, 40), |cell| node(cell, |node| node.os_image.as_str().into())).shrinks(12).shown(Shown::Wide),
    column("KERNEL", (8, 32), |cell| node(cell, |node| node.kernel.as_str().into())).shrinks(12).shown(Shown::Wide),
    column("RUNTIME", (8, 24), |cell| node(cell, |node| node.runtime.as_str().into())).shown(Shown::Wide),
    column("TAINTS", (6, 40), |cell| node(cell, taints)).shrinks(12).shown(Shown::Wide).cut(Cut::End),
    column("UID", (8, 36), |cell| cell.row.id().uid.to_string().into()).shown(Shown::Wide),
];

fn node<'a>(cell: &Cell<'a>, text: impl Fn(&'a NodeFacts) -> Cow<'a, str>) -> Cow<'a, str> {
    match cell.row {
        Row::Node(_, node) => text(node),
        _ => Cow::Borrowed(""),
    }
}

/// `Ready`, `NotReady` or `Unknown` and whether it is cordoned, as kubectl says it; then
/// that its kubelet is silent, and its troubles.
fn status(node: &NodeFacts) -> Cow<'_, str> {
    let (ready, silent) = match node.ready {
        Readiness::Ready => ("Ready", ""),
        Readiness::NotReady => ("NotReady", ""),
        Readiness::Silent => ("NotReady", ",silent"),
        Readiness::Unsaid => ("Unknown", ""),
    };
    if !node.unschedulable && silent.is_empty() && node.troubles.is_empty() {
        return ready.into();
    }
    let cordoned = if node.unschedulable { ",SchedulingDisabled" } else { "" };
    let troubles = join(node.troubles.iter());
    let comma = if troubles.is_empty() { "" } else { "," };
    format!("{ready}{cordoned}{silent}{comma}{troubles}").into()
}

/// How many pods are bound to it.
fn pods(inventory: &Inventory, row: &Row<'_>) -> usize {
    inventory.pods().on_node(row.id().session, row.name())
}

fn taints(node: &NodeFacts) -> Cow<'_, str> {
    let taints: Vec<_> = node
        .taints
        .iter()
        .map(|taint| {
            let equals = if taint.value.is_empty() { "" } else { "=" };
            format!("{}{equals}{}:{}", taint.key, taint.value, taint.effect)
        })
        .collect();
    taints.join(",").into()
}
