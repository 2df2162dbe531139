//! Roles and bindings as `kubectl get` prints them.

use serde_json::Value;

use super::super::json::{items, text};
use super::age::age;
use super::{NAME, Table, wide, word};

/// Roles and ClusterRoles.
pub(super) const ROLE: Table = Table {
    columns: &[NAME, ("Created At", "date", "", 0)],
    cells: |object, _| vec![text(object, "/metadata/name").into(), text(object, "/metadata/creationTimestamp").into()],
};

/// RoleBindings and ClusterRoleBindings.
pub(super) const BINDING: Table = Table {
    columns: &[NAME, word("Role"), word("Age"), wide("Users"), wide("Groups"), wide("ServiceAccounts")],
    cells: |object, now| {
        vec![
            text(object, "/metadata/name").into(),
            format!("{}/{}", text(object, "/roleRef/kind"), text(object, "/roleRef/name")).into(),
            age(object, now),
            subjects(object, "User"),
            subjects(object, "Group"),
            subjects(object, "ServiceAccount"),
        ]
    },
};

fn subjects(object: &Value, kind: &str) -> Value {
    let of: Vec<String> = items(object, "/subjects")
        .iter()
        .filter(|subject| text(subject, "/kind") == kind)
        .map(|subject| match text(subject, "/namespace") {
            "" => text(subject, "/name").to_owned(),
            namespace => format!("{namespace}/{}", text(subject, "/name")),
        })
        .collect();
    of.join(", ").into()
}
