//! A key with its modifiers, as people write it.

use std::fmt;
use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key: `g`, `G`, `ctrl-d`, `alt-x`, `shift-tab`, `space`, `f5`, `pageup`.
///
/// The same key always has the same value, whatever a terminal says of it: a
/// capital letter or a sign carries its Shift in itself, so `shift-n` is `N`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd)]
pub struct Key {
    code: KeyCode,
    modifiers: KeyModifiers,
}

/// A text that names no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no key; keys are written g, G, ctrl-d, alt-x, shift-tab, space, enter, esc, f5, pageup")]
pub struct NotAKey(pub String);

const NAMES: [(&str, KeyCode); 20] = [
    ("space", KeyCode::Char(' ')),
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("insert", KeyCode::Insert),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pageup", KeyCode::PageUp),
    ("pagedown", KeyCode::PageDown),
    ("menu", KeyCode::Menu),
    ("return", KeyCode::Enter),
    ("escape", KeyCode::Esc),
    ("pgup", KeyCode::PageUp),
    ("pgdn", KeyCode::PageDown),
];

const MODIFIERS: [(&str, KeyModifiers); 3] =
    [("ctrl-", KeyModifiers::CONTROL), ("alt-", KeyModifiers::ALT), ("shift-", KeyModifiers::SHIFT)];

impl Key {
    /// The key of that code with those modifiers.
    pub fn new(code: KeyCode, modifiers: KeyModifiers) -> Self {
        let mut modifiers = modifiers & (KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT);
        let code = match code {
            KeyCode::BackTab => {
                modifiers |= KeyModifiers::SHIFT;
                KeyCode::Tab
            }
            KeyCode::Char(' ') => code,
            KeyCode::Char(letter) if modifiers.contains(KeyModifiers::CONTROL) => {
                // A terminal without the kitty protocol cannot tell ctrl-D from ctrl-d.
                modifiers -= KeyModifiers::SHIFT;
                KeyCode::Char(letter.to_ascii_lowercase())
            }
            KeyCode::Char(letter) => {
                let shifted = modifiers.contains(KeyModifiers::SHIFT);
                modifiers -= KeyModifiers::SHIFT;
                KeyCode::Char(if shifted { letter.to_ascii_uppercase() } else { letter })
            }
            other => other,
        };
        Self { code, modifiers }
    }

    /// The key without its modifiers.
    pub const fn code(self) -> KeyCode {
        self.code
    }

    /// Its modifiers: Control, Alt and Shift; Shift only where the code does not carry it.
    pub const fn modifiers(self) -> KeyModifiers {
        self.modifiers
    }

    /// The key that tmux writes as `C-b`, `M-a` or `F5`; `None` for `None` and what it cannot be.
    pub fn from_tmux(text: &str) -> Option<Self> {
        let mut modifiers = KeyModifiers::NONE;
        let mut rest = text.trim();
        loop {
            let (flag, shorter) = match rest.get(..2) {
                Some("C-") => (KeyModifiers::CONTROL, rest.get(2..)?),
                Some("M-") => (KeyModifiers::ALT, rest.get(2..)?),
                Some("S-") => (KeyModifiers::SHIFT, rest.get(2..)?),
                _ => break,
            };
            modifiers |= flag;
            rest = shorter;
        }
        if rest == "None" {
            return None;
        }
        named(rest).map(|code| Self::new(code, modifiers))
    }
}

impl From<KeyEvent> for Key {
    fn from(event: KeyEvent) -> Self {
        Self::new(event.code, event.modifiers)
    }
}

fn named(text: &str) -> Option<KeyCode> {
    let mut letters = text.chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        return (!letter.is_control() && letter != ' ').then_some(KeyCode::Char(letter));
    }
    let lower = text.to_ascii_lowercase();
    if let Some((_, code)) = NAMES.iter().find(|(name, _)| *name == lower) {
        return Some(*code);
    }
    let number: u8 = lower.strip_prefix('f')?.parse().ok()?;
    (1..=24).contains(&number).then_some(KeyCode::F(number))
}

impl FromStr for Key {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let mut modifiers = KeyModifiers::NONE;
        let mut rest = text;
        'prefixes: loop {
            for (name, flag) in MODIFIERS {
                let prefix = rest.get(..name.len()).filter(|prefix| prefix.eq_ignore_ascii_case(name));
                if let Some(shorter) = prefix.and_then(|_| rest.get(name.len()..))
                    && !shorter.is_empty()
                {
                    modifiers |= flag;
                    rest = shorter;
                    continue 'prefixes;
                }
            }
            break;
        }
        named(rest).map(|code| Self::new(code, modifiers)).ok_or_else(|| NotAKey(text.to_owned()))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        for (name, flag) in MODIFIERS {
            if self.modifiers.contains(flag) {
                text.push_str(name);
            }
        }
        match self.code {
            KeyCode::F(number) => text.push_str(&format!("f{number}")),
            code => match (NAMES.iter().find(|(_, named)| *named == code), code) {
                (Some((name, _)), _) => text.push_str(name),
                (None, KeyCode::Char(letter)) => text.push(letter),
                (None, other) => text.push_str(&format!("{other:?}").to_ascii_lowercase()),
            },
        }
        f.pad(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(text: &str) -> Key {
        text.parse().unwrap()
    }

    #[test]
    fn notation_is_read_and_written() {
        for text in ["g", "G", "ctrl-d", "alt-x", "space", "shift-tab", "f5", "?", "-", "ctrl--", "pageup", "alt-enter"]
        {
            assert_eq!(key(text).to_string(), text);
        }
        assert_eq!(key("Ctrl-Alt-Delete").to_string(), "ctrl-alt-delete");
        for text in ["", "ctrl-", "gg", "f25", "f0", "meta-x", " "] {
            assert!(text.parse::<Key>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn one_key_has_one_value() {
        assert_eq!(key("shift-n"), key("N"));
        assert_eq!(key("ctrl-D"), key("ctrl-d"));
        let told = |code, modifiers| Key::from(KeyEvent::new(code, modifiers));
        assert_eq!(told(KeyCode::Char('G'), KeyModifiers::SHIFT), key("G"));
        assert_eq!(told(KeyCode::Char('?'), KeyModifiers::SHIFT), key("?"));
        assert_eq!(told(KeyCode::BackTab, KeyModifiers::SHIFT), key("shift-tab"));
    }

    #[test]
    fn tmux_writes_keys_its_own_way() {
        assert_eq!(Key::from_tmux("C-b"), Some(key("ctrl-b")));
        assert_eq!(Key::from_tmux("M-a\n"), Some(key("alt-a")));
        assert_eq!(Key::from_tmux("`"), Some(key("`")));
        assert_eq!(Key::from_tmux("None"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,12}|(ctrl-|alt-|shift-){0,3}\\PC") {
            if let Ok(key) = text.parse::<Key>() {
                prop_assert_eq!(key.to_string().parse::<Key>(), Ok(key));
            }
        }
    }
}
