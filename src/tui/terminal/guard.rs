//! Leaving the terminal as it was found, from wherever the end comes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

use rustix::termios::Termios;

use super::modes::Modes;
use super::output::Line;
use super::tty::Tty;

/// What must be put back.
#[derive(Debug)]
struct Held {
    tty: Arc<Tty>,
    line: Arc<Line>,
    cooked: Termios,
    modes: Modes,
    owner: ThreadId,
}

/// There is one terminal, and a panic hook or a signal has no other way to it.
static HELD: Mutex<Option<Held>> = Mutex::new(None);

fn held() -> MutexGuard<'static, Option<Held>> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes the terminal: raw, on its alternate screen. The calling thread is the one that draws.
pub(super) fn take(tty: &Arc<Tty>, line: &Arc<Line>, modes: Modes) -> std::io::Result<()> {
    let mut held = held();
    let found = tty.make_raw()?;
    // Taken again after a stop by somebody else, the terminal may be found raw as we left it.
    let cooked = held.take().map_or(found, |held| held.cooked);
    if !line.is_given_up() {
        write_all(tty, &modes.enter());
    }
    let owner = thread::current().id();
    *held = Some(Held { tty: Arc::clone(tty), line: Arc::clone(line), cooked, modes, owner });
    Ok(())
}

/// Gives the terminal back as it was. Does nothing when it was given back, and
/// does not write to one that hung up.
pub(super) fn give_back() {
    if let Some(held) = held().take() {
        if !held.line.is_given_up() {
            write_all(&held.tty, &held.modes.leave());
        }
        // A terminal that is gone cannot be set, and needs no setting.
        let _ = held.tty.restore(&held.cooked);
    }
}

/// Whether the terminal is held, and by this thread.
pub(super) fn holder() -> Holder {
    match &*held() {
        None => Holder::Nobody,
        Some(held) if held.owner == thread::current().id() => Holder::ThisThread,
        Some(_) => Holder::AnotherThread,
    }
}

/// Who draws on the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holder {
    /// It is not held.
    Nobody,
    /// The calling thread.
    ThisThread,
    /// Some other thread.
    AnotherThread,
}

fn write_all(tty: &Tty, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        match tty.write(bytes) {
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}
