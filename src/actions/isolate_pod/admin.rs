//! N2, from above: the VPC CNI's cluster-wide policy, which no namespace's policy outvotes.
//!
//! `networking.k8s.aws/v1alpha1 ClusterNetworkPolicy`, Kubernetes 1.29 and VPC CNI 1.21.1
//! or later. Its ingress knows pods as peers and no addresses, so the policy of the
//! namespace stands beside it.

use serde_json::{Value, json};

use super::super::frame::{ActionError, Look, MANAGER, decode, list};
use super::policy::{Isolation, TARGET};
use crate::kubernetes;
use crate::model::Call;

/// The collection.
const PATH: &str = "/apis/networking.k8s.aws/v1alpha1/clusternetworkpolicies";

/// Where it is created.
pub fn create_path() -> String {
    format!("{PATH}?fieldManager={MANAGER}")
}

/// Where it is.
pub fn path(isolation: &Isolation) -> String {
    format!("{PATH}/{}", isolation.name())
}

/// The policy of one pod. Priority 0 is the first to be heard.
pub fn manifest(isolation: &Isolation, namespace: &str, uid: &str) -> Value {
    json!({
        "apiVersion": "networking.k8s.aws/v1alpha1",
        "kind": "ClusterNetworkPolicy",
        "metadata": {"name": isolation.name(), "labels": isolation.labels()},
        "spec": {
            "tier": "Admin",
            "priority": 0,
            "subject": {"pods": {
                "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
                "podSelector": {"matchLabels": {TARGET: uid}},
            }},
            "ingress": [{"name": "nothing-in", "action": "Deny", "from": [{"namespaces": {}}]}],
            "egress": [{"name": "nothing-out", "action": "Deny", "to": [{"networks": ["0.0.0.0/0", "::/0"]}]}],
        },
    })
}

/// The policies of this kind that podmortem has made, where they are served and can be read.
pub async fn ours(look: &dyn Look) -> Result<Vec<Value>, ActionError> {
    let path = format!("{PATH}?labelSelector=app.kubernetes.io%2Fmanaged-by%3D{MANAGER}");
    match list(look, &path).await {
        Err(ActionError::Cluster(kubernetes::Error::NotFound { .. } | kubernetes::Error::Forbidden { .. })) => {
            Ok(Vec::new())
        }
        read => read,
    }
}

/// The policy among those that has the name of a manifest, and whether it denies what that denies.
pub fn is_there(ours: &[Value], manifest: &Value) -> Option<bool> {
    let name = manifest.pointer("/metadata/name");
    let there = ours.iter().find(|policy| policy.pointer("/metadata/name") == name)?;
    Some(there.get("spec") == manifest.get("spec"))
}

/// Whether a call creates or deletes such a policy.
pub fn is_admin(call: &Call) -> bool {
    call.path.starts_with(PATH)
}

/// UID and version of the policy of that name, where it is there.
pub async fn found(look: &dyn Look, isolation: &Isolation) -> Result<Option<(String, String)>, ActionError> {
    let path = path(isolation);
    let read: Value = match look.get(&path).await {
        Err(kubernetes::Error::NotFound { .. }) => return Ok(None),
        read => decode(&path, &read?)?,
    };
    let text = |pointer: &str| read.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(Some((text("/metadata/uid"), text("/metadata/resourceVersion"))))
}
