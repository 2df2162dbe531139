//! The way to the terminal, counted and tapped.

use std::io::{self, ErrorKind, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::tty::Tty;

/// Receives a copy of all that the terminal receives, in the same pieces.
pub trait Tap: Send {
    /// Takes note of one write.
    fn wrote(&mut self, bytes: &[u8]);

    /// Takes note of a size that the terminal has from now on.
    fn resized(&mut self, width: u16, height: u16);
}

/// What went to the terminal so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Bytes.
    pub bytes: u64,
    /// Calls of `write(2)`.
    pub writes: u64,
}

/// Shared between the writer and those who give the terminal up.
#[derive(Debug, Default)]
pub(super) struct Line {
    given_up: AtomicBool,
    bytes: AtomicU64,
    writes: AtomicU64,
}

impl Line {
    /// From now on nothing is written: the terminal is gone.
    pub fn give_up(&self) {
        self.given_up.store(true, Ordering::Release);
    }

    /// Whether the terminal is gone.
    pub fn is_given_up(&self) -> bool {
        self.given_up.load(Ordering::Acquire)
    }

    /// What went out so far.
    pub fn counts(&self) -> Counts {
        Counts { bytes: self.bytes.load(Ordering::Relaxed), writes: self.writes.load(Ordering::Relaxed) }
    }
}

/// Writes to the terminal as long as there is one. A terminal that went away is
/// no error: whoever draws goes on without it.
pub(super) struct Output {
    tty: Arc<Tty>,
    line: Arc<Line>,
    tap: Option<Box<dyn Tap>>,
}

impl Output {
    pub fn new(tty: Arc<Tty>, line: Arc<Line>) -> Self {
        Self { tty, line, tap: None }
    }

    pub fn tap(&mut self, tap: Option<Box<dyn Tap>>) {
        self.tap = tap;
    }

    pub fn resized(&mut self, width: u16, height: u16) {
        if let Some(tap) = &mut self.tap {
            tap.resized(width, height);
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.line.is_given_up() {
            return Ok(bytes.len());
        }
        match self.tty.write(bytes) {
            Ok(written) => {
                self.line.writes.fetch_add(1, Ordering::Relaxed);
                self.line.bytes.fetch_add(written as u64, Ordering::Relaxed);
                if let (Some(tap), Some(bytes)) = (&mut self.tap, bytes.get(..written)) {
                    tap.wrote(bytes);
                }
                Ok(written)
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Err(error),
            Err(_) => {
                self.line.give_up();
                Ok(bytes.len())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
