//! The terminal as a file.

use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal};
use std::os::fd::{AsFd, BorrowedFd};

use ratatui::layout::Size;
use rustix::termios::{self, OptionalActions, Termios};

/// There is no terminal to open the cockpit on.
#[derive(Debug, thiserror::Error)]
pub enum NoTerminal {
    /// Input or output is a file or a pipe.
    #[error("standard {0} is no terminal: run podmortem on one, or with --plain for lines of text")]
    Redirected(&'static str),
    /// The terminal refused.
    #[error("the terminal cannot be used: {0}; try --plain for lines of text")]
    Refused(#[from] io::Error),
}

/// An open terminal.
#[derive(Debug)]
pub(super) struct Tty {
    file: File,
}

impl Tty {
    /// Opens the terminal of this process. Input and output must both be it, so
    /// that nobody's pipe is filled with escape sequences.
    pub fn open() -> Result<Self, NoTerminal> {
        if !io::stdin().is_terminal() {
            return Err(NoTerminal::Redirected("input"));
        }
        if !io::stdout().is_terminal() {
            return Err(NoTerminal::Redirected("output"));
        }
        // A container's terminal may be no controlling terminal: then the descriptor that was given is used.
        let file = match OpenOptions::new().read(true).write(true).open("/dev/tty") {
            Ok(file) => file,
            Err(_) => io::stdin().as_fd().try_clone_to_owned()?.into(),
        };
        Ok(Self { file })
    }

    /// Its size in cells; 80 by 24 where it does not say.
    pub fn size(&self) -> Size {
        match termios::tcgetwinsize(&self.file) {
            Ok(size) if size.ws_col > 0 && size.ws_row > 0 => Size::new(size.ws_col, size.ws_row),
            _ => Size::new(80, 24),
        }
    }

    /// Takes keys one by one and unseen; gives back the settings that were.
    pub fn make_raw(&self) -> io::Result<Termios> {
        let cooked = termios::tcgetattr(&self.file)?;
        let mut raw = cooked.clone();
        raw.make_raw();
        termios::tcsetattr(&self.file, OptionalActions::Now, &raw)?;
        Ok(cooked)
    }

    /// Puts settings back, once what was written is out; what nobody read is thrown away,
    /// so that late replies of the terminal do not end on a command line.
    pub fn restore(&self, cooked: &Termios) -> io::Result<()> {
        termios::tcsetattr(&self.file, OptionalActions::Flush, cooked)?;
        Ok(())
    }

    /// Writes once, as much as the terminal takes.
    pub fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        Ok(rustix::io::write(&self.file, bytes)?)
    }

    /// Reads what has come.
    pub fn read(&self, bytes: &mut [u8]) -> io::Result<usize> {
        Ok(rustix::io::read(&self.file, bytes)?)
    }
}

impl AsFd for Tty {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}
