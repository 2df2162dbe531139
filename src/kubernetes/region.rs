//! The AWS Region that a cluster is in.

use serde_json::Value;

use super::read::Read;
use crate::model::Clean;

/// Nodes that are looked at.
const NODES: usize = 5;

impl Read {
    /// The Region: from the configuration (an ARN, EKS's host name, the credential stanza), or
    /// else from what its nodes say. `None` where neither tells.
    pub async fn region(&self) -> Option<Clean> {
        if let Some(region) = self.cluster().entry().region() {
            return Some(region.clone());
        }
        let nodes = self.get_path(&format!("/api/v1/nodes?limit={NODES}")).await.ok()?;
        of_nodes(&serde_json::from_slice(&nodes).ok()?)
    }
}

/// What the first node that says anything says: its label, or the zone of its label or `providerID`.
fn of_nodes(list: &Value) -> Option<Clean> {
    list.get("items")?.as_array()?.iter().find_map(|node| {
        let label = |name: &str| node.get("metadata")?.get("labels")?.get(name)?.as_str();
        let provider = node.pointer("/spec/providerID").and_then(Value::as_str).unwrap_or_default();
        let zone = provider.strip_prefix("aws:///").and_then(|rest| rest.split('/').next());
        let region = label("topology.kubernetes.io/region").filter(|region| !region.is_empty());
        let of_zone = || label("topology.kubernetes.io/zone").or(zone).and_then(of_zone);
        region.map(str::to_owned).or_else(of_zone).map(Clean::from)
    })
}

/// `eu-central-1` of `eu-central-1a`; also of local zones (`us-east-1-bos-1a`).
fn of_zone(zone: &str) -> Option<String> {
    let mut region: Vec<&str> = Vec::new();
    for part in zone.split('-') {
        let digits = part.len() - part.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
        if digits > 0 {
            region.push(part.get(..digits)?);
            return (region.len() > 2).then(|| region.join("-"));
        }
        region.push(part);
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_zone_lies_in_its_region() {
        for (zone, region) in [
            ("eu-central-1a", Some("eu-central-1")),
            ("us-gov-west-1b", Some("us-gov-west-1")),
            ("us-east-1-bos-1a", Some("us-east-1")),
            ("us-east-1-wl1-bos-wlz-1", Some("us-east-1")),
            ("kind", None),
            ("", None),
            ("1a", None),
        ] {
            assert_eq!(of_zone(zone).as_deref(), region, "{zone}");
        }
    }

    #[test]
    fn the_first_node_that_says_anything_counts() {
        let node =
            |labels: Value, provider: &str| json!({"metadata": {"labels": labels}, "spec": {"providerID": provider}});
        let list = |items: Vec<Value>| of_nodes(&json!({"items": items}));
        let labelled = node(json!({"topology.kubernetes.io/region": "ap-south-1"}), "aws:///us-east-1a/i-1");
        assert_eq!(list(vec![node(json!({}), "kind://x"), labelled]).unwrap(), "ap-south-1");
        assert_eq!(list(vec![node(json!({}), "aws:///us-east-1a/i-1")]).unwrap(), "us-east-1");
        assert_eq!(list(vec![node(json!({}), "")]), None);
    }
}
