//! A node as the API server sends it.

use serde::Deserialize;

use super::Broken;
use super::meta::{MetaWire, Pairs};
use super::text::{Text, nullable};
use crate::model::Clean;
use crate::model::facts::{Facts, NodeFacts, NodeKind, Readiness, Taint};

#[derive(Default, Deserialize)]
#[serde(default)]
struct NodeWire<'a> {
    #[serde(borrow)]
    metadata: MetaWire<'a>,
    #[serde(borrow)]
    spec: SpecWire<'a>,
    #[serde(borrow)]
    status: StatusWire<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SpecWire<'a> {
    #[serde(rename = "providerID", borrow)]
    provider_id: Text<'a>,
    #[serde(deserialize_with = "nullable")]
    unschedulable: bool,
    #[serde(borrow, deserialize_with = "nullable")]
    taints: Vec<TaintWire<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TaintWire<'a> {
    #[serde(borrow)]
    key: Text<'a>,
    #[serde(borrow)]
    value: Text<'a>,
    #[serde(borrow)]
    effect: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct StatusWire<'a> {
    #[serde(borrow)]
    node_info: InfoWire<'a>,
    #[serde(borrow, deserialize_with = "nullable")]
    addresses: Vec<TypedWire<'a>>,
    #[serde(borrow, deserialize_with = "nullable")]
    conditions: Vec<TypedWire<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct InfoWire<'a> {
    #[serde(borrow)]
    os_image: Text<'a>,
    #[serde(borrow)]
    kernel_version: Text<'a>,
    #[serde(borrow)]
    container_runtime_version: Text<'a>,
    #[serde(borrow)]
    kubelet_version: Text<'a>,
    #[serde(borrow)]
    architecture: Text<'a>,
}

/// An address or a condition: both have a type.
#[derive(Default, Deserialize)]
#[serde(default)]
struct TypedWire<'a> {
    #[serde(rename = "type", borrow)]
    kind: Text<'a>,
    #[serde(borrow)]
    address: Text<'a>,
    #[serde(borrow)]
    status: Text<'a>,
}

/// Reads a node from JSON.
pub fn from_json(json: &str) -> Result<Facts, Broken> {
    let node: NodeWire<'_> = serde_json::from_str(json).map_err(|_| Broken::Form)?;
    let (labels, spec, info) = (&node.metadata.labels, &node.spec, &node.status.node_info);
    let conditions = &node.status.conditions;
    let ready = match conditions.iter().find(|one| &*one.kind == "Ready").map(|one| &*one.status) {
        Some("True") => Readiness::Ready,
        Some("False") => Readiness::NotReady,
        Some(_) => Readiness::Silent,
        None => Readiness::Unsaid,
    };
    let instance_id = spec.provider_id.rsplit('/').next().filter(|last| last.starts_with("i-")).unwrap_or_default();
    let address = node.status.addresses.iter().find(|one| &*one.kind == "InternalIP");
    Ok(Facts::Node(Box::new(NodeFacts {
        meta: node.metadata.meta()?,
        instance_id: Clean::from(instance_id),
        provider_id: Clean::from(&*spec.provider_id),
        zone: Clean::from(labels.get("topology.kubernetes.io/zone")),
        instance_type: Clean::from(labels.get("node.kubernetes.io/instance-type")),
        kind: kind(&node.metadata.name, &spec.provider_id, labels),
        group: Clean::from(group(labels)),
        os_image: Clean::from(&*info.os_image),
        kernel: Clean::from(&*info.kernel_version),
        runtime: Clean::from(&*info.container_runtime_version),
        kubelet: Clean::from(&*info.kubelet_version),
        architecture: Clean::from(&*info.architecture),
        internal_ip: address.and_then(|one| one.address.parse().ok()),
        unschedulable: spec.unschedulable,
        taints: spec.taints.iter().map(TaintWire::taint).collect(),
        ready,
        troubles: conditions
            .iter()
            .filter(|one| &*one.kind != "Ready" && &*one.status == "True")
            .map(|one| Clean::from(&*one.kind))
            .collect(),
    })))
}

/// Labels that say who made a node: those of EKS, of Karpenter and of eksctl.
fn group<'a>(labels: &'a Pairs<'_>) -> &'a str {
    ["eks.amazonaws.com/nodegroup", "karpenter.sh/nodepool", "alpha.eksctl.io/nodegroup-name"]
        .into_iter()
        .map(|label| labels.get(label))
        .find(|value| !value.is_empty())
        .unwrap_or_default()
}

/// Sources: <https://docs.aws.amazon.com/eks/latest/userguide/eks-compute.html>; Fargate's nodes
/// are named `fargate-…` and hybrid nodes have provider ids `eks-hybrid:///…`.
fn kind(name: &str, provider_id: &str, labels: &Pairs<'_>) -> NodeKind {
    match labels.get("eks.amazonaws.com/compute-type") {
        "fargate" => NodeKind::Fargate,
        "auto" => NodeKind::Auto,
        "hybrid" => NodeKind::Hybrid,
        _ if name.starts_with("fargate-") => NodeKind::Fargate,
        _ if provider_id.starts_with("eks-hybrid:") => NodeKind::Hybrid,
        _ if !labels.get("eks.amazonaws.com/nodegroup").is_empty() => NodeKind::Managed,
        _ if provider_id.starts_with("aws:") => NodeKind::SelfManaged,
        _ => NodeKind::Other,
    }
}

impl TaintWire<'_> {
    fn taint(&self) -> Taint {
        Taint { key: Clean::from(&*self.key), value: Clean::from(&*self.value), effect: Clean::from(&*self.effect) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn node(name: &str, provider: &str, labels: Value) -> NodeFacts {
        let uid = "0b5e8f8e-4a3c-4c86-9d3e-2f3b1c0a9d11";
        let json = json!({"metadata": {"name": name, "uid": uid, "labels": labels}, "spec": {"providerID": provider},
            "status": {"conditions": [{"type": "Ready", "status": "Unknown"}, {"type": "DiskPressure", "status": "True"}]}});
        match from_json(&json.to_string()) {
            Ok(Facts::Node(node)) => *node,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_runs_a_node_is_told_by_its_labels_and_provider() {
        let aws = "aws:///eu-west-1a/i-0123456789abcdef0";
        for (name, provider, labels, kind, group) in [
            ("ip-1", aws, json!({"eks.amazonaws.com/nodegroup": "blue"}), NodeKind::Managed, "blue"),
            ("ip-1", aws, json!({"karpenter.sh/nodepool": "spot"}), NodeKind::SelfManaged, "spot"),
            (
                "ip-1",
                aws,
                json!({"eks.amazonaws.com/compute-type": "auto", "karpenter.sh/nodepool": "system"}),
                NodeKind::Auto,
                "system",
            ),
            ("fargate-ip-1", "aws:///eu-west-1a/1234/fargate-ip-1", json!({}), NodeKind::Fargate, ""),
            ("mi-1", "eks-hybrid:///eu-west-1/shop/mi-1", json!({}), NodeKind::Hybrid, ""),
            ("kind", "kind://docker/kind/kind", Value::Null, NodeKind::Other, ""),
        ] {
            let node = node(name, provider, labels);
            assert_eq!((node.kind, &*node.group), (kind, group), "{provider}");
        }
    }

    #[test]
    fn an_instance_is_the_last_part_of_a_provider_id() {
        let managed = node("ip-1", "aws:///eu-west-1a/i-0123456789abcdef0", json!({}));
        assert_eq!(managed.instance_id, "i-0123456789abcdef0");
        assert_eq!(node("f", "aws:///eu-west-1a/1234/fargate-ip-1", json!({})).instance_id, "");
        assert_eq!(managed.ready, Readiness::Silent);
        assert_eq!(managed.troubles, ["DiskPressure"]);
    }
}
