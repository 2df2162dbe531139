//! Bracketed paste: text, whatever it holds, and never keys.

const END: &[u8] = b"\x1b[201~";

/// Kept of a paste, in bytes: more than a person means to type into a cockpit.
const LONGEST: usize = 64 * 1024;

/// A paste that is coming in.
#[derive(Debug, Default)]
pub(super) struct Paste {
    text: Vec<u8>,
    ended: usize,
}

impl Paste {
    /// Takes a byte; gives the text when it ends.
    pub fn take(mut self, byte: u8) -> Result<Self, String> {
        if END.get(self.ended) == Some(&byte) {
            self.ended += 1;
            return if self.ended == END.len() { Err(self.text()) } else { Ok(self) };
        }
        let held = END.get(..std::mem::take(&mut self.ended)).unwrap_or_default();
        self.keep(held);
        if END.first() == Some(&byte) {
            self.ended = 1;
        } else {
            self.keep(&[byte]);
        }
        Ok(self)
    }

    /// The text so far. Terminals send a carriage return for each end of line.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.text).replace("\r\n", "\n").replace('\r', "\n")
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = LONGEST.saturating_sub(self.text.len());
        self.text.extend(bytes.iter().take(room));
    }
}
