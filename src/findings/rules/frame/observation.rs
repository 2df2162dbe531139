//! What a rule saw.

use std::fmt;

use crate::inventory::RowId;
use crate::model::{Clean, SessionId};

use super::{Severity, Spec};

/// Something that a rule saw on one or more objects that belong together.
#[derive(Clone, Debug)]
pub struct Observation {
    /// The rule.
    pub rule: &'static Spec,
    /// How bad it is here.
    pub severity: Severity,
    /// The session on which it was seen.
    pub session: SessionId,
    /// What it is about.
    pub about: Topic,
    /// What was seen.
    pub saw: Clean,
    /// On which objects.
    pub on: Vec<Object>,
    /// Service accounts that have it from there, by namespace and name.
    pub accounts: Vec<(Clean, Clean)>,
}

/// What a sighting is about, as people name it: `Deployment shop/web`, `ClusterRoleBinding debug (ClusterRole view)`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Topic {
    /// The kind, as manifests write it; `User` where it is nobody's object.
    pub kind: Clean,
    /// The namespace, empty for kinds without one.
    pub namespace: Clean,
    /// The name.
    pub name: Clean,
    /// What else tells it: the role of a binding. Mostly empty.
    pub note: Clean,
}

impl Topic {
    /// Something by its kind, namespace and name.
    pub fn new(kind: impl Into<Clean>, namespace: impl Into<Clean>, name: impl Into<Clean>) -> Self {
        Self { kind: kind.into(), namespace: namespace.into(), name: name.into(), note: Clean::default() }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slash = if self.namespace.is_empty() { "" } else { "/" };
        write!(f, "{} {}{slash}{}", self.kind, self.namespace, self.name)?;
        if self.note.is_empty() { Ok(()) } else { write!(f, " ({})", self.note) }
    }
}

/// An object on which something was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Its identity. Bindings have no row in the inventory until somebody lists them.
    pub id: RowId,
    /// Its namespace, empty for kinds without one.
    pub namespace: Clean,
    /// Its name.
    pub name: Clean,
}
