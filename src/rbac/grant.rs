//! Every binding and role of a cluster, and what they give to somebody.

use std::collections::BTreeMap;

use super::{Binding, Role, Rule, Subject};
use crate::model::Clean;

/// What a cluster's authorizer goes by, as far as it could be read. What EKS access
/// policies and the group `system:masters` give stands in no binding.
#[derive(Clone, Debug, Default)]
pub struct Rights {
    /// Every binding.
    pub bindings: Vec<Binding>,
    /// What could not be read, and why.
    pub unread: Vec<(Clean, Clean)>,
    /// When they were read, in seconds since 1970.
    pub at: i64,
    roles: BTreeMap<(String, String), Role>,
}

/// What a binding gives to somebody.
#[derive(Clone, Copy, Debug)]
pub struct Grant<'a> {
    /// The binding.
    pub binding: &'a Binding,
    /// Its role; `None` where it is gone, or could not be read.
    pub role: Option<&'a Role>,
    /// The group through which it holds, where the subject itself is not named.
    pub group: Option<&'a str>,
}

impl<'a> Grant<'a> {
    /// The namespace in which it holds, empty for the whole cluster.
    pub fn namespace(&self) -> &'a str {
        &self.binding.namespace
    }

    /// What is allowed.
    pub fn rules(&self) -> &'a [Rule] {
        self.role.map_or(&[], |role| &role.rules)
    }

    /// `ClusterRoleBinding web-reads-everything (ClusterRole view), as every service account of shop`.
    pub fn by(&self) -> Clean {
        match self.group {
            None => self.binding.title(),
            Some(group) => format!("{}, through the group {}", self.binding.title(), Clean::from(group)).into(),
        }
    }

    /// `everywhere` or `in shop`.
    pub fn place(&self) -> Clean {
        if self.namespace().is_empty() { "everywhere".into() } else { format!("in {}", self.namespace()).into() }
    }
}

impl Rights {
    /// Bindings and the roles that they name.
    pub fn new(bindings: Vec<Binding>, roles: impl IntoIterator<Item = Role>, at: i64) -> Self {
        let roles = roles.into_iter().map(|role| ((role.namespace.clone(), role.name.clone()), role)).collect();
        Self { bindings, unread: Vec::new(), at, roles }
    }

    /// The role of a binding.
    pub fn role_of(&self, binding: &Binding) -> Option<&Role> {
        let namespace = if binding.role_kind == "Role" { binding.namespace.as_str() } else { "" };
        self.roles.get(&(namespace.to_owned(), binding.role.clone()))
    }

    /// A binding as what it gives.
    pub fn grant<'a>(&'a self, binding: &'a Binding) -> Grant<'a> {
        Grant { binding, role: self.role_of(binding), group: None }
    }

    /// Everything that is given to somebody, by name or through a group that everybody of their kind is in.
    pub fn of<'a>(&'a self, subject: &Subject) -> Vec<Grant<'a>> {
        let groups = subject.groups();
        let to_them = |binding: &'a Binding| {
            let named = binding.subjects.iter().any(|one| one.is(subject));
            let group = || {
                binding
                    .subjects
                    .iter()
                    .find(|one| one.kind == "Group" && groups.contains(&one.name))
                    .map(|one| &*one.name)
            };
            let group = if named { None } else { Some(group()?) };
            Some(Grant { group, ..self.grant(binding) })
        };
        self.bindings.iter().filter_map(to_them).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::Kind;

    #[test]
    fn rights_come_by_name_and_by_group_with_their_roles() {
        let binding = |kind, name: &str, namespace: &str, role: serde_json::Value, subject: serde_json::Value| {
            let metadata = json!({"name": name, "namespace": namespace});
            Binding::read(kind, json!({"metadata": metadata, "roleRef": role, "subjects": [subject]})).unwrap()
        };
        let web = json!({"kind": "ServiceAccount", "name": "web", "namespace": "shop"});
        let all = json!({"kind": "Group", "name": "system:serviceaccounts:shop"});
        let role = |namespace: &str, name: &str| {
            let rules = json!([{"verbs": ["get"], "apiGroups": [""], "resources": ["secrets"]}]);
            Role::read(&json!({"metadata": {"name": name, "namespace": namespace}, "rules": rules})).unwrap()
        };
        let rights = Rights::new(
            vec![
                binding(Kind::ClusterRoleBinding, "a", "", json!({"kind": "ClusterRole", "name": "r"}), web.clone()),
                binding(Kind::RoleBinding, "b", "shop", json!({"kind": "Role", "name": "r"}), all),
                binding(Kind::RoleBinding, "c", "other", json!({"kind": "ClusterRole", "name": "gone"}), web),
            ],
            [role("", "r"), role("shop", "r"), role("other", "gone")],
            7,
        );
        let grants = rights.of(&Subject::account("shop", "web"));
        let told: Vec<_> =
            grants.iter().map(|grant| (grant.place().to_string(), grant.group, grant.rules().len())).collect();
        let group = Some("system:serviceaccounts:shop");
        assert_eq!(told, [("everywhere".into(), None, 1), ("in shop".into(), group, 1), ("in other".into(), None, 0)]);
        assert_eq!(rights.of(&Subject::account("shop", "api")).len(), 1);
        assert!(rights.of(&Subject::account("else", "web")).is_empty());
    }
}
