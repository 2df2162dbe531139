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
        let owners = self.metadata.owner_references.iter().flatten();
        owners.into_iter().find(|owner| owner.controller == Some(true)).map(|owner| owner.uid.as_str())
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
