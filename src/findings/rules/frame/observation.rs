//! What a rule saw.

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
    /// What it is about: `Deployment shop/web`, `ClusterRoleBinding debug`.
    pub about: Clean,
    /// What was seen.
    pub saw: Clean,
    /// On which objects.
    pub on: Vec<Object>,
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
