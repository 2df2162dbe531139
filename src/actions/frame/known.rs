//! What the case knows that the cluster does not.

use std::collections::BTreeSet;

use crate::model::{Target, Uid};

/// What a plan is told of its case.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The set that the responder works on.
    pub scope: Vec<Target>,
    /// Pods whose state was captured and read back in this case.
    pub captured: BTreeSet<Uid>,
}

impl Known {
    /// Whether an object is in the scope.
    pub fn in_scope(&self, uid: &str) -> bool {
        self.scope.iter().any(|target| target.uid.to_string() == uid)
    }

    /// Whether an object was captured.
    pub fn has_captured(&self, uid: &str) -> bool {
        uid.parse().is_ok_and(|uid: Uid| self.captured.contains(&uid))
    }
}
