//! The shortest way to move the cursor.

use std::io::Write;

/// Where the cursor is. A column equal to the width means that the last column
/// was written and the terminal has yet to decide what that means.
pub(super) type Place = (u16, u16);

/// Writes the shortest move from one place, where it is known, to another.
pub(super) fn go(from: Option<Place>, to: Place, width: u16, out: &mut Vec<u8>) {
    if from == Some(to) {
        return;
    }
    let mut best = absolute(to);
    if let Some((column, row)) = from {
        let down = to.1.checked_sub(row);
        // Return first, then line feeds: right also at the margin. Never at the
        // last row, so nothing scrolls.
        if let Some(down @ 0..=4) = down {
            let mut way = vec![b'\r'];
            way.resize(1 + usize::from(down), b'\n');
            way.extend(forward(to.0));
            shorter(&mut best, way);
        }
        if column < width {
            if down == Some(0) {
                shorter(&mut best, sideways(column, to.0));
            } else if let Some(down @ 1..=4) = down {
                let mut way = vec![b'\n'; usize::from(down)];
                way.extend(sideways(column, to.0));
                shorter(&mut best, way);
            } else if column == to.0 {
                shorter(&mut best, if to.1 > row { steps(to.1 - row, b'B') } else { steps(row - to.1, b'A') });
            }
        }
    }
    out.extend(best);
}

fn shorter(best: &mut Vec<u8>, way: Vec<u8>) {
    if way.len() < best.len() {
        *best = way;
    }
}

fn absolute((column, row): Place) -> Vec<u8> {
    let mut way = Vec::new();
    // Writing to memory cannot fail.
    let _ = match (column, row) {
        (0, 0) => write!(way, "\x1b[H"),
        (0, row) => write!(way, "\x1b[{}H", row + 1),
        (column, 0) => write!(way, "\x1b[;{}H", column + 1),
        (column, row) => write!(way, "\x1b[{};{}H", row + 1, column + 1),
    };
    way
}

fn sideways(from: u16, to: u16) -> Vec<u8> {
    if to >= from {
        return forward(to - from);
    }
    let back = from - to;
    let mut way = if back <= 4 { vec![0x08; usize::from(back)] } else { steps(back, b'D') };
    let mut column = Vec::new();
    // Writing to memory cannot fail.
    let _ = write!(column, "\x1b[{}G", to + 1);
    shorter(&mut way, column);
    way
}

fn forward(columns: u16) -> Vec<u8> {
    if columns == 0 { Vec::new() } else { steps(columns, b'C') }
}

fn steps(count: u16, letter: u8) -> Vec<u8> {
    match count {
        1 => vec![0x1b, b'[', letter],
        _ => format!("\x1b[{count}{}", char::from(letter)).into_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn way(from: Option<Place>, to: Place) -> Vec<u8> {
        let mut out = Vec::new();
        go(from, to, 80, &mut out);
        out
    }

    #[test]
    fn short_ways_are_taken() {
        assert_eq!(way(None, (0, 0)), b"\x1b[H");
        assert_eq!(way(Some((80, 3)), (0, 4)), b"\r\n");
        assert_eq!(way(Some((10, 3)), (11, 3)), b"\x1b[C");
        assert_eq!(way(Some((10, 3)), (9, 3)), b"\x08");
        assert_eq!(way(Some((10, 3)), (0, 3)), b"\r");
        assert_eq!(way(Some((10, 3)), (10, 4)), b"\n");
        assert_eq!(way(Some((10, 20)), (60, 2)), b"\x1b[3;61H");
    }

    proptest! {
        #[test]
        fn every_way_leads_there(from in proptest::option::of((0u16..=80, 0u16..24)), to in (0u16..80, 0u16..24)) {
            let mut terminal = vt100::Parser::new(24.try_into().unwrap(), 80.try_into().unwrap(), 0);
            if let Some((column, row)) = from {
                let at = format!("\x1b[{};{}H", row + 1, if column == 80 { 80 } else { column + 1 });
                terminal.process(at.as_bytes());
                if column == 80 {
                    terminal.process(b"x");
                }
            } else {
                terminal.process(b"\x1b[13;41H");
            }
            let bytes = way(from, to);
            terminal.process(&bytes);
            prop_assert_eq!(terminal.screen().cursor_position(), (to.1, to.0));
            prop_assert!(bytes.len() <= absolute(to).len());
        }
    }
}
