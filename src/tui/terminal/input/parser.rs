//! Bytes of a terminal, one by one, into keys and answers.
//!
//! The forms are those of ECMA-48, xterm's control sequences
//! (<https://invisible-island.net/xterm/ctlseqs/ctlseqs.html>), rxvt, the Linux
//! console and kitty's keyboard protocol (<https://sw.kovidgoyal.net/kitty/keyboard-protocol/>).

use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

use super::csi::{self, Ending};
use super::keys;
use super::paste::Paste;
use super::reply::Reply;
use super::strings::{Strings, Taken};

/// What came.
#[derive(Clone, Debug, PartialEq)]
pub enum Parsed {
    /// Something that a person did.
    Event(Event),
    /// Something that the terminal said.
    Reply(Reply),
}

/// How long a lone Esc may be the beginning of something longer.
const ESCAPE: Duration = Duration::from_millis(40);

/// How long the rest of a sequence may take on a slow line.
const SEQUENCE: Duration = Duration::from_secs(2);

/// How long a paste may pause before its end is given up.
const PASTE: Duration = Duration::from_secs(30);

/// Turns bytes into events. How the bytes were cut into pieces makes no
/// difference; only time that passes between them (`expire`) does.
#[derive(Debug, Default)]
pub struct Parser {
    state: State,
    /// An Esc before the Esc: Alt on some terminals.
    alt: bool,
    letters: keys::Letters,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Ground,
    /// Esc.
    Escape,
    /// Esc was given out as a key, for nothing followed in time. The rest of an
    /// answer may still come.
    Late,
    /// What may begin the rest of a late answer.
    LateIntroducer(u8),
    /// Esc O.
    SingleShift,
    /// Esc [ and what followed.
    Control(csi::Sequence),
    /// Esc ], Esc P or Esc _ and what followed.
    String(Strings),
    /// Between the marks of a bracketed paste.
    Paste(Paste),
}

impl Parser {
    /// Takes bytes as they come.
    pub fn feed(&mut self, bytes: &[u8], out: &mut impl FnMut(Parsed)) {
        for byte in bytes {
            self.byte(*byte, out);
        }
    }

    /// How long to wait for more before calling `expire`; `None` is for ever.
    pub fn patience(&self) -> Option<Duration> {
        match self.state {
            State::Ground => None,
            State::Escape | State::LateIntroducer(_) | State::SingleShift => Some(ESCAPE),
            State::Late | State::Control(_) | State::String(_) => Some(SEQUENCE),
            State::Paste(_) => Some(PASTE),
        }
    }

    /// Nothing came for as long as `patience` said.
    pub fn expire(&mut self, out: &mut impl FnMut(Parsed)) {
        match std::mem::take(&mut self.state) {
            State::Ground | State::Late | State::Control(_) => {}
            State::Escape => {
                self.escape_before(out);
                out(press(KeyCode::Esc, KeyModifiers::NONE));
                self.state = State::Late;
            }
            State::LateIntroducer(byte) => self.letter(byte, out),
            State::SingleShift => {
                self.escape_before(out);
                out(press(KeyCode::Char('O'), KeyModifiers::ALT));
            }
            State::String(strings) => {
                if let Some(introducer) = strings.untouched() {
                    out(press(KeyCode::Char(introducer), KeyModifiers::ALT));
                }
            }
            State::Paste(paste) => out(Parsed::Event(Event::Paste(paste.text()))),
        }
        self.alt = false;
    }

    fn byte(&mut self, byte: u8, out: &mut impl FnMut(Parsed)) {
        match std::mem::take(&mut self.state) {
            State::Ground => self.ground(byte, out),
            State::Escape => self.escape(byte, out),
            State::Late => match byte {
                b'[' | b']' | b'P' | b'_' => self.state = State::LateIntroducer(byte),
                _ => self.ground(byte, out),
            },
            State::LateIntroducer(introducer) => self.late(introducer, byte, out),
            State::SingleShift => self.single_shift(byte, out),
            State::Control(sequence) => self.control(sequence, byte, out),
            State::String(strings) => match strings.take(byte) {
                Taken::More(strings) => self.state = State::String(strings),
                Taken::Reply(reply) => out(Parsed::Reply(reply)),
                Taken::Broken => self.ground(byte, out),
                Taken::Escaped => {
                    self.state = State::Escape;
                    self.byte(byte, out);
                }
                Taken::Key(introducer) => {
                    out(press(KeyCode::Char(introducer), KeyModifiers::ALT));
                    self.ground(byte, out);
                }
            },
            State::Paste(paste) => match paste.take(byte) {
                Ok(paste) => self.state = State::Paste(paste),
                Err(text) => out(Parsed::Event(Event::Paste(text))),
            },
        }
    }

    fn ground(&mut self, byte: u8, out: &mut impl FnMut(Parsed)) {
        if byte == 0x1b {
            self.letters = keys::Letters::default();
            self.state = State::Escape;
        } else {
            self.letter(byte, out);
        }
    }

    fn letter(&mut self, byte: u8, out: &mut impl FnMut(Parsed)) {
        if let Some((code, modifiers)) = self.letters.take(byte) {
            out(press(code, modifiers));
        }
    }

    fn escape(&mut self, byte: u8, out: &mut impl FnMut(Parsed)) {
        match byte {
            0x1b => {
                self.escape_before(out);
                self.alt = true;
                self.state = State::Escape;
            }
            b'[' => self.state = State::Control(csi::Sequence::default()),
            b'O' => self.state = State::SingleShift,
            b']' | b'P' | b'_' => {
                self.escape_before(out);
                self.state = State::String(Strings::new(byte));
            }
            _ => {
                self.escape_before(out);
                self.letters = keys::Letters::after_escape();
                self.letter(byte, out);
            }
        }
    }

    fn late(&mut self, introducer: u8, byte: u8, out: &mut impl FnMut(Parsed)) {
        let goes_on = match introducer {
            b'[' => (0x21..=0x7e).contains(&byte),
            b']' => matches!(byte, b'0'..=b'9' | b'l' | b'L'),
            b'_' => byte == b'G',
            _ => matches!(byte, b'0'..=b'9' | b'>' | b'!'),
        };
        if goes_on {
            self.state = State::Escape;
            self.byte(introducer, out);
        } else {
            self.letter(introducer, out);
        }
        self.byte(byte, out);
    }

    fn single_shift(&mut self, byte: u8, out: &mut impl FnMut(Parsed)) {
        match keys::single_shift(byte) {
            Some((code, modifiers)) => {
                let alt = if std::mem::take(&mut self.alt) { KeyModifiers::ALT } else { KeyModifiers::NONE };
                out(press(code, modifiers | alt));
            }
            None => {
                self.escape_before(out);
                out(press(KeyCode::Char('O'), KeyModifiers::ALT));
                self.ground(byte, out);
            }
        }
    }

    fn control(&mut self, mut sequence: csi::Sequence, byte: u8, out: &mut impl FnMut(Parsed)) {
        match sequence.take(byte) {
            Ending::None => self.state = State::Control(sequence),
            Ending::Broken => {
                self.alt = false;
                self.ground(byte, out);
            }
            Ending::PasteBegins => {
                self.escape_before(out);
                self.state = State::Paste(Paste::default());
            }
            Ending::Parsed(Parsed::Event(Event::Key(mut key))) => {
                if std::mem::take(&mut self.alt) {
                    key.modifiers |= KeyModifiers::ALT;
                }
                out(Parsed::Event(Event::Key(key)));
            }
            Ending::Parsed(parsed) => {
                self.escape_before(out);
                out(parsed);
            }
            Ending::Ignored => self.escape_before(out),
        }
    }

    /// The first of two Escs turned out to be a key of its own.
    fn escape_before(&mut self, out: &mut impl FnMut(Parsed)) {
        if std::mem::take(&mut self.alt) {
            out(press(KeyCode::Esc, KeyModifiers::NONE));
        }
    }
}

pub(super) fn press(code: KeyCode, modifiers: KeyModifiers) -> Parsed {
    Parsed::Event(Event::Key(KeyEvent::new(code, modifiers)))
}

#[cfg(test)]
mod tests;
