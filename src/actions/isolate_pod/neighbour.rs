//! A pod as far as it matters to those beside it.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use serde::Deserialize;

use crate::model::Clean;

/// A pod of a namespace. A namespace has thousands, and most of each (`managedFields` above all) is passed over.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Neighbour {
    metadata: Meta,
    spec: Spec,
    status: Status,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Meta {
    name: String,
    uid: String,
    labels: Option<BTreeMap<String, String>>,
    owner_references: Option<Vec<OwnerReference>>,
    deletion_timestamp: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Spec {
    node_name: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Status {
    conditions: Option<Vec<Condition>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Condition {
    #[serde(rename = "type")]
    kind: String,
    status: String,
}

impl Neighbour {
    /// Its name, for a sentence.
    pub fn name(&self) -> Clean {
        self.metadata.name.as_str().into()
    }

    /// Its UID, as it is written.
    pub fn uid(&self) -> &str {
        &self.metadata.uid
    }

    /// The value of a label.
    pub fn label(&self, key: &str) -> Option<&str> {
        self.metadata.labels.as_ref()?.get(key).map(String::as_str)
    }

    /// UID of the owner that controls it.
    pub fn owner(&self) -> Option<&str> {
        let mut owners = self.metadata.owner_references.iter().flatten();
        owners.find(|owner| owner.controller == Some(true)).map(|owner| owner.uid.as_str())
    }

    /// Its node.
    pub fn node(&self) -> Option<&str> {
        self.spec.node_name.as_deref()
    }

    /// Whether services send traffic to it: it is ready, and not on its way out.
    pub fn is_ready(&self) -> bool {
        let mut conditions = self.status.conditions.iter().flatten();
        self.metadata.deletion_timestamp.is_none() && conditions.any(|one| one.kind == "Ready" && one.status == "True")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_matters_is_read_and_the_rest_passed_over() {
        let owner = |controls: bool, uid: &str| json!({"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web", "uid": uid, "controller": controls});
        let mut pod = json!({
            "metadata": {"name": "web-1", "uid": "u1", "labels": {"app": "web"}, "managedFields": [{"fieldsV1": {"f:x": {}}}],
                "ownerReferences": [owner(false, "other"), owner(true, "set")]},
            "spec": {"nodeName": "n1", "containers": [{"name": "main"}]},
            "status": {"conditions": [{"type": "Initialized", "status": "True"}, {"type": "Ready", "status": "True"}]},
        });
        let read: Neighbour = serde_json::from_value(pod.clone()).unwrap();
        assert_eq!((&*read.name(), read.uid(), read.node(), read.owner()), ("web-1", "u1", Some("n1"), Some("set")));
        assert_eq!((read.label("app"), read.label("tier"), read.is_ready()), (Some("web"), None, true));
        pod["metadata"]["deletionTimestamp"] = json!("2026-11-28T03:12:00Z");
        assert!(!serde_json::from_value::<Neighbour>(pod).unwrap().is_ready(), "it is on its way out");
        let bare =
            json!({"metadata": {"name": "x", "uid": "u", "labels": null}, "spec": {}, "status": {"conditions": null}});
        let bare: Neighbour = serde_json::from_value(bare).unwrap();
        assert_eq!((bare.owner(), bare.node(), bare.is_ready()), (None, None, false));
    }
}
