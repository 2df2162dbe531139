//! What can be done, as the menu offers it.

use crate::actions::{Choice, Spec};
use crate::model::{Clean, Kind};

/// An action of the registry, as the menu shows it.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The action's id.
    pub id: &'static str,
    /// Its title.
    pub title: Clean,
    /// The letter that chooses it in the menu.
    pub key: char,
    /// The kinds of object that it acts on.
    pub kinds: &'static [Kind],
    /// What it is asked for beside its targets.
    pub options: &'static [Choice],
    /// What it does, in a sentence.
    pub about: Clean,
}

impl Offer {
    /// An action as the registry describes it: the first sentence of its documentation stands in the menu.
    pub fn of(spec: &'static Spec) -> Self {
        let first = spec.doc.split_inclusive(". ").next().unwrap_or(spec.doc);
        Self {
            id: spec.id,
            title: spec.title.into(),
            key: spec.key,
            kinds: spec.kinds,
            options: spec.options,
            about: first.trim().into(),
        }
    }
}
