//! Signals, as events of the loop.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::{Handle, Signals};

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

/// What the signal thread and the rest share.
#[derive(Debug, Default)]
pub(super) struct Bell {
    ending: AtomicBool,
    continued: AtomicU32,
}

impl Bell {
    /// How often the process was continued (SIGCONT).
    pub fn continued(&self) -> u32 {
        self.continued.load(Ordering::Acquire)
    }

    /// Tells the loop to end. Where it does not take the news in time, or is told
    /// a second time to terminate, the terminal is given back and the process ends here.
    pub fn end(&self, signal: Signal, to: &Sender) {
        let code = match signal {
            Signal::Terminate(number) => 128 + number,
            _ => 128 + SIGHUP,
        };
        let again = self.ending.swap(true, Ordering::AcqRel);
        if again && matches!(signal, Signal::Terminate(_)) {
            end_now(code);
        }
        to.send(Incoming::Signal(signal));
        let taken = to.signals_taken();
        let patience = move || {
            thread::sleep(PATIENCE);
            if !taken() {
                end_now(code);
            }
        };
        if thread::Builder::new().name("patience".to_owned()).spawn(patience).is_err() {
            end_now(code);
        }
    }
}

fn end_now(code: i32) -> ! {
    guard::give_back();
    std::process::exit(code)
}

/// Listens for signals on a thread of its own until the handle is closed.
pub(super) fn listen(bell: Arc<Bell>, line: Arc<Line>, to: Sender) -> io::Result<Handle> {
    let mut signals = Signals::new([SIGHUP, SIGTERM, SIGINT, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH])?;
    let handle = signals.handle();
    let listen = move || {
        for signal in signals.forever() {
            match signal {
                SIGHUP => {
                    line.give_up();
                    bell.end(Signal::HangUp, &to);
                }
                SIGTSTP => to.send(Incoming::Signal(Signal::Suspend)),
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
    Ok(handle)
}
