//! The screen: entered, drawn on, left.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use ratatui::{Frame, Terminal};
use rustix::process::{Signal as Sent, getpgrp, getsid, kill_current_process_group};

use super::backend::Painter;
use super::input::{Ears, Events, Reader, Sender, channel};
use super::modes::Modes;
use super::output::{Counts, Line, Output, Tap};
use super::probe::ASK_BACKGROUND;
use super::signals::{self, Bell};
use super::tty::Tty;
use super::{Capabilities, NoTerminal, guard, panics};

/// How the screen is entered.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What the terminal can do.
    pub capabilities: Capabilities,
    /// Take clicks and the wheel.
    pub mouse: bool,
}

/// The terminal, taken over. Dropping it gives the terminal back as it was, and so
/// do a panic of the thread that entered it and every signal that ends the program.
pub struct Screen {
    terminal: Terminal<Painter<Output>>,
    tty: Arc<Tty>,
    line: Arc<Line>,
    bell: Arc<Bell>,
    to: Sender,
    modes: Modes,
    reader: Option<Reader>,
}

/// What came of the wish to suspend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suspended {
    /// The program was stopped and continued; the next frame is drawn whole.
    Continued,
    /// No shell would continue it: the program was started as a session of its own.
    Refused,
}

/// Between two looks at whether the process was continued.
const LOOK: Duration = Duration::from_millis(10);

impl Screen {
    /// Takes the terminal over, and listens to it and to signals from now on. The
    /// calling thread is the one that draws: its panics end the program.
    pub fn enter(options: &Options) -> Result<(Self, Events), NoTerminal> {
        let tty = Arc::new(Tty::open()?);
        let line = Arc::new(Line::default());
        let bell = Arc::new(Bell::default());
        let modes = Modes { mouse: options.mouse };
        let (to, events) = channel(Arc::clone(&tty));
        panics::install();
        signals::listen(Arc::clone(&bell), Arc::clone(&line), to.clone())?;
        let output = Output::new(Arc::clone(&tty), Arc::clone(&line));
        let painter = Painter::new(output, tty.size(), &options.capabilities);
        let terminal = Terminal::new(painter)?;
        let mut screen = Self { terminal, tty, line, bell, to, modes, reader: None };
        guard::take(&screen.tty, &screen.line, modes)?;
        screen.listen()?;
        if options.capabilities.answers {
            screen.send(ASK_BACKGROUND)?;
        }
        Ok((screen, events))
    }

    /// Draws a frame: one write of what differs from the last one, or none.
    pub fn draw(&mut self, render: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        self.terminal.draw(render).map(|_| ())
    }

    /// Takes note of a size (`Event::Resize`). The next frame is a whole one even if
    /// the size is the same: between two sizes that were told there may have been others.
    pub fn resize(&mut self, width: u16, height: u16) -> io::Result<()> {
        self.terminal.backend_mut().resize(ratatui::layout::Size::new(width, height));
        self.terminal.backend_mut().out_mut().resized(width, height);
        self.terminal.clear()
    }

    /// Columns and rows of the terminal, as it says now.
    pub fn size(&self) -> (u16, u16) {
        let size = self.tty.size();
        (size.width, size.height)
    }

    /// Makes the next frame a whole one, for a screen that somebody else wrote on.
    pub fn redraw(&mut self) -> io::Result<()> {
        self.terminal.clear()
    }

    /// Sends an escape sequence beside the frames, such as a copy to the clipboard.
    pub fn send(&mut self, sequence: &[u8]) -> io::Result<()> {
        self.terminal.backend_mut().send(sequence)
    }

    /// From now on a copy of every write goes there, beginning with a whole frame.
    pub fn tap(&mut self, tap: Option<Box<dyn Tap>>) -> io::Result<()> {
        self.terminal.backend_mut().out_mut().tap(tap);
        self.terminal.clear()
    }

    /// Takes the mouse, or leaves it to the terminal so that text can be selected as usual.
    pub fn mouse(&mut self, taken: bool) -> io::Result<()> {
        if self.modes.mouse == taken {
            return Ok(());
        }
        self.modes.mouse = taken;
        self.send(Modes::mouse(taken))
    }

    /// What went to the terminal since it was entered.
    pub fn counts(&self) -> Counts {
        self.line.counts()
    }

    /// Whether the terminal is gone. Drawing then does nothing.
    pub fn is_given_up(&self) -> bool {
        self.line.is_given_up()
    }

    /// Gives the terminal to the shell and stops the process group until it is continued.
    pub fn suspend(&mut self) -> io::Result<Suspended> {
        // A group that is its session's first has no shell above it to continue it.
        if self.line.is_given_up() || getsid(None).is_ok_and(|session| session == getpgrp()) {
            return Ok(Suspended::Refused);
        }
        let continued = self.bell.continued();
        self.reader = None;
        guard::give_back();
        kill_current_process_group(Sent::STOP)?;
        // The stop may reach this thread a moment after the call returns.
        while self.bell.continued() == continued {
            std::thread::sleep(LOOK);
        }
        self.resume()?;
        Ok(Suspended::Continued)
    }

    /// Takes the terminal again after a stop (`Signal::Continued`).
    pub fn resume(&mut self) -> io::Result<()> {
        guard::take(&self.tty, &self.line, self.modes)?;
        let size = self.tty.size();
        if self.reader.is_none() {
            self.listen()?;
        }
        self.resize(size.width, size.height)
    }

    /// Gives the terminal back.
    pub fn leave(self) {
        drop(self);
    }

    fn listen(&mut self) -> io::Result<()> {
        self.reader = Some(Reader::start(Ears {
            tty: Arc::clone(&self.tty),
            line: Arc::clone(&self.line),
            bell: Arc::clone(&self.bell),
            to: self.to.clone(),
        })?);
        Ok(())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.reader = None;
        guard::give_back();
        self.bell.leave();
    }
}
