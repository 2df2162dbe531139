//! Bindings as they stand in the cluster.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::{ActionError, Look, decode, list};
use super::GROUP;
use crate::kubernetes;
use crate::model::{Clean, Kind};

/// Who is bound.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// `User`, `Group` or `ServiceAccount`.
    pub kind: String,
    /// The name.
    pub name: String,
    /// The namespace of a service account.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub namespace: String,
}

impl Subject {
    /// A service account.
    pub fn account(namespace: &str, name: &str) -> Self {
        Self { kind: "ServiceAccount".to_owned(), name: name.to_owned(), namespace: namespace.to_owned() }
    }

    /// `User:NAME`, `Group:NAME` or `ServiceAccount:NAMESPACE/NAME`.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, name) = text.split_once(':')?;
        match kind {
            "User" | "Group" if !name.is_empty() => {
                Some(Self { kind: kind.to_owned(), name: name.to_owned(), namespace: String::new() })
            }
            "ServiceAccount" => name.split_once('/').map(|(namespace, name)| Self::account(namespace, name)),
            _ => None,
        }
    }

    /// The user name that the API server knows it by; none for a group.
    pub fn user(&self) -> Option<String> {
        match self.kind.as_str() {
            "User" => Some(self.name.clone()),
            "ServiceAccount" => Some(format!("system:serviceaccount:{}:{}", self.namespace, self.name)),
            _ => None,
        }
    }

    /// Whether two subjects are the same user or group: a service account is also a user of a certain name.
    pub fn is(&self, other: &Self) -> bool {
        match (self.user(), other.user()) {
            (Some(one), Some(two)) => one == two,
            (None, None) => self.name == other.name,
            _ => false,
        }
    }

    /// The groups that everybody of its kind is in.
    pub fn groups(&self) -> Vec<String> {
        match self.kind.as_str() {
            "ServiceAccount" => vec![
                "system:serviceaccounts".to_owned(),
                format!("system:serviceaccounts:{}", self.namespace),
                "system:authenticated".to_owned(),
            ],
            _ if self.name == "system:anonymous" || self.name == "system:unauthenticated" => {
                vec!["system:unauthenticated".to_owned()]
            }
            "Group" => vec![self.name.clone(), "system:authenticated".to_owned()],
            _ => vec!["system:authenticated".to_owned()],
        }
    }

    /// Whether anybody without a credential is meant.
    pub fn is_anonymous(&self) -> bool {
        matches!(
            (self.kind.as_str(), self.name.as_str()),
            ("User", "system:anonymous") | ("Group", "system:unauthenticated")
        )
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Clean::from(self.name.as_str());
        match self.kind.as_str() {
            "ServiceAccount" => write!(f, "ServiceAccount:{}/{name}", Clean::from(self.namespace.as_str())),
            kind => write!(f, "{}:{name}", Clean::from(kind)),
        }
    }
}

/// A RoleBinding or ClusterRoleBinding.
#[derive(Clone, Debug)]
pub struct Binding {
    /// Which of the two.
    pub kind: Kind,
    /// Its namespace, empty for a ClusterRoleBinding.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its identity.
    pub uid: String,
    /// `Role` or `ClusterRole`.
    pub role_kind: String,
    /// The role's name.
    pub role: String,
    /// Who is bound.
    pub subjects: Vec<Subject>,
    /// The whole object.
    pub object: Value,
}

impl Binding {
    /// Reads a binding; `None` where it is none.
    pub fn read(kind: Kind, object: Value) -> Option<Self> {
        let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        let subjects = object.pointer("/subjects").cloned().unwrap_or_else(|| Value::Array(Vec::new()));
        Some(Self {
            kind,
            namespace: text("/metadata/namespace"),
            name: text("/metadata/name"),
            uid: text("/metadata/uid"),
            role_kind: text("/roleRef/kind"),
            role: text("/roleRef/name"),
            subjects: serde_json::from_value(subjects).ok()?,
            object,
        })
    }

    /// Its path.
    pub fn path(&self) -> String {
        format!("{}/{}", self.kind.path_in(&self.namespace), self.name)
    }

    /// `ClusterRoleBinding web-reads-everything (ClusterRole view)`.
    pub fn title(&self) -> Clean {
        let slash = if self.namespace.is_empty() { "" } else { "/" };
        format!("{} {}{slash}{} ({} {})", self.kind, self.namespace, self.name, self.role_kind, self.role).into()
    }

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

/// The groups of a subject that bind it without naming it, with the bindings that do.
pub fn whoever<'a>(bindings: &'a [Binding], subject: &Subject) -> Vec<(&'a Binding, String)> {
    let groups = subject.groups();
    let through = |binding: &'a Binding| {
        let mut own = binding.subjects.iter().filter(|one| one.kind == "Group" && !one.is(subject));
        let group = own.find(|one| groups.contains(&one.name))?;
        Some((binding, group.name.clone()))
    };
    bindings.iter().filter_map(through).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_service_account_is_also_a_user() {
        let account = Subject::parse("ServiceAccount:shop/web").unwrap();
        assert!(account.is(&Subject::parse("User:system:serviceaccount:shop:web").unwrap()));
        assert!(!account.is(&Subject::parse("ServiceAccount:shop/api").unwrap()));
        assert!(!Subject::parse("Group:web").unwrap().is(&Subject::parse("User:web").unwrap()));
        assert_eq!(account.to_string(), "ServiceAccount:shop/web");
        for wrong in ["web", "User:", "ServiceAccount:web", "Role:x"] {
            assert!(Subject::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn what_a_group_gives_is_found() {
        let all = json!({"metadata": {"name": "all"}, "roleRef": {"kind": "ClusterRole", "name": "view"},
            "subjects": [{"kind": "Group", "name": "system:serviceaccounts:shop"}]});
        let bindings = [Binding::read(Kind::ClusterRoleBinding, all).unwrap()];
        assert_eq!(whoever(&bindings, &Subject::account("shop", "web")).len(), 1);
        assert_eq!(whoever(&bindings, &Subject::account("other", "web")).len(), 0);
    }
}
