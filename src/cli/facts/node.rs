//! Facts of a node.

use serde_json::{Map, Value, json};

use crate::model::facts::{NodeFacts, Taint};

use super::text;

pub(super) fn add(item: &mut Map<String, Value>, node: &NodeFacts, pods: usize) {
    let taint = |taint: &Taint| json!({"key": taint.key, "value": text(&taint.value), "effect": taint.effect});
    for (field, value) in [
        ("ready", json!(node.ready.known())),
        ("unschedulable", node.unschedulable.into()),
        ("conditions", json!(node.troubles)),
        ("instanceId", text(&node.instance_id)),
        ("providerID", text(&node.provider_id)),
        ("nodeKind", node.kind.word().into()),
        ("group", text(&node.group)),
        ("zone", text(&node.zone)),
        ("instanceType", text(&node.instance_type)),
        ("internalIP", json!(node.internal_ip)),
        ("osImage", text(&node.os_image)),
        ("kernelVersion", text(&node.kernel)),
        ("containerRuntimeVersion", text(&node.runtime)),
        ("kubeletVersion", text(&node.kubelet)),
        ("architecture", text(&node.architecture)),
        ("taints", node.taints.iter().map(taint).collect()),
        ("pods", pods.into()),
    ] {
        item.insert(field.into(), value);
    }
}
