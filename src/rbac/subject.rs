//! Who can be given rights.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::Clean;

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
        match (self.as_account(), other.as_account()) {
            (Some(one), Some(two)) => one == two,
            (None, None) => (self.kind == "User") == (other.kind == "User") && self.name == other.name,
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
            "User" if self.as_account().is_some() => {
                let (namespace, name) = self.as_account().unwrap_or_default();
                Self::account(namespace, name).groups()
            }
            "User" if self.name.starts_with("system:node:") => {
                vec!["system:nodes".to_owned(), "system:authenticated".to_owned()]
            }
            _ => vec!["system:authenticated".to_owned()],
        }
    }

    /// A node, by the user that its kubelet is.
    /// <https://kubernetes.io/docs/reference/access-authn-authz/node/>
    pub fn node(name: &str) -> Self {
        Self { kind: "User".to_owned(), name: format!("system:node:{name}"), namespace: String::new() }
    }

    /// The service account that it is, however it is written: namespace and name.
    pub fn as_account(&self) -> Option<(&str, &str)> {
        match self.kind.as_str() {
            "ServiceAccount" => Some((&self.namespace, &self.name)),
            "User" => self.name.strip_prefix("system:serviceaccount:")?.split_once(':'),
            _ => None,
        }
    }

    /// Whether it is a part of the control plane or of the nodes: a user or a group that no person and no workload is.
    pub fn is_system(&self) -> bool {
        match self.as_account() {
            Some((namespace, _)) => namespace == "kube-system",
            None => {
                let everybody = ["system:anonymous", "system:unauthenticated", "system:authenticated"];
                self.name.starts_with("system:")
                    && !self.name.starts_with("system:serviceaccounts")
                    && !everybody.contains(&self.name.as_str())
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_account_is_also_a_user() {
        let account = Subject::parse("ServiceAccount:shop/web").unwrap();
        assert!(account.is(&Subject::parse("User:system:serviceaccount:shop:web").unwrap()));
        assert!(!account.is(&Subject::parse("ServiceAccount:shop/api").unwrap()));
        assert!(!Subject::parse("Group:web").unwrap().is(&Subject::parse("User:web").unwrap()));
        assert_eq!(account.to_string(), "ServiceAccount:shop/web");
        let user = Subject::parse("User:system:serviceaccount:shop:web").unwrap();
        assert_eq!((user.as_account(), user.groups()), (Some(("shop", "web")), account.groups()));
        assert_eq!(Subject::node("n1").groups(), ["system:nodes", "system:authenticated"]);
        for wrong in ["web", "User:", "ServiceAccount:web", "Role:x"] {
            assert!(Subject::parse(wrong).is_none(), "{wrong}");
        }
    }
}
