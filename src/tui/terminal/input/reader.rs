//! The thread that reads the terminal.

use std::io::{self, ErrorKind, PipeReader, PipeWriter};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::channel::{Incoming, Sender};
use super::parser::{Parsed, Parser};
use super::reply::Reply;
use crate::tui::terminal::output::Line;
use crate::tui::terminal::signals::{Bell, Signal};
use crate::tui::terminal::tty::Tty;

/// Reads the terminal until it is dropped or the terminal goes away.
#[derive(Debug)]
pub(in crate::tui::terminal) struct Reader {
    stop: Option<PipeWriter>,
    thread: Option<JoinHandle<()>>,
}

/// What the thread needs.
pub(in crate::tui::terminal) struct Ears {
    pub tty: Arc<Tty>,
    pub line: Arc<Line>,
    pub bell: Arc<Bell>,
    pub to: Sender,
}

impl Reader {
    pub fn start(ears: Ears) -> io::Result<Self> {
        let (stopped, stop) = io::pipe()?;
        let thread = thread::Builder::new().name("keys".to_owned()).spawn(move || {
            if listen(&ears, &stopped) == Heard::Nothing {
                // No signal needs to have come: it may be ignored, or the terminal may be no controlling one.
                ears.line.give_up();
                ears.bell.end(Signal::HangUp, &ears.to);
            }
        })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It only reads and forwards; a panic in it was already reported.
            let _ = thread.join();
        }
    }
}

/// Why the reading ended.
#[derive(PartialEq, Eq)]
enum Heard {
    /// It was told to.
    Stop,
    /// The terminal is gone.
    Nothing,
}

fn listen(ears: &Ears, stopped: &PipeReader) -> Heard {
    let mut parser = Parser::default();
    let mut bytes = [0u8; 4_096];
    let forward = &mut |parsed| match parsed {
        Parsed::Event(event) => ears.to.send(Incoming::Event(event)),
        Parsed::Reply(Reply::Background(rgb)) => ears.to.background(rgb),
        Parsed::Reply(Reply::Other) => {}
    };
    loop {
        let mut watched = [
            PollFd::from_borrowed_fd(std::os::fd::AsFd::as_fd(&*ears.tty), PollFlags::IN),
            PollFd::new(stopped, PollFlags::IN),
        ];
        let ready = poll(&mut watched, parser.patience().and_then(timespec).as_ref());
        let [terminal, stop] = watched.map(|watched| watched.revents());
        match ready {
            Ok(0) => parser.expire(forward),
            Ok(_) if !stop.is_empty() => return Heard::Stop,
            Ok(_) if terminal.contains(PollFlags::IN) => match ears.tty.read(&mut bytes) {
                Ok(0) => return Heard::Nothing,
                Ok(read) => parser.feed(bytes.get(..read).unwrap_or_default(), forward),
                Err(error) if matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock) => {}
                Err(_) => return Heard::Nothing,
            },
            Ok(_) => return Heard::Nothing,
            Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => {}
            Err(_) => return Heard::Nothing,
        }
    }
}

fn timespec(time: Duration) -> Option<Timespec> {
    Timespec::try_from(time).ok()
}
