//! Read-only as a latch, and the right to write that only an open latch gives.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether this process may change anything outside. Clones share one latch: it
/// can be closed while the program runs, and nothing opens it again.
#[derive(Clone)]
pub struct ReadOnly(Arc<AtomicBool>);

/// The right to send a write. Only [`ReadOnly::write_right`] makes one, and it
/// stops working when its latch is closed.
#[derive(Clone, Debug)]
pub struct WriteRight(ReadOnly);

/// Something was refused on this side, before it could leave the machine.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("refused, nothing was sent: {what}: {why}")]
pub struct Refused {
    /// What was asked for.
    pub what: String,
    /// Why it may not be sent.
    pub why: String,
}

impl ReadOnly {
    /// A latch that is closed from the start: this process changes nothing.
    pub fn closed() -> Self {
        Self(Arc::new(AtomicBool::new(true)))
    }

    /// A latch that is open until it is closed.
    pub fn open() -> Self {
        Self(Arc::new(AtomicBool::new(false)))
    }

    /// Closes the latch for good.
    pub fn close(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether writes are refused.
    pub fn is_closed(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// The right to write, while the latch is open.
    ///
    /// # Errors
    /// The latch is closed.
    pub fn write_right(&self) -> Result<WriteRight, Refused> {
        if self.is_closed() { Err(Refused::read_only("the right to write")) } else { Ok(WriteRight(self.clone())) }
    }
}

impl WriteRight {
    /// The latch that it holds under.
    pub const fn latch(&self) -> &ReadOnly {
        &self.0
    }

    /// Whether the right still holds.
    ///
    /// # Errors
    /// The latch was closed after the right was given.
    pub fn holds(&self, what: &str) -> Result<(), Refused> {
        if self.0.is_closed() { Err(Refused::read_only(what)) } else { Ok(()) }
    }
}

impl Refused {
    /// A write that read-only forbids.
    pub fn read_only(what: &str) -> Self {
        Self {
            what: what.to_owned(),
            why: "podmortem is read-only; start it without --read-only to change anything".to_owned(),
        }
    }
}

impl fmt::Debug for ReadOnly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_closed() { "ReadOnly(closed)" } else { "ReadOnly(open)" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_latch_gives_no_right() {
        assert!(ReadOnly::closed().write_right().is_err());
    }

    #[test]
    fn closing_reaches_every_clone_and_rights_already_given() -> Result<(), Refused> {
        let latch = ReadOnly::open();
        let right = latch.write_right()?;
        assert_eq!(right.holds("PATCH nodes"), Ok(()));
        latch.clone().close();
        assert!(latch.is_closed());
        assert!(right.holds("PATCH nodes").is_err());
        assert!(latch.write_right().is_err());
        Ok(())
    }
}
