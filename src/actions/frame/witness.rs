//! A secret that is held in memory alone.

use std::fmt;

/// A token that proves something. It is never written: not to the journal, not to a log, not to the screen.
#[derive(Clone, PartialEq, Eq)]
pub struct Witness(String);

impl Witness {
    /// Holds a token.
    pub fn new(token: &str) -> Self {
        Self(token.to_owned())
    }

    /// The token, for the review that asks about it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Witness")
    }
}
