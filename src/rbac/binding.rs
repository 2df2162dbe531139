//! Bindings as they stand in the cluster.

use serde_json::Value;

use super::Subject;
use crate::model::{Clean, Kind};

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
        let subjects = object.pointer("/subjects").filter(|subjects| !subjects.is_null()).cloned();
        let subjects = subjects.unwrap_or_else(|| Value::Array(Vec::new()));
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

    /// Whether it is one of those that every API server makes for itself
    /// (<https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings>).
    /// Anybody who may change bindings can also set the label, so that it is believed only of names that no
    /// workload has.
    pub fn is_built_in(&self) -> bool {
        let label = self.object.pointer("/metadata/labels/kubernetes.io~1bootstrapping").and_then(Value::as_str);
        let system = self.name == "cluster-admin" || self.name.starts_with("system:");
        label == Some("rbac-defaults") && system
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
    fn what_a_group_gives_is_found() {
        let all = json!({"metadata": {"name": "all"}, "roleRef": {"kind": "ClusterRole", "name": "view"},
            "subjects": [{"kind": "Group", "name": "system:serviceaccounts:shop"}]});
        let bindings = [Binding::read(Kind::ClusterRoleBinding, all).unwrap()];
        assert_eq!(whoever(&bindings, &Subject::account("shop", "web")).len(), 1);
        assert_eq!(whoever(&bindings, &Subject::account("other", "web")).len(), 0);
    }
}
