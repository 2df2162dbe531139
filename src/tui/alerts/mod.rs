//! The findings as the cockpit holds them, and one of them in full.

mod look;

pub use look::Look;

use std::sync::Arc;

use crate::findings::{Batch, Networks, Shelf};
use crate::model::finding::Source;
use crate::model::{Clean, Finding};

/// The findings, with a cursor that follows its finding.
#[derive(Debug, Default)]
pub struct Alerts {
    /// What is known.
    pub shelf: Shelf,
    /// Place of the cursor.
    pub place: usize,
    /// Rows that the screen has room for.
    pub height: usize,
    /// Networks that callers are expected from.
    pub networks: Networks,
    /// Where findings are asked for, in words; empty where nowhere.
    pub asked: Clean,
    /// Whether anything has been read yet.
    pub heard: bool,
}

impl Alerts {
    /// The finding under the cursor.
    pub fn chosen(&self) -> Option<&Arc<Finding>> {
        self.shelf.get(self.place)
    }

    /// Takes in what was read; the cursor stays on its finding. Gives those that are new.
    pub fn take(&mut self, batch: Batch) -> Vec<Arc<Finding>> {
        let held = self.chosen().map(|finding| (finding.source, finding.id.clone()));
        let new = self.shelf.take(batch);
        if let Some(place) = held.and_then(|(source, id): (Source, Clean)| self.shelf.place(source, &id)) {
            self.place = place;
        }
        new
    }

    /// The first row on the screen.
    pub fn top(&self) -> usize {
        (self.place + 1).saturating_sub(self.height.max(1))
    }

    /// Moves the cursor.
    pub fn step(&mut self, rows: isize) {
        self.place = self.place.saturating_add_signed(rows).min(self.shelf.len().saturating_sub(1));
    }

    /// What stands where there is none.
    pub fn nothing(&self) -> Vec<Clean> {
        match (self.asked.is_empty(), self.heard, self.shelf.troubles.first()) {
            (true, ..) => vec![
                "GuardDuty is asked with".into(),
                "--profile and --region.".into(),
                ":findings FILE reads alerts".into(),
                "of any other kind.".into(),
            ],
            (false, false, None) => vec![format!("asking {}", self.asked).into()],
            (false, _, Some(trouble)) => vec![trouble.what.clone(), ":findings FILE reads some".into()],
            (false, true, None) => vec![format!("none in {}", self.asked).into(), ":findings FILE reads some".into()],
        }
    }
}
