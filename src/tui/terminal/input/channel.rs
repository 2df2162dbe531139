//! From the threads that listen to the loop that answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crossterm::event::Event;
use tokio::sync::{mpsc, watch};

use crate::config::theme::{Background, Colour};
use crate::tui::terminal::Signal;
use crate::tui::terminal::tty::Tty;

/// Something for the loop to answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Incoming {
    /// A key, pasted text, the mouse, focus, or a new size. Pasted text may hold anything.
    Event(Event),
    /// A signal.
    Signal(Signal),
}

/// Keys that may wait. A loop that is that far behind is stuck, and what is
/// typed at it blindly had better not come true later.
const WAITING: usize = 4_096;

/// How long a terminal may take to tell its background.
const BACKGROUND: Duration = Duration::from_millis(100);

#[derive(Debug, Default)]
struct Shared {
    waiting: AtomicUsize,
    resized: AtomicBool,
    heeded: AtomicBool,
}

/// Where the listening threads put what they hear.
#[derive(Clone, Debug)]
pub(in crate::tui::terminal) struct Sender {
    to: mpsc::UnboundedSender<Incoming>,
    shared: Arc<Shared>,
    background: watch::Sender<Option<(u8, u8, u8)>>,
}

/// What the loop reads.
#[derive(Debug)]
pub struct Events {
    from: mpsc::UnboundedReceiver<Incoming>,
    shared: Arc<Shared>,
    background: watch::Receiver<Option<(u8, u8, u8)>>,
    tty: Arc<Tty>,
}

/// A way from listeners to the loop of that terminal.
pub(in crate::tui::terminal) fn channel(tty: Arc<Tty>) -> (Sender, Events) {
    let (to, from) = mpsc::unbounded_channel();
    let (background, heard) = watch::channel(None);
    let shared = Arc::new(Shared::default());
    let sender = Sender { to, shared: Arc::clone(&shared), background };
    (sender, Events { from, shared, background: heard, tty })
}

impl Sender {
    /// Hands something over. Events are dropped when the loop is far behind, signals never.
    pub fn send(&self, incoming: Incoming) {
        if matches!(incoming, Incoming::Event(_)) {
            if self.shared.waiting.load(Ordering::Acquire) >= WAITING {
                return;
            }
            self.shared.waiting.fetch_add(1, Ordering::AcqRel);
        }
        // A loop that ended needs no news.
        let _ = self.to.send(incoming);
    }

    /// Tells of a new size, once until the loop has read it.
    pub fn resized(&self) {
        if !self.shared.resized.swap(true, Ordering::AcqRel) {
            self.send(Incoming::Event(Event::Resize(0, 0)));
        }
    }

    /// Tells the terminal's background.
    pub fn background(&self, rgb: (u8, u8, u8)) {
        self.background.send_replace(Some(rgb));
    }

    /// A question to ask later: has the loop read that it should end?
    pub fn heeded(&self) -> impl Fn() -> bool + Send + 'static {
        let shared = Arc::clone(&self.shared);
        move || shared.heeded.load(Ordering::Acquire)
    }
}

impl Events {
    /// Waits for what comes next. `None` when nothing will come any more.
    pub async fn next(&mut self) -> Option<Incoming> {
        let incoming = self.from.recv().await?;
        Some(self.taken(incoming))
    }

    /// What has already come.
    pub fn try_next(&mut self) -> Option<Incoming> {
        let incoming = self.from.try_recv().ok()?;
        Some(self.taken(incoming))
    }

    /// The terminal's background, where it tells within a tenth of a second. Ask
    /// once, beside other work of the start.
    pub fn background(&self) -> impl Future<Output = Option<Background>> + Send + 'static {
        let mut heard = self.background.clone();
        async move {
            let told = tokio::time::timeout(BACKGROUND, heard.wait_for(Option::is_some)).await;
            let rgb = (*told.ok()?.ok()?)?;
            Some(ground(rgb))
        }
    }

    fn taken(&self, incoming: Incoming) -> Incoming {
        match incoming {
            Incoming::Event(event) => {
                self.shared.waiting.fetch_sub(1, Ordering::AcqRel);
                match event {
                    Event::Resize(..) => {
                        self.shared.resized.store(false, Ordering::Release);
                        let size = self.tty.size();
                        Incoming::Event(Event::Resize(size.width, size.height))
                    }
                    event => Incoming::Event(event),
                }
            }
            Incoming::Signal(signal) => {
                if matches!(signal, Signal::HangUp | Signal::Terminate(_)) {
                    self.shared.heeded.store(true, Ordering::Release);
                }
                Incoming::Signal(signal)
            }
        }
    }
}

/// Light where black text has more contrast than white.
fn ground(rgb: (u8, u8, u8)) -> Background {
    if Colour::contrast(rgb, (0, 0, 0)) >= Colour::contrast(rgb, (255, 255, 255)) {
        Background::Light
    } else {
        Background::Dark
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grounds_are_what_an_eye_says() {
        assert_eq!(ground((0, 0, 0)), Background::Dark);
        assert_eq!(ground((0x00, 0x2b, 0x36)), Background::Dark);
        assert_eq!(ground((0xfd, 0xf6, 0xe3)), Background::Light);
    }
}
