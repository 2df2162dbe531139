//! Who owns a pod, who stands beside it, and what it may do.

use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use kube::core::Selector;
use serde_json::Value;

use super::super::frame::rbac::{Binding, GROUP, Subject, whoever};
use super::super::frame::{ActionError, Look, controller, decode, field, meta_of};
use crate::kubernetes;
use crate::model::Kind;

/// Owners above owners that are followed; a chain that is longer is a loop.
const HIGHEST: usize = 8;

/// The owners of a pod, from the one that controls it to the last.
#[derive(Default)]
pub struct Owners {
    /// Their paths.
    pub paths: Vec<String>,
    /// Their UIDs, of those that are still there.
    pub uids: Vec<String>,
    /// What the first of them selects its pods by: `app=web,tier in (front)`.
    pub selector: Option<String>,
}

impl Owners {
    /// Follows the owners. One of a kind that podmortem does not know ends the chain; the object below it names it.
    pub async fn of(look: &dyn Look, namespace: &str, pod: &Pod) -> Result<Self, ActionError> {
        let mut owners = Self::default();
        let mut owner = controller(&pod.metadata).cloned();
        while let Some(above) = owner.take() {
            let kind =
                Kind::ALL.into_iter().find(|kind| kind.name() == above.kind && kind.api_version() == above.api_version);
            let Some(kind) = kind.filter(|_| owners.paths.len() < HIGHEST) else { break };
            let path = format!("{}/{}", kind.path_in(namespace), above.name);
            match look.get(&path).await {
                Err(kubernetes::Error::NotFound { .. } | kubernetes::Error::Forbidden { .. }) => {}
                read => {
                    let object: Value = decode(&path, &read?)?;
                    owner = controller(&meta_of(&object)).cloned();
                    if owners.paths.is_empty() {
                        owners.selector = selector(field(&object, "/spec/selector"));
                    }
                    owners.uids.push(above.uid.clone());
                }
            }
            owners.paths.push(path);
        }
        Ok(owners)
    }
}

/// A selector as a query takes it; none where there is none, or where it would select everything.
fn selector(value: &Value) -> Option<String> {
    let selector: LabelSelector = serde_json::from_value(value.clone()).ok()?;
    let selector = Selector::try_from(selector).ok()?;
    (!selector.selects_all()).then(|| selector.to_string())
}

/// The bindings that give a service account rights, by name or by a group of everybody's, and their roles.
pub fn rights(bindings: &[Binding], namespace: &str, account: &str) -> Vec<String> {
    let subject = Subject::account(namespace, account);
    let named = bindings.iter().filter(|binding| binding.subjects.iter().any(|one| one.is(&subject)));
    let grouped = whoever(bindings, &subject).into_iter().map(|(binding, _)| binding);
    let mut paths = Vec::new();
    for binding in named.chain(grouped) {
        let role = match binding.role_kind.as_str() {
            "Role" => format!("/apis/{GROUP}/v1/namespaces/{}/roles/{}", binding.namespace, binding.role),
            _ => format!("/apis/{GROUP}/v1/clusterroles/{}", binding.role),
        };
        for path in [binding.path(), role] {
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
    }
    paths
}

/// The images of a pod's containers as the runtime resolved them, digests included.
pub fn images(pod: &Pod) -> Vec<Value> {
    let Some(status) = &pod.status else { return Vec::new() };
    let init = status.init_container_statuses.iter().flatten();
    let main = status.container_statuses.iter().flatten();
    let ephemeral = status.ephemeral_container_statuses.iter().flatten();
    let all = init.chain(main).chain(ephemeral);
    all.map(|one| serde_json::json!({"container": one.name, "image": one.image, "id": one.image_id})).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn siblings_are_found_by_the_owners_selector() {
        let found = selector(&json!({"matchLabels": {"app": "web"}})).unwrap();
        assert_eq!(kubernetes::escaped(&found), "app%3Dweb");
        assert_eq!(selector(&json!({})), None);
        assert_eq!(selector(&json!(null)), None);
    }

    #[test]
    fn rights_are_those_of_the_account_and_of_its_groups() {
        let binding = |name: &str, subject: Value| {
            let object = json!({"metadata": {"name": name}, "roleRef": {"kind": "ClusterRole", "name": "view"},
                "subjects": [subject]});
            Binding::read(Kind::ClusterRoleBinding, object).unwrap()
        };
        let bindings = [
            binding("named", json!({"kind": "ServiceAccount", "name": "web", "namespace": "shop"})),
            binding("grouped", json!({"kind": "Group", "name": "system:serviceaccounts:shop"})),
            binding("other", json!({"kind": "ServiceAccount", "name": "api", "namespace": "shop"})),
        ];
        let paths = rights(&bindings, "shop", "web");
        assert_eq!(paths.len(), 3, "{paths:?}");
        assert!(paths.iter().any(|path| path.ends_with("/clusterroles/view")));
    }
}
