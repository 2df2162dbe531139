//! The questions of an incident as a list to walk.

use crate::model::Clean;
use crate::triage::{Facts, Known, Ledger, Topic, all};

/// The questions, with what facts say to them.
#[derive(Debug)]
pub struct Triage {
    /// Place of the cursor.
    pub place: usize,
    /// What is known.
    pub facts: Facts,
    rows: Vec<Row>,
}

/// A question of the list.
#[derive(Clone, Debug)]
pub enum Row {
    /// One that this version asks.
    Asked(&'static Topic),
    /// One that a later version has asked.
    Strange(Clean),
}

impl Row {
    /// The topic's id.
    pub fn id(&self) -> &str {
        match self {
            Self::Asked(topic) => topic.id,
            Self::Strange(id) => id,
        }
    }

    /// The heading that it stands under.
    pub const fn heading(&self) -> &'static str {
        match self {
            Self::Asked(topic) => topic.group.title(),
            Self::Strange(_) => "of a later version",
        }
    }

    /// What facts and the record say to it.
    pub fn known(&self, facts: &Facts, ledger: &Ledger) -> Option<Known> {
        match self {
            Self::Asked(topic) => topic.known(facts, ledger),
            Self::Strange(_) => None,
        }
    }
}

impl Triage {
    /// The questions, with the cursor on a topic, or else on the first that nobody has answered.
    pub fn new(facts: Facts, ledger: &Ledger, topic: &str) -> Self {
        let mut triage = Self { place: 0, facts, rows: Vec::new() };
        triage.take(ledger);
        let wanted = triage.rows.iter().position(|row| row.id() == topic);
        let open = || triage.rows.iter().position(|row| ledger.answer(row.id()).is_none());
        triage.place = wanted.or_else(open).unwrap_or(0);
        triage
    }

    /// Brings the list up to date with the journal.
    pub fn take(&mut self, ledger: &Ledger) {
        let strange = ledger.strange().cloned().map(Row::Strange);
        self.rows = all().iter().map(Row::Asked).chain(strange).collect();
    }

    /// The questions.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The question under the cursor.
    pub fn row(&self) -> Option<&Row> {
        self.rows.get(self.place)
    }

    /// Moves the cursor.
    pub fn move_by(&mut self, rows: isize) {
        self.place = self.place.saturating_add_signed(rows).min(self.rows.len().saturating_sub(1));
    }
}
