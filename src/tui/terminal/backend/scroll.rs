//! Rows that moved up or down: the terminal moves them itself, for twenty bytes.
//!
//! Only what every terminal and multiplexer does is used: scroll margins
//! (DECSTBM), and lines inserted or deleted between them (IL, DL).

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write;

use super::motion::Place;
use super::shadow::{Glyph, Shadow, Text};

/// Cells that a change of row costs, about.
const MOVE: i32 = 4;

/// Rows that move by some rows, all in one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shift {
    /// The block's first row.
    pub top: u16,
    /// The block's last row.
    pub bottom: u16,
    /// Rows that it moves up; down where negative.
    pub up: i32,
}

impl Shift {
    /// Fewer changed cells than this are written: finding out costs more than it saves.
    pub const WORTH: usize = 200;

    /// The block that moved, where one did. What moved is found by its text; whether
    /// moving it saves anything is for whoever writes to see.
    pub fn between(before: &Shadow, after: &Shadow, changed: &[Place]) -> Option<Self> {
        let up = moved(before, after, changed)?;
        let rows = i32::from(after.size().height);
        let gain = |row: i32| -> i32 {
            let (Ok(here), Ok(from)) = (u16::try_from(row), u16::try_from(row + up)) else { return i32::MIN / 4 };
            if row + up >= rows {
                return i32::MIN / 4;
            }
            let new = after.row(here);
            different(before.row(here), new) - different(before.row(from), new)
        };
        let (from, to) = best_run((0..rows).map(gain))?;
        // The block reaches over the rows that it came from as well.
        let (top, bottom) = if up > 0 { (from, to + up) } else { (from + up, to) };
        Some(Self { top: u16::try_from(top).ok()?, bottom: u16::try_from(bottom).ok()?, up })
    }

    /// Writes the move. The cursor is at the top left after it; the pen has to be the plain one.
    pub fn write(self, out: &mut Vec<u8>) {
        let (top, bottom) = (self.top + 1, self.bottom + 1);
        let count = match self.up.unsigned_abs() {
            1 => String::new(),
            count => count.to_string(),
        };
        let letter = if self.up > 0 { 'M' } else { 'L' };
        // Writing to memory cannot fail.
        let _ = write!(out, "\x1b[{top};{bottom}r\x1b[{top}H\x1b[{count}{letter}\x1b[r");
    }

    /// What the screen shows after the move.
    pub fn apply(self, before: &Shadow) -> Shadow {
        before.with_rows(|row| {
            if row < self.top || row > self.bottom {
                return Some(row);
            }
            let from = i32::from(row) + self.up;
            u16::try_from(from).ok().filter(|from| (self.top..=self.bottom).contains(from))
        })
    }
}

/// By how many rows most of the changed text moved up.
fn moved(before: &Shadow, after: &Shadow, changed: &[Place]) -> Option<i32> {
    let left = changed.iter().map(|(column, _)| *column).min()?;
    let right = changed.iter().map(|(column, _)| *column).max()?;
    let (first, last) = (changed.first()?.1, changed.last()?.1);
    let print = |screen: &Shadow, row: u16| {
        let cells = screen.row(row).get(usize::from(left)..=usize::from(right))?;
        let mut hasher = DefaultHasher::new();
        let mut letters = 0;
        for cell in cells {
            letters += usize::from(!cell.is_blank());
            cell.text.hash(&mut hasher);
        }
        // Rows that are nearly empty are like too many others.
        (letters > 8).then(|| hasher.finish())
    };
    let mut were: HashMap<u64, Option<u16>> = HashMap::new();
    for row in first..=last {
        if let Some(print) = print(before, row) {
            were.entry(print).and_modify(|row| *row = None).or_insert(Some(row));
        }
    }
    let mut votes: HashMap<i32, u32> = HashMap::new();
    for row in first..=last {
        if let Some(Some(was)) = print(after, row).and_then(|print| were.get(&print)) {
            *votes.entry(i32::from(*was) - i32::from(row)).or_default() += 1;
        }
    }
    let (up, count) = votes.into_iter().filter(|(up, _)| *up != 0).max_by_key(|(up, count)| (*count, -up.abs()))?;
    (count > 1).then_some(up)
}

/// About what it costs to turn one row into another.
fn different(old: &[Glyph], new: &[Glyph]) -> i32 {
    let cells = old.iter().zip(new).filter(|(old, new)| !new.looks_like(old)).count();
    let cells = i32::try_from(cells).unwrap_or(i32::MAX / 4);
    if cells == 0 { 0 } else { cells + MOVE }
}

/// First and last of the neighbours whose sum is greatest, where that is more than nothing.
fn best_run(gains: impl Iterator<Item = i32>) -> Option<(i32, i32)> {
    let (mut best, mut found) = (0, None);
    let (mut sum, mut from) = (0i32, 0);
    for (row, gain) in (0..).zip(gains) {
        if sum <= 0 {
            (sum, from) = (0, row);
        }
        sum = sum.saturating_add(gain);
        if sum > best {
            (best, found) = (sum, Some((from, row)));
        }
    }
    found
}

impl Shadow {
    /// The columns of a row that have to be painted to turn the old one into the new one.
    pub fn differences(&self, old: &Self, row: u16) -> impl Iterator<Item = u16> {
        let cells = (0..).zip(self.row(row).iter().zip(old.row(row)));
        cells.filter(|(_, (new, old))| new.text != Text::Covered && !new.looks_like(old)).map(|(column, _)| column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_neighbours_are_found() {
        assert_eq!(best_run([-5, 3, 4, -2, 6, -20, 5].into_iter()), Some((1, 4)));
        assert_eq!(best_run([-1, -1].into_iter()), None);
    }

    #[test]
    fn a_move_is_written_as_terminals_know_it() {
        let mut out = Vec::new();
        Shift { top: 4, bottom: 20, up: 1 }.write(&mut out);
        Shift { top: 0, bottom: 3, up: -2 }.write(&mut out);
        assert_eq!(out, b"\x1b[5;21r\x1b[5H\x1b[M\x1b[r\x1b[1;4r\x1b[1H\x1b[2L\x1b[r");
    }
}
