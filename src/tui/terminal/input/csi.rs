//! Control sequences: keys with modifiers, the mouse, focus, and answers.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

use super::parser::{Parsed, press};
use super::reply::Reply;
use super::{keys, mouse};

/// A control sequence that is coming in, after its Esc [.
#[derive(Debug, Default)]
pub(super) struct Sequence {
    bytes: Vec<u8>,
    /// Bytes still to come of a form that is counted, not ended: xterm's first
    /// mouse report has three, the Linux console's function keys one.
    counted: Option<(u8, usize)>,
}

/// What a byte did.
#[derive(Debug)]
pub(super) enum Ending {
    /// More is to come.
    None,
    /// The sequence broke off before this byte, which belongs to something else.
    Broken,
    /// It said something.
    Parsed(Parsed),
    /// It said that a paste begins.
    PasteBegins,
    /// It said something of no interest.
    Ignored,
}

/// Kept of a sequence; those that mean something to us are shorter.
const LONGEST: usize = 64;

impl Sequence {
    pub fn take(&mut self, byte: u8) -> Ending {
        if let Some((form, left)) = self.counted {
            return self.count(form, left, byte);
        }
        match byte {
            b'[' if self.bytes.is_empty() => self.begin(byte, 1),
            b'M' if self.bytes.is_empty() => self.begin(byte, 3),
            b'$' if self.is_rxvt_shifted() => self.end(byte),
            0x20..=0x3f => {
                if self.bytes.len() < LONGEST {
                    self.bytes.push(byte);
                }
                Ending::None
            }
            0x40..=0x7e => self.end(byte),
            _ => Ending::Broken,
        }
    }

    fn begin(&mut self, form: u8, length: usize) -> Ending {
        self.counted = Some((form, length));
        Ending::None
    }

    fn count(&mut self, form: u8, left: usize, byte: u8) -> Ending {
        if byte == 0x1b {
            return Ending::Broken;
        }
        self.bytes.push(byte);
        if left > 1 {
            return self.begin(form, left - 1);
        }
        match (form, byte) {
            (b'[', b'A'..=b'E') => Ending::Parsed(press(KeyCode::F(byte - b'A' + 1), KeyModifiers::NONE)),
            (b'M', _) => {
                mouse::first(&self.bytes).map_or(Ending::Ignored, |event| Ending::Parsed(Parsed::Event(event)))
            }
            _ => Ending::Ignored,
        }
    }

    /// rxvt ends a key pressed with Shift in `$`, which is no ending elsewhere:
    /// answers that hold a `$` have a `?` or a `;` before it.
    fn is_rxvt_shifted(&self) -> bool {
        !self.bytes.is_empty() && self.bytes.iter().all(u8::is_ascii_digit)
    }

    fn end(&self, last: u8) -> Ending {
        let reply = Ending::Parsed(Parsed::Reply(Reply::Other));
        let (private, rest) = match self.bytes.split_first() {
            Some((first @ (b'<' | b'=' | b'>' | b'?'), rest)) => (Some(*first), rest),
            _ => (None, self.bytes.as_slice()),
        };
        let numbers = Numbers::read(rest);
        match (private, last) {
            (Some(b'<'), b'M' | b'm') => match mouse::sgr(&numbers, last == b'm') {
                Some(event) => Ending::Parsed(Parsed::Event(event)),
                None => Ending::Ignored,
            },
            (Some(_), _) => reply,
            (None, _) if rest.iter().any(|byte| matches!(byte, 0x20..=0x2f)) => reply,
            (None, b'~') if numbers.at(0) == Some(200) => Ending::PasteBegins,
            (None, b'I') => Ending::Parsed(Parsed::Event(Event::FocusGained)),
            (None, b'O') => Ending::Parsed(Parsed::Event(Event::FocusLost)),
            // A cursor position has the form of F3 with modifiers. Nobody here asks for one: in the
            // first row, at a column that would be a modifier, it is taken for the key.
            (None, b'R') if !rest.is_empty() && !numbers.is_modified_key() => reply,
            (None, _) => match key(&numbers, last) {
                Some((_, _, true)) => Ending::Ignored,
                Some((code, modifiers, false)) => {
                    Ending::Parsed(Parsed::Event(Event::Key(KeyEvent::new(code, modifiers))))
                }
                None => reply,
            },
        }
    }
}

/// A key, its modifiers, and whether it was let go rather than pressed.
fn key(numbers: &Numbers, last: u8) -> Option<(KeyCode, KeyModifiers, bool)> {
    let held = modifiers(numbers.at(1));
    let released = numbers.part(1, 1) == Some(3);
    let (code, own) = match last {
        b'A'..=b'F' | b'H' | b'P'..=b'S' => (keys::lettered(last)?, KeyModifiers::NONE),
        b'Z' => (KeyCode::BackTab, KeyModifiers::SHIFT),
        b'a'..=b'd' => (keys::lettered(last.to_ascii_uppercase())?, KeyModifiers::SHIFT),
        b'~' if numbers.at(0) == Some(27) => keys::kitty(numbers.at(2)?)?,
        b'~' => (keys::numbered(numbers.at(0)?)?, KeyModifiers::NONE),
        b'^' => (keys::numbered(numbers.at(0)?)?, KeyModifiers::CONTROL),
        b'$' => (keys::numbered(numbers.at(0)?)?, KeyModifiers::SHIFT),
        b'@' => (keys::numbered(numbers.at(0)?)?, KeyModifiers::SHIFT | KeyModifiers::CONTROL),
        b'u' => match (numbers.part(0, 1).filter(|_| held.contains(KeyModifiers::SHIFT)), numbers.at(0)?) {
            (Some(shifted), _) => keys::kitty(shifted)?,
            (None, code) => keys::kitty(code)?,
        },
        _ => return None,
    };
    Some((code, own | held, released))
}

/// Modifiers as xterm and kitty count them: one more than the sum of their bits.
fn modifiers(number: Option<u32>) -> KeyModifiers {
    let bits = number.unwrap_or(1).saturating_sub(1);
    let mut modifiers = KeyModifiers::NONE;
    for (bit, flag) in [
        (1, KeyModifiers::SHIFT),
        (2, KeyModifiers::ALT),
        (4, KeyModifiers::CONTROL),
        (8, KeyModifiers::SUPER),
        (16, KeyModifiers::HYPER),
        (32, KeyModifiers::META),
    ] {
        modifiers.set(flag, bits & bit != 0);
    }
    modifiers
}

/// The numbers of a sequence: `1;5:3`.
#[derive(Debug)]
pub(super) struct Numbers(Vec<Vec<Option<u32>>>);

impl Numbers {
    fn read(bytes: &[u8]) -> Self {
        let number = |digits: &[u8]| std::str::from_utf8(digits).ok()?.parse().ok();
        let parts = |field: &[u8]| field.split(|byte| *byte == b':').map(number).collect();
        Self(bytes.split(|byte| *byte == b';').map(parts).collect())
    }

    /// The number of a field, absent where none is written or it is absurd.
    pub fn at(&self, field: usize) -> Option<u32> {
        self.part(field, 0)
    }

    /// Whether they are those of a key without a number of its own, with modifiers: `1;5`.
    fn is_modified_key(&self) -> bool {
        self.0.len() == 2 && self.at(0) == Some(1) && self.at(1).is_some_and(|held| (2..=16).contains(&held))
    }

    fn part(&self, field: usize, part: usize) -> Option<u32> {
        *self.0.get(field)?.get(part)?
    }
}
