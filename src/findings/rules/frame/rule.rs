//! The contract of rules.

use super::{Sightings, World};

/// A rule over what is known.
pub trait Rule: Sync {
    /// What it is called, and why it matters.
    fn spec(&self) -> &'static Spec;

    /// Whether it looks at each pod for itself and at nothing else, so that it may look at some now and at others later.
    fn by_pod(&self) -> bool {
        false
    }

    /// Looks, and tells what it sees.
    fn look(&self, world: &World<'_>, seen: &mut Sightings);
}

/// What is fixed about a rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Spec {
    /// Its id: `privileged`.
    pub id: &'static str,
    /// What it finds, in a few words.
    pub title: &'static str,
    /// Why that matters.
    pub why: &'static str,
    /// The name of the playbook for when it turns out to be somebody's doing.
    pub playbook: &'static str,
}
