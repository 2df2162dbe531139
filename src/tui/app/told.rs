//! What the responder is told in passing.

use std::time::Duration;

use super::super::reply::Tone;
use super::App;
use crate::model::Clean;

/// How long something told stays on the screen at least.
const TOLD: Duration = Duration::from_secs(8);

/// And for each of its letters: a long sentence is read in a calm voice, aloud.
const LETTER: Duration = Duration::from_millis(60);

impl App {
    /// Tells the responder something.
    pub fn tell(&mut self, tone: Tone, text: impl Into<Clean>) {
        self.told = Some((tone, text.into(), self.now.instant));
    }

    /// Takes what was told from the screen once there was time to read it. Says whether it did.
    pub(super) fn forget_told(&mut self) -> bool {
        let was_read = self.told.as_ref().is_some_and(|(_, text, at)| {
            let letters = u32::try_from(text.len()).unwrap_or(u32::MAX);
            self.now.instant.saturating_duration_since(*at) >= TOLD.max(LETTER.saturating_mul(letters))
        });
        if was_read {
            self.told = None;
        }
        was_read
    }
}
