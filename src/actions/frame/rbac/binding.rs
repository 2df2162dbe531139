//! Bindings and their roles, as actions read them.

use serde_json::Value;

use super::super::{ActionError, Look, decode, list};
use super::GROUP;
use crate::kubernetes;
use crate::model::Kind;
use crate::rbac::Binding;

impl Binding {
    /// The rules of its role; none where the role is gone or cannot be read.
    pub async fn rules(&self, look: &dyn Look) -> Result<Vec<Value>, ActionError> {
        let name = &self.role;
        let path = match self.role_kind.as_str() {
            "Role" => format!("/apis/{GROUP}/v1/namespaces/{}/roles/{name}", self.namespace),
            _ => format!("/apis/{GROUP}/v1/clusterroles/{name}"),
        };
        match look.get(&path).await {
            Err(kubernetes::Error::NotFound { .. } | kubernetes::Error::Forbidden { .. }) => Ok(Vec::new()),
            read => {
                let role: Value = decode(&path, &read?)?;
                Ok(role.pointer("/rules").and_then(Value::as_array).cloned().unwrap_or_default())
            }
        }
    }
}

/// Every binding of the cluster.
pub async fn bindings(look: &dyn Look) -> Result<Vec<Binding>, ActionError> {
    let mut all = Vec::new();
    for kind in [Kind::ClusterRoleBinding, Kind::RoleBinding] {
        let objects: Vec<Value> = list(look, &kind.path()).await?;
        all.extend(objects.into_iter().filter_map(|object| Binding::read(kind, object)));
    }
    Ok(all)
}
