//! Roles as they stand in the cluster.

use serde_json::Value;

use super::Rule;
use crate::model::Clean;

/// A Role or ClusterRole. The rules of an aggregated ClusterRole are those that the cluster has filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its namespace, empty for a ClusterRole.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its identity.
    pub uid: Clean,
    /// What it allows.
    pub rules: Vec<Rule>,
}

impl Role {
    /// Reads a role; `None` where it has no name.
    pub fn read(object: &Value) -> Option<Self> {
        let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let rules = object.pointer("/rules").and_then(Value::as_array).into_iter().flatten();
        let name = text("/metadata/name");
        (!name.is_empty()).then(|| Self {
            namespace: text("/metadata/namespace").to_owned(),
            name: name.to_owned(),
            uid: text("/metadata/uid").into(),
            rules: rules.map(Rule::read).collect(),
        })
    }
}
