//! A playbook that is being walked.

use std::collections::BTreeSet;

use crate::playbook::{Playbook, Step};

/// A playbook, and how far the responder is.
#[derive(Clone, Debug)]
pub struct Walk {
    /// The playbook.
    pub playbook: Playbook,
    /// Place of the cursor among the steps.
    pub place: usize,
    /// Ids of the steps that the responder ticked off.
    pub done: BTreeSet<String>,
}

impl Walk {
    /// A walk with the cursor on the first step that is not ticked off.
    pub fn new(playbook: Playbook, done: BTreeSet<String>) -> Self {
        let open = playbook.steps.iter().position(|step| !done.contains(&step.id));
        Self { playbook, place: open.unwrap_or(0), done }
    }

    /// The step under the cursor.
    pub fn step(&self) -> Option<&Step> {
        self.playbook.steps.get(self.place)
    }

    /// Moves the cursor.
    pub fn move_by(&mut self, rows: isize) {
        let last = self.playbook.steps.len().saturating_sub(1);
        self.place = self.place.saturating_add_signed(rows).min(last);
    }

    /// Ticks the step under the cursor off, and goes on to the next.
    pub fn tick(&mut self) {
        if let Some(id) = self.step().map(|step| step.id.clone()) {
            self.done.insert(id);
            self.move_by(1);
        }
    }

    /// Ticks the step under the cursor off, or takes the tick back.
    pub fn toggle(&mut self) {
        if let Some(id) = self.step().map(|step| step.id.clone())
            && !self.done.remove(&id)
        {
            self.tick();
        }
    }
}
