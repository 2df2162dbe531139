//! Operating system commands, device control strings, application program
//! commands: only terminals send them, in answer to something.

use super::reply::Reply;

/// A string that is coming in.
#[derive(Debug)]
pub(super) struct Strings {
    introducer: u8,
    text: Vec<u8>,
    escape: bool,
}

/// What became of a byte.
#[derive(Debug)]
pub(super) enum Taken {
    /// The string goes on.
    More(Strings),
    /// It ended.
    Reply(Reply),
    /// It broke off before the byte, which belongs to something else.
    Broken,
    /// It broke off at an Esc before the byte, and both belong to something else.
    Escaped,
    /// It never was one: Alt with this character, and the byte belongs to something else.
    Key(char),
}

/// Kept of a string; answers are short, and what is longer is not read.
const LONGEST: usize = 256;

impl Strings {
    pub fn new(introducer: u8) -> Self {
        Self { introducer, text: Vec::new(), escape: false }
    }

    /// The character that began it, where nothing followed yet.
    pub fn untouched(&self) -> Option<char> {
        (self.text.is_empty() && !self.escape).then_some(char::from(self.introducer))
    }

    pub fn take(mut self, byte: u8) -> Taken {
        if self.escape {
            return if byte == b'\\' { Taken::Reply(self.reply()) } else { Taken::Escaped };
        }
        if self.text.is_empty() && !self.begins_with(byte) {
            return Taken::Key(char::from(self.introducer));
        }
        match byte {
            0x07 => Taken::Reply(self.reply()),
            0x1b => {
                self.escape = true;
                Taken::More(self)
            }
            0x00..=0x1f | 0x7f => Taken::Broken,
            _ => {
                if self.text.len() < LONGEST {
                    self.text.push(byte);
                }
                Taken::More(self)
            }
        }
    }

    /// Whether an answer of this kind can begin so: what else follows Esc and the
    /// introducer is a key pressed with Alt and another key.
    fn begins_with(&self, byte: u8) -> bool {
        match self.introducer {
            b']' => matches!(byte, b'0'..=b'9' | b'l' | b'L'),
            b'P' => matches!(byte, b'0'..=b'9' | b'>' | b'!' | b'$' | b'+' | b'|' | b'='),
            _ => byte.is_ascii_alphanumeric(),
        }
    }

    fn reply(&self) -> Reply {
        if self.introducer == b']' { Reply::from_osc(&self.text) } else { Reply::Other }
    }
}
