//! RoleBindings and ClusterRoleBindings.

use serde::Deserialize;

use super::super::Broken;
use super::super::text::{Text, nullable};
use super::parse;
use crate::model::Clean;
use crate::model::facts::Shape;

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct BindingWire<'a> {
    #[serde(borrow, deserialize_with = "nullable")]
    role_ref: RoleWire<'a>,
    #[serde(borrow, deserialize_with = "nullable")]
    subjects: Vec<SubjectWire<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RoleWire<'a> {
    #[serde(borrow)]
    kind: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SubjectWire<'a> {
    #[serde(borrow)]
    kind: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    namespace: Text<'a>,
}

/// A binding of either kind.
pub fn binding(json: &str) -> Result<Shape, Broken> {
    let BindingWire { role_ref, subjects } = parse(json)?;
    let subject = |one: &SubjectWire<'_>| {
        let slash = if one.namespace.is_empty() { "" } else { "/" };
        Clean::from(format!("{}:{}{slash}{}", &*one.kind, &*one.namespace, &*one.name))
    };
    Ok(Shape::Binding {
        role: Clean::from(format!("{}/{}", &*role_ref.kind, &*role_ref.name)),
        subjects: subjects.iter().map(subject).collect(),
    })
}
