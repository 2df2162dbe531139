//! Facts of a pod.

use serde_json::{Map, Value, json};

use crate::inventory::Pod;
use crate::model::facts::{ContainerFacts, ContainerRole};

use super::{owner, text, time};

pub(super) fn add(item: &mut Map<String, Value>, pod: Pod<'_>) {
    let workload = pod.workload().map_or(Value::Null, |(kind, name)| json!({"kind": kind, "name": name}));
    let main = pod
        .containers()
        .iter()
        .filter(|container| matches!(container.role, ContainerRole::Main | ContainerRole::Sidecar))
        .count();
    for (field, value) in [
        ("status", text(pod.status())),
        ("ready", pod.ready().into()),
        ("readyOf", main.into()),
        ("restarts", pod.restarts().into()),
        ("node", text(pod.node())),
        ("serviceAccount", text(pod.service_account())),
        ("ips", json!(pod.ips())),
        ("containers", pod.containers().iter().map(container).collect()),
        ("owner", owner(pod.owner())),
        ("workload", workload),
        ("security", pod.security().names().collect()),
        ("gone", time(pod.gone())),
    ] {
        item.insert(field.into(), value);
    }
}

fn container(container: &ContainerFacts) -> Value {
    json!({
        "name": container.name,
        "image": container.image,
        "imageID": text(&container.image_id),
        "role": match container.role {
            ContainerRole::Main => "main",
            ContainerRole::Init => "init",
            ContainerRole::Sidecar => "sidecar",
            ContainerRole::Ephemeral => "ephemeral",
        },
    })
}
