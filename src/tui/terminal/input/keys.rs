//! Characters and the older forms of keys.

use crossterm::event::{KeyCode, KeyModifiers};

/// A key with its modifiers.
pub(super) type Pressed = (KeyCode, KeyModifiers);

/// Control characters, ASCII and UTF-8 that may be cut anywhere.
#[derive(Debug, Default)]
pub(super) struct Letters {
    alt: bool,
    bytes: Vec<u8>,
}

impl Letters {
    /// The next character was preceded by Esc.
    pub fn after_escape() -> Self {
        Self { alt: true, bytes: Vec::new() }
    }

    /// Takes a byte; gives a key when a character is whole. What is no UTF-8 is dropped.
    pub fn take(&mut self, byte: u8) -> Option<Pressed> {
        if byte & 0xc0 != 0x80 && !self.bytes.is_empty() {
            *self = Self::default();
        }
        if byte < 0x80 {
            return Some(self.modified(ascii(byte)));
        }
        self.bytes.push(byte);
        let (letter, ended) = match std::str::from_utf8(&self.bytes) {
            Ok(text) => (text.chars().next().filter(|letter| !letter.is_control()), true),
            Err(error) => (None, error.error_len().is_some()),
        };
        let key = letter.map(|letter| self.modified(character(letter)));
        if ended {
            *self = Self::default();
        }
        key
    }

    fn modified(&mut self, (code, modifiers): Pressed) -> Pressed {
        let alt = if std::mem::take(&mut self.alt) { KeyModifiers::ALT } else { KeyModifiers::NONE };
        (code, modifiers | alt)
    }
}

/// A printable character. Capitals carry Shift, as crossterm has it.
pub(super) fn character(letter: char) -> Pressed {
    let modifiers = if letter.is_uppercase() { KeyModifiers::SHIFT } else { KeyModifiers::NONE };
    (KeyCode::Char(letter), modifiers)
}

fn ascii(byte: u8) -> Pressed {
    let control = |letter: u8| (KeyCode::Char(char::from(letter)), KeyModifiers::CONTROL);
    match byte {
        b'\r' => (KeyCode::Enter, KeyModifiers::NONE),
        b'\t' => (KeyCode::Tab, KeyModifiers::NONE),
        // Many terminals send ctrl-h for Backspace, and no one has both.
        0x08 | 0x7f => (KeyCode::Backspace, KeyModifiers::NONE),
        0x1b => (KeyCode::Esc, KeyModifiers::NONE),
        0x00 => control(b' '),
        0x01..=0x1a => control(byte + 0x60),
        0x1c..=0x1f => control(byte + 0x40),
        _ => character(char::from(byte)),
    }
}

/// What follows Esc O: cursor keys of application mode, F1 to F4, the keypad, rxvt's arrows with Control.
pub(super) fn single_shift(byte: u8) -> Option<Pressed> {
    let plain = |code| Some((code, KeyModifiers::NONE));
    match byte {
        b'A'..=b'F' | b'H' | b'P'..=b'S' => lettered(byte).and_then(plain),
        b'M' => plain(KeyCode::Enter),
        b'a'..=b'd' => lettered(byte.to_ascii_uppercase()).map(|code| (code, KeyModifiers::CONTROL)),
        b'j'..=b'o' => plain(KeyCode::Char(char::from(byte - b'j' + b'*'))),
        b'p'..=b'y' => plain(KeyCode::Char(char::from(byte - b'p' + b'0'))),
        _ => None,
    }
}

/// The keys that are told by a letter.
pub(super) const fn lettered(byte: u8) -> Option<KeyCode> {
    Some(match byte {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'E' => KeyCode::KeypadBegin,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        b'P' => KeyCode::F(1),
        b'Q' => KeyCode::F(2),
        b'R' => KeyCode::F(3),
        b'S' => KeyCode::F(4),
        _ => return None,
    })
}

/// The keys that are told by a number before `~`.
pub(super) fn numbered(number: u32) -> Option<KeyCode> {
    let function = |from: u32, first: u8| u8::try_from(number - from).ok().map(|past| KeyCode::F(first + past));
    match number {
        1 | 7 => Some(KeyCode::Home),
        2 => Some(KeyCode::Insert),
        3 => Some(KeyCode::Delete),
        4 | 8 => Some(KeyCode::End),
        5 => Some(KeyCode::PageUp),
        6 => Some(KeyCode::PageDown),
        11..=15 => function(11, 1),
        17..=21 => function(17, 6),
        23..=26 => function(23, 11),
        28 | 29 => function(28, 15),
        31..=34 => function(31, 17),
        _ => None,
    }
}

/// The keys of kitty's protocol: Unicode code points, and a private range for the rest.
pub(super) fn kitty(code: u32) -> Option<Pressed> {
    const KEYPAD: [KeyCode; 28] = [
        KeyCode::Char('0'),
        KeyCode::Char('1'),
        KeyCode::Char('2'),
        KeyCode::Char('3'),
        KeyCode::Char('4'),
        KeyCode::Char('5'),
        KeyCode::Char('6'),
        KeyCode::Char('7'),
        KeyCode::Char('8'),
        KeyCode::Char('9'),
        KeyCode::Char('.'),
        KeyCode::Char('/'),
        KeyCode::Char('*'),
        KeyCode::Char('-'),
        KeyCode::Char('+'),
        KeyCode::Enter,
        KeyCode::Char('='),
        KeyCode::Char(','),
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::PageUp,
        KeyCode::PageDown,
        KeyCode::Home,
        KeyCode::End,
        KeyCode::Insert,
        KeyCode::Delete,
    ];
    let plain = |code| Some((code, KeyModifiers::NONE));
    match code {
        8 | 127 => plain(KeyCode::Backspace),
        9 => plain(KeyCode::Tab),
        13 => plain(KeyCode::Enter),
        27 => plain(KeyCode::Esc),
        57363 => plain(KeyCode::Menu),
        57376..=57398 => u8::try_from(code - 57376).ok().and_then(|past| plain(KeyCode::F(13 + past))),
        57399..=57426 => KEYPAD.get(usize::try_from(code - 57399).ok()?).copied().and_then(plain),
        0xe000..=0xf8ff => None,
        _ => char::from_u32(code).filter(|letter| !letter.is_control()).map(character),
    }
}
