//! Signals, as events of the loop.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use super::guard;
use super::input::{Incoming, Sender};
use super::output::Line;

/// What a signal asks of the loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// The terminal is gone (SIGHUP, or its other end was closed). Nothing is
    /// written to it any more; running jobs may end, and then the program ends.
    HangUp,
    /// End now, in order (SIGTERM, SIGINT, SIGQUIT); exit with 128 and this number.
    Terminate(i32),
    /// Suspend (SIGTSTP): call `Screen::suspend`.
    Suspend,
    /// Continued after a stop (SIGCONT), ours or somebody else's: call `Screen::resume`.
    Continued,
}

/// How long the loop may leave a signal that ends the program unread.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long giving the terminal back may take when it must be quick: a terminal
/// that takes no output would hold the process for ever.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// What the signal thread and the rest share.
#[derive(Debug, Default)]
pub(super) struct Bell {
    hung_up: AtomicBool,
    terminated: AtomicBool,
    left: AtomicBool,
    continued: AtomicU32,
}

impl Bell {
    /// How often the process was continued (SIGCONT).
    pub fn continued(&self) -> u32 {
        self.continued.load(Ordering::Acquire)
    }

    /// The screen was left. What still runs may end in peace when the terminal
    /// hangs up, and ends at once when it is told to.
    pub fn leave(&self) {
        self.left.store(true, Ordering::Release);
    }

    /// Tells the loop to end. Where it takes no such news in time, or is told a
    /// second time to terminate, the terminal is given back and the process ends here.
    pub fn end(&self, signal: Signal, to: &Sender) {
        let (again, number) = match signal {
            // The signal and the closed descriptor tell the same twice.
            Signal::HangUp if self.hung_up.swap(true, Ordering::AcqRel) => return,
            Signal::Terminate(number) => (self.terminated.swap(true, Ordering::AcqRel), number),
            _ => (false, SIGHUP),
        };
        match (self.left.load(Ordering::Acquire), signal) {
            (true, Signal::HangUp) => return,
            (left, _) if left || again => end_now(number),
            _ => {}
        }
        to.send(Incoming::Signal(signal));
        let heeded = to.heeded();
        let patience = move || {
            thread::sleep(PATIENCE);
            if !heeded() {
                end_now(number);
            }
        };
        if thread::Builder::new().name("patience".to_owned()).spawn(patience).is_err() {
            end_now(number);
        }
    }

    fn suspend(&self, to: &Sender) {
        if self.left.load(Ordering::Acquire) {
            // Without a screen to leave first it is done as if nobody listened.
            let _ = emulate_default_handler(SIGTSTP);
        } else {
            to.send(Incoming::Signal(Signal::Suspend));
        }
    }
}

fn end_now(number: i32) -> ! {
    let code = 128 + number;
    let last_words = move || {
        thread::sleep(LAST_WORDS);
        std::process::exit(code)
    };
    if thread::Builder::new().name("last words".to_owned()).spawn(last_words).is_ok() {
        guard::give_back();
    }
    std::process::exit(code)
}

/// Listens for signals on a thread of its own for as long as the process lives:
/// once asked for, a signal has no default to fall back to.
pub(super) fn listen(bell: Arc<Bell>, line: Arc<Line>, to: Sender) -> io::Result<()> {
    let mut signals = Signals::new([SIGHUP, SIGTERM, SIGINT, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH])?;
    let listen = move || {
        for signal in signals.forever() {
            match signal {
                SIGHUP => {
                    line.give_up();
                    bell.end(Signal::HangUp, &to);
                }
                SIGTSTP => bell.suspend(&to),
                SIGCONT => {
                    bell.continued.fetch_add(1, Ordering::AcqRel);
                    to.send(Incoming::Signal(Signal::Continued));
                }
                SIGWINCH => to.resized(),
                number => bell.end(Signal::Terminate(number), &to),
            }
        }
    };
    thread::Builder::new().name("signals".to_owned()).spawn(listen)?;
    Ok(())
}
