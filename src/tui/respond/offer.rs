//! What can be done, as the menu offers it.

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
    /// What it does, in a sentence.
    pub about: Clean,
}
