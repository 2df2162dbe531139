//! What is switched on when the screen is entered, and off when it is left.

/// The modes of one stay on the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Modes {
    /// Clicks and the wheel come as events.
    pub mouse: bool,
}

/// Normal tracking and button motion with coordinates of any size (xterm's 1000, 1002, 1006).
const MOUSE_ON: &[u8] = b"\x1b[?1000h\x1b[?1002h\x1b[?1006h";
const MOUSE_OFF: &[u8] = b"\x1b[?1006l\x1b[?1002l\x1b[?1000l";

impl Modes {
    /// Alternate screen, cleared; cursor hidden; bracketed paste; cursor keys and
    /// keypad as in normal mode.
    pub fn enter(self) -> Vec<u8> {
        let mut bytes = b"\x1b[?1049h\x1b[m\x1b[2J\x1b[H\x1b[?25l\x1b[?2004h\x1b[?1l\x1b>".to_vec();
        if self.mouse {
            bytes.extend_from_slice(MOUSE_ON);
        }
        bytes
    }

    /// Takes the mouse or leaves it.
    pub const fn mouse(taken: bool) -> &'static [u8] {
        if taken { MOUSE_ON } else { MOUSE_OFF }
    }

    /// Takes all of it back, the last first. Ends a synchronized frame that was
    /// cut short and a string that was not ended, so that nothing of ours stays pending.
    pub fn leave(self) -> Vec<u8> {
        let mut bytes = b"\x1b\\\x1b[?2026l".to_vec();
        // Also where it was never asked for: a terminal that reports its mouse to a shell is unusable.
        bytes.extend_from_slice(MOUSE_OFF);
        bytes.extend_from_slice(b"\x1b[?2004l\x1b[m\x1b[?25h\x1b[?1049l");
        bytes
    }
}
