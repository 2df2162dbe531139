//! The mouse, in xterm's first form and in its form with decimal numbers (1006).

use crossterm::event::{Event, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::csi::Numbers;

/// Three bytes: button, column, row, each plus 32.
pub(super) fn first(bytes: &[u8]) -> Option<Event> {
    let [button, column, row] = bytes else { return None };
    let button = u32::from(button.checked_sub(32)?);
    // In this form a release does not say of which button.
    let released = button & 0b1100_0011 == 3;
    let at = |byte: &u8| Some(u16::from(byte.checked_sub(33)?));
    event(if released { button & !3 } else { button }, at(column)?, at(row)?, released)
}

/// `button;column;row`, with `m` for a release.
pub(super) fn sgr(numbers: &Numbers, released: bool) -> Option<Event> {
    let at = |field| u16::try_from(numbers.at(field)?.checked_sub(1)?).ok();
    event(numbers.at(0)?, at(1)?, at(2)?, released)
}

fn event(bits: u32, column: u16, row: u16, released: bool) -> Option<Event> {
    let button = match bits & 3 {
        0 => Some(MouseButton::Left),
        1 => Some(MouseButton::Middle),
        2 => Some(MouseButton::Right),
        _ => None,
    };
    let moving = bits & 32 != 0;
    let kind = match (bits & 0xc0, button) {
        (0, Some(button)) if moving => MouseEventKind::Drag(button),
        (0, Some(button)) if released => MouseEventKind::Up(button),
        (0, Some(button)) => MouseEventKind::Down(button),
        (0, None) => MouseEventKind::Moved,
        (64, _) => match bits & 3 {
            0 => MouseEventKind::ScrollUp,
            1 => MouseEventKind::ScrollDown,
            2 => MouseEventKind::ScrollLeft,
            _ => MouseEventKind::ScrollRight,
        },
        _ => return None,
    };
    let mut modifiers = KeyModifiers::NONE;
    for (bit, flag) in [(4, KeyModifiers::SHIFT), (8, KeyModifiers::ALT), (16, KeyModifiers::CONTROL)] {
        modifiers.set(flag, bits & bit != 0);
    }
    Some(Event::Mouse(MouseEvent { kind, column, row, modifiers }))
}
