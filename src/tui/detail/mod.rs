//! One object in full: its relations, its YAML, its events, its logs.

mod around;
mod image;
mod logs;
mod machine;
mod reach;
mod relations;
mod who;
mod yaml;

pub use around::{Around, Question};
pub use logs::{LogLine, Logs};
pub use reach::Reach;
pub use relations::{Branch, Goes, relations};
pub use yaml::{events, yaml};

use crate::inventory::{Inventory, RowId};
use crate::model::{Clean, Kind};

use super::panes::TextPane;

/// A view of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// What belongs to it, as a tree to walk.
    Relations,
    /// What could be reached from it, as a tree to walk.
    Reach,
    /// The whole object.
    Yaml,
    /// What the cluster reported of it.
    Events,
    /// What its containers wrote.
    Logs,
}

impl Tab {
    /// The views of a kind.
    pub const fn of(kind: Kind) -> &'static [Self] {
        match kind {
            Kind::Pod => &[Self::Relations, Self::Reach, Self::Yaml, Self::Events, Self::Logs],
            Kind::Node | Kind::ServiceAccount => &[Self::Relations, Self::Reach, Self::Yaml, Self::Events],
            _ => &[Self::Relations, Self::Yaml, Self::Events],
        }
    }

    /// The view's title.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Relations => "relations",
            Self::Reach => "blast",
            Self::Yaml => "yaml",
            Self::Events => "events",
            Self::Logs => "logs",
        }
    }
}

/// An object that is being looked at.
#[derive(Debug)]
pub struct Detail {
    /// The object.
    pub row: RowId,
    /// Its kind, namespace and name.
    pub title: Clean,
    /// Number of this look: answers to an earlier one are not for it.
    pub ticket: u64,
    /// The view that is open.
    pub tab: Tab,
    /// The tree of relations.
    pub branches: Vec<Branch>,
    /// The cursor in the tree.
    pub place: usize,
    /// What the account around its cluster tells of it.
    pub around: Around,
    /// First branch on the screen.
    pub top: usize,
    /// What could be reached from it.
    pub reach: Reach,
    /// The object as it was fetched.
    pub raw: Vec<u8>,
    /// The object as YAML, once it is fetched.
    pub yaml: Fetched,
    /// Whether managedFields are shown.
    pub managed: bool,
    /// Its events, once they are fetched.
    pub events: Fetched,
    /// Its logs.
    pub logs: Logs,
    /// Rows that the screen has room for.
    pub height: usize,
}

/// Something that is fetched when it is looked at.
#[derive(Debug)]
pub enum Fetched {
    /// Nobody has looked yet.
    No,
    /// Under way.
    Asked,
    /// It is here.
    Here(TextPane),
    /// It could not be had.
    Failed(Clean),
}

impl Detail {
    /// Looks at an object.
    pub fn new(row: RowId, tab: Tab, ticket: u64, inventory: &Inventory) -> Option<Self> {
        let held = inventory.row(row)?;
        let namespace = held.namespace();
        let slash = if namespace.is_empty() { "" } else { "/" };
        Some(Self {
            row,
            title: format!("{} {namespace}{slash}{}", row.kind, held.name()).into(),
            ticket,
            tab,
            branches: relations(row, inventory, &Around::No),
            around: Around::No,
            place: 0,
            top: 0,
            reach: Reach::default(),
            raw: Vec::new(),
            yaml: Fetched::No,
            managed: false,
            events: Fetched::No,
            logs: Logs::default(),
            height: 1,
        })
    }

    /// The text that is open, where it is one.
    pub const fn text(&mut self) -> Option<&mut TextPane> {
        let fetched = match self.tab {
            Tab::Yaml => &mut self.yaml,
            Tab::Events => &mut self.events,
            Tab::Relations | Tab::Reach | Tab::Logs => return None,
        };
        match fetched {
            Fetched::Here(text) => Some(text),
            _ => None,
        }
    }

    /// Brings the tree up to date; the cursor stays on its branch where that is still there.
    pub fn refresh(&mut self, inventory: &Inventory) {
        if inventory.row(self.row).is_none() {
            return;
        }
        let held = self.branches.get(self.place).map(|branch| branch.label.clone());
        self.branches = relations(self.row, inventory, &self.around);
        self.reach.refresh(self.row, inventory);
        let same = held.and_then(|label| self.branches.iter().position(|branch| branch.label == label));
        self.place = same.unwrap_or(self.place).min(self.branches.len().saturating_sub(1));
    }

    /// Tells how many rows the screen has room for.
    pub fn set_height(&mut self, height: usize) {
        self.height = height.max(1);
        self.logs.set_height(self.height);
        if let Some(text) = self.text() {
            text.scroll.height = height.max(1);
        }
        self.step(0);
    }

    /// Moves by so many rows.
    pub fn step(&mut self, rows: isize) {
        match self.tab {
            Tab::Relations => {
                self.place = self.place.saturating_add_signed(rows).min(self.branches.len().saturating_sub(1));
                self.top = self.top.min(self.place).max((self.place + 1).saturating_sub(self.height));
            }
            Tab::Reach => self.reach.step(rows, self.height),
            Tab::Logs => self.logs.step(rows),
            Tab::Yaml | Tab::Events => {
                if let Some(text) = self.text() {
                    text.scroll.step(rows, text.lines.len());
                }
            }
        }
    }
}
