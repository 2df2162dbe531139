//! Text from outside, made safe to show.

mod fold;

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unicode_segmentation::UnicodeSegmentation;

/// Text that may be written to a terminal, a file name or a report.
///
/// Everything that comes from a cluster, an account or a file passes through
/// here: control characters, escape sequences, bidirectional overrides and
/// invisible characters are replaced by something that can be seen, and the text
/// remembers that they were there. The raw bytes belong to evidence, never here.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Clean {
    text: Arc<str>,
    hid: bool,
}

/// Longest text kept by `Clean::from`, in characters. Kubernetes names have at
/// most 253 (RFC 1123); only annotations, messages and log lines are longer.
const LONGEST: usize = 4_096;

/// Combining marks kept on one character; more would climb over other rows.
const MARKS: usize = 4;

impl Clean {
    /// Cleans a text, keeping at most `longest` characters of the result.
    pub fn capped(raw: &str, longest: usize) -> Self {
        if raw.len() <= longest && raw.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
            return Self { text: raw.into(), hid: false };
        }
        let mut text = String::with_capacity(raw.len().min(longest));
        let mut hid = false;
        let mut kept = 0;
        for grapheme in raw.graphemes(true) {
            if kept >= longest {
                text.push('…');
                break;
            }
            let mut marks = 0;
            for (place, letter) in grapheme.chars().enumerate() {
                if let Some(shown) = shown_as(letter) {
                    hid |= letter != '\t';
                    text.push_str(&shown);
                } else if place > 0 && is_mark(letter) {
                    marks += 1;
                    if marks <= MARKS {
                        text.push(letter);
                    } else {
                        hid = true;
                    }
                } else {
                    text.push(letter);
                }
                kept += 1;
            }
        }
        Self { text: text.into(), hid }
    }

    /// Cleans bytes that should be UTF-8; what is not becomes U+FFFD and counts as hidden.
    pub fn bytes(raw: &[u8], longest: usize) -> Self {
        match std::str::from_utf8(raw) {
            Ok(text) => Self::capped(text, longest),
            Err(_) => Self { hid: true, ..Self::capped(&String::from_utf8_lossy(raw), longest) },
        }
    }

    /// The text, safe to show.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the raw text held something that a terminal would have obeyed or not shown.
    pub const fn hid_something(&self) -> bool {
        self.hid
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The text's shared storage.
    pub fn shared(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }
}

/// What stands in for a character that must not reach a terminal.
fn shown_as(letter: char) -> Option<String> {
    match letter {
        '\t' => Some("  ".to_owned()),
        '\u{1b}' => Some("␛".to_owned()),
        '\u{7f}' => Some("^?".to_owned()),
        '\u{0}'..='\u{1f}' => char::from_u32(letter as u32 + 0x40).map(|caret| format!("^{caret}")),
        '\u{80}'..='\u{9f}' => Some(format!("<U+{:04X}>", letter as u32)),
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0e}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{e000}'..='\u{f8ff}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' => Some(format!("<U+{:04X}>", letter as u32)),
        _ => None,
    }
}

/// Combining marks of the blocks that are piled up to deface a screen.
const fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

impl From<&str> for Clean {
    fn from(raw: &str) -> Self {
        Self::capped(raw, LONGEST)
    }
}

impl From<String> for Clean {
    fn from(raw: String) -> Self {
        Self::capped(&raw, LONGEST)
    }
}

impl Default for Clean {
    fn default() -> Self {
        Self { text: "".into(), hid: false }
    }
}

impl std::ops::Deref for Clean {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Clean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for Clean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

impl PartialEq<str> for Clean {
    fn eq(&self, other: &str) -> bool {
        &*self.text == other
    }
}

impl PartialEq<&str> for Clean {
    fn eq(&self, other: &&str) -> bool {
        &*self.text == *other
    }
}

impl Serialize for Clean {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Clean {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text)
    }
}

/// Cleans a text where it lies, without a copy in between.
struct Text;

impl serde::de::Visitor<'_> for Text {
    type Value = Clean;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: serde::de::Error>(self, raw: &str) -> Result<Clean, E> {
        Ok(Clean::from(raw))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nothing_that_a_terminal_obeys_gets_through(raw in "\\PC*|[\\x00-\\x1f\\x7f-\\u{9f}\\u{202a}-\\u{202e}\\u{2066}-\\u{2069}a-z]{0,40}") {
            let clean = Clean::from(raw.as_str());
            prop_assert!(clean.chars().all(|letter| shown_as(letter).is_none()), "{clean:?}");
        }

        #[test]
        fn cleaning_twice_changes_nothing(raw in any::<String>()) {
            let once = Clean::from(raw.as_str());
            let twice = Clean::from(once.as_str());
            prop_assert_eq!(twice.as_str(), once.as_str());
        }

        #[test]
        fn plain_text_stays_as_it_is(raw in "[ -~]{0,200}") {
            let clean = Clean::from(raw.as_str());
            prop_assert_eq!(clean.as_str(), raw.as_str());
            prop_assert!(!clean.hid_something());
        }
    }

    #[test]
    fn what_was_hidden_is_shown_and_flagged() {
        for (raw, shown) in [
            ("\u{1b}[31mred", "␛[31mred"),
            ("a\u{202e}b", "a<U+202E>b"),
            ("zero\u{200b}width", "zero<U+200B>width"),
            ("bell\u{7}", "bell^G"),
            ("c1\u{9b}31m", "c1<U+009B>31m"),
            ("two\nlines", "two^Jlines"),
        ] {
            let clean = Clean::from(raw);
            assert_eq!(clean, shown);
            assert!(clean.hid_something(), "{raw:?}");
        }
    }

    #[test]
    fn a_tab_is_no_secret() {
        let clean = Clean::from("a\tb");
        assert_eq!(clean, "a  b");
        assert!(!clean.hid_something());
    }

    #[test]
    fn marks_and_length_are_capped() {
        let zalgo = format!("a{}", "\u{301}".repeat(50));
        assert_eq!(Clean::from(zalgo.as_str()).chars().count(), 1 + MARKS);
        assert_eq!(Clean::capped(&"x".repeat(50), 10).chars().count(), 11);
    }

    #[test]
    fn bytes_that_are_no_text_are_flagged() {
        let clean = Clean::bytes(&[b'a', 0xff, b'b'], 10);
        assert_eq!(clean, "a\u{fffd}b");
        assert!(clean.hid_something());
    }
}
