//! What could be reached from an object, as a tree to walk.

use std::sync::Arc;

use crate::blast::{Blast, Facts, Lead, Line, Origin, Tone};
use crate::config::theme::Role;
use crate::inventory::{Inventory, RowId};
use crate::model::{Clean, Kind};

use super::relations::{Branch, Goes};

/// The blast radius of the object that is looked at.
#[derive(Debug, Default)]
pub struct Reach {
    /// The tree, once the facts are there.
    pub branches: Vec<Branch>,
    /// The cursor in it.
    pub place: usize,
    /// First branch on the screen.
    pub top: usize,
    /// Whether the facts have been asked for.
    pub asked: bool,
    /// Why there is none.
    pub failed: Option<Clean>,
    facts: Option<Arc<Facts>>,
    of: (u32, u32),
}

/// What the tree rests on beside the facts: when it is another, the tree is computed anew.
fn stamps(inventory: &Inventory) -> (u32, u32) {
    (inventory.members_of(Kind::ServiceAccount), inventory.members_of(Kind::Node))
}

impl Reach {
    /// Takes the facts, and computes what follows from them.
    pub fn take(&mut self, facts: Arc<Facts>, row: RowId, inventory: &Inventory) {
        self.facts = Some(facts);
        self.compute(row, inventory);
    }

    /// When the facts were read, in seconds since 1970.
    pub fn at(&self) -> Option<i64> {
        self.facts.as_ref().map(|facts| facts.rights.at)
    }

    /// Computes anew where accounts or nodes came in since.
    pub fn refresh(&mut self, row: RowId, inventory: &Inventory) {
        if self.facts.is_some() && self.of != stamps(inventory) {
            self.compute(row, inventory);
        }
    }

    /// Moves by so many rows on a screen of a height.
    pub fn step(&mut self, rows: isize, height: usize) {
        self.place = self.place.saturating_add_signed(rows).min(self.branches.len().saturating_sub(1));
        self.top = self.top.min(self.place).max((self.place + 1).saturating_sub(height));
    }

    fn compute(&mut self, row: RowId, inventory: &Inventory) {
        let Some(facts) = &self.facts else { return };
        self.of = stamps(inventory);
        match Origin::of(row, inventory).map(|origin| Blast::of(&origin, inventory, facts)) {
            Ok(Some(blast)) => self.branches = blast.lines().into_iter().map(branch).collect(),
            // What was last known of it stays on the screen.
            Ok(None) => {}
            Err(why) => self.failed = Some(why.to_string().into()),
        }
        self.place = self.place.min(self.branches.len().saturating_sub(1));
    }
}

fn branch(line: Line) -> Branch {
    let role = match line.tone {
        Tone::Title => Role::Title,
        Tone::Text => Role::Text,
        Tone::Dim => Role::Dim,
        Tone::Warn => Role::Warn,
        Tone::Critical => Role::Critical,
    };
    let goes = line.lead.map(|lead| match lead {
        Lead::Object(id) => Goes::Object(id),
        Lead::Pods(query) => Goes::Selection(Kind::Pod, query),
    });
    Branch { depth: line.depth, label: line.text, role, goes, told: None }
}
