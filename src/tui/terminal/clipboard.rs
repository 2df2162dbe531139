//! Copying through the terminal (OSC 52), which works over SSH, and into a file,
//! which works always. The clipboard is never read.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Capabilities;
use super::probe::Multiplexer;
use crate::config::Directories;
use crate::config::state::write_private;
use crate::model::Clean;

/// Bytes of base64 that terminals take: hterm's and tmux's limit of 100,000 bytes
/// for the whole sequence leaves 74,994 for what it carries.
const LONGEST: usize = 74_994;

/// Time between two copies to the terminal; a stream of them freezes some terminals.
const PAUSE: Duration = Duration::from_millis(250);

/// Bytes that GNU screen takes in one string.
const SCREEN_STRING: usize = 256;

/// What copies.
#[derive(Debug)]
pub struct Clipboard {
    file: PathBuf,
    multiplexer: Multiplexer,
    last: Option<Instant>,
}

/// What became of a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// What to write to the terminal; nothing where it would not take it.
    pub sequence: Vec<u8>,
    /// What to tell the person.
    pub told: Clean,
}

impl Clipboard {
    /// A clipboard for that terminal, with its file in the state directory.
    pub fn new(directories: &Directories, capabilities: &Capabilities) -> Self {
        Self { file: directories.state().join("clip.txt"), multiplexer: capabilities.multiplexer, last: None }
    }

    /// Copies a text. Whether the terminal took it cannot be known.
    pub fn copy(&mut self, text: &str, now: Instant) -> Copied {
        let bytes = text.len();
        let kept = match write_private(&self.file, text.as_bytes()) {
            Ok(()) => format!("kept in {}", self.file.display()),
            Err(error) => format!("not kept in {}: {error}", self.file.display()),
        };
        let encoded = STANDARD.encode(text);
        let (sequence, told) = if encoded.len() > LONGEST {
            (Vec::new(), format!("too long for a terminal ({bytes} bytes); {kept}"))
        } else if self.last.is_some_and(|last| now.saturating_duration_since(last) < PAUSE) {
            (Vec::new(), format!("the terminal still has the copy of a moment ago; {kept}"))
        } else {
            self.last = Some(now);
            (self.wrapped(&encoded), format!("sent to terminal ({bytes} bytes); {kept}"))
        };
        Copied { sequence, told: Clean::from(told) }
    }

    fn wrapped(&self, encoded: &str) -> Vec<u8> {
        let plain = format!("\x1b]52;c;{encoded}\x1b\\").into_bytes();
        match self.multiplexer {
            Multiplexer::None => plain,
            Multiplexer::Tmux => {
                // Taken by tmux itself (set-clipboard on), and passed through to the terminal (allow-passthrough on).
                let inner = format!("\x1b]52;c;{encoded}\x1b\\").replace('\x1b', "\x1b\x1b");
                [&plain, &b"\x1bPtmux;"[..], inner.as_bytes(), b"\x1b\\"].concat()
            }
            Multiplexer::Screen => {
                // screen ends its string at the first Esc \, so the inner one ends in BEL.
                let inner = format!("\x1b]52;c;{encoded}\x07").into_bytes();
                inner.chunks(SCREEN_STRING).flat_map(|chunk| [&b"\x1bP"[..], chunk, b"\x1b\\"].concat()).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn clipboard(home: &tempfile::TempDir, multiplexer: Multiplexer) -> Clipboard {
        let capabilities = Capabilities { multiplexer, ..Capabilities::default() };
        Clipboard::new(&Directories::under(home.path()), &capabilities)
    }

    #[test]
    fn a_copy_goes_to_the_terminal_and_to_a_private_file() {
        let home = tempfile::tempdir().unwrap();
        let mut clipboard = clipboard(&home, Multiplexer::None);
        let copied = clipboard.copy("pod/web", Instant::now());
        assert_eq!(copied.sequence, b"\x1b]52;c;cG9kL3dlYg==\x1b\\");
        assert!(copied.told.starts_with("sent to terminal (7 bytes)"), "{}", copied.told);
        assert_eq!(std::fs::read_to_string(&clipboard.file).unwrap(), "pod/web");
        assert_eq!(std::fs::metadata(&clipboard.file).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn multiplexers_get_it_wrapped() {
        let home = tempfile::tempdir().unwrap();
        let tmux = clipboard(&home, Multiplexer::Tmux).copy("x", Instant::now()).sequence;
        assert_eq!(tmux, b"\x1b]52;c;eA==\x1b\\\x1bPtmux;\x1b\x1b]52;c;eA==\x1b\x1b\\\x1b\\");
        let screen = clipboard(&home, Multiplexer::Screen).copy(&"x".repeat(600), Instant::now()).sequence;
        let strings: Vec<_> = screen.split(|byte| *byte == 0x1b).map(<[u8]>::len).collect();
        assert!(strings.iter().all(|length| *length <= SCREEN_STRING + 1), "{strings:?}");
    }

    #[test]
    fn a_terminal_is_neither_flooded_nor_choked() {
        let home = tempfile::tempdir().unwrap();
        let mut clipboard = clipboard(&home, Multiplexer::None);
        let now = Instant::now();
        assert!(!clipboard.copy("a", now).sequence.is_empty());
        assert!(clipboard.copy("b", now + PAUSE / 2).sequence.is_empty());
        assert_eq!(std::fs::read_to_string(&clipboard.file).unwrap(), "b");
        assert!(!clipboard.copy("c", now + PAUSE).sequence.is_empty());
        let long = clipboard.copy(&"x".repeat(LONGEST), now + 3 * PAUSE);
        assert!(long.sequence.is_empty() && long.told.contains("too long"));
    }
}
