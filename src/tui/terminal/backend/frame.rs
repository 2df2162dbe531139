//! One frame, one write.

use std::io::{self, Write};

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};

use super::motion::{Place, go};
use super::pen::Pen;
use super::scroll::Shift;
use super::shadow::{Glyph, Shadow};
use crate::tui::terminal::{Capabilities, Depth};

/// Begin and end of a synchronized update (DEC 2026): terminals that know it show
/// the frame at once, the others ignore it.
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";

/// Room for a frame. A full one in exact colours at 240 by 60 fits.
const ROOM: usize = 64 * 1024;

/// Cells between two changes that are written again where that is not longer than a move.
const BRIDGE: u16 = 3;

/// A run of blanks at the end of a row that is erased rather than written.
const ERASED: usize = 4;

/// ratatui's backend, made for slow lines.
pub struct Painter<W> {
    out: W,
    bytes: Vec<u8>,
    shadow: Shadow,
    changed: Vec<Place>,
    depth: Depth,
    erases_in_colour: bool,
    scrolls: bool,
    pen: Option<Pen>,
    cursor: Option<Place>,
    shown: bool,
}

impl<W: Write> Painter<W> {
    /// A painter on a cleared screen of that size with a hidden cursor.
    pub fn new(out: W, size: Size, capabilities: &Capabilities) -> Self {
        Self {
            out,
            bytes: Vec::with_capacity(ROOM),
            shadow: Shadow::new(size),
            changed: Vec::new(),
            depth: capabilities.depth,
            erases_in_colour: capabilities.erases_in_colour,
            scrolls: capabilities.scrolls,
            pen: None,
            cursor: None,
            shown: false,
        }
    }

    /// Takes note of a new size. The next frame is drawn whole.
    pub fn resize(&mut self, size: Size) {
        if size != self.shadow.size() {
            self.shadow = Shadow::new(size);
            self.cursor = None;
        }
    }

    /// Where it writes.
    pub const fn out_mut(&mut self) -> &mut W {
        &mut self.out
    }

    /// Writes a sequence that moves nothing, by itself.
    pub fn send(&mut self, sequence: &[u8]) -> io::Result<()> {
        self.out.write_all(sequence)
    }

    /// Forgets what the terminal shows, and clears it with the next frame.
    fn clear_all(&mut self) {
        self.shadow = Shadow::new(self.shadow.size());
        self.pen = Some(Pen::default());
        self.cursor = None;
        self.bytes.extend_from_slice(b"\x1b[m\x1b[2J");
    }

    /// Writes the changed cells, row by row.
    fn paint(&mut self, changed: &[Place]) {
        for row in changed.chunk_by(|one, other| one.1 == other.1) {
            if let Some((_, number)) = row.first() {
                self.paint_row(*number, row);
            }
        }
    }

    /// Lets the terminal move a block of rows, and writes what is still different then.
    fn paint_shifted(&mut self, shift: Shift, before: &Shadow) {
        let plain = Pen::default();
        plain.take_up(self.pen, &mut self.bytes);
        self.pen = Some(plain);
        shift.write(&mut self.bytes);
        self.cursor = Some((0, 0));
        let moved = shift.apply(before);
        let rows = 0..self.shadow.size().height;
        let changed: Vec<Place> =
            rows.flat_map(|row| self.shadow.differences(&moved, row).map(move |column| (column, row))).collect();
        self.paint(&changed);
    }

    /// Writes the changed cells of one row, columns ascending.
    fn paint_row(&mut self, row: u16, columns: &[Place]) {
        let width = self.shadow.size().width;
        let glyphs = self.shadow.row(row);
        let tail = blank_tail(glyphs, self.erases_in_colour);
        for (done, (column, _)) in columns.iter().enumerate() {
            let Some(glyph) = glyphs.get(usize::from(*column)) else { continue };
            let rest = columns.len() - done;
            if *column >= tail && rest >= ERASED {
                go(self.cursor, (*column, row), width, &mut self.bytes);
                self.cursor = Some((*column, row));
                if !self.pen.is_some_and(|pen| pen.erases(true) && pen.blanks_like(&glyph.pen)) {
                    glyph.pen.take_up(self.pen, &mut self.bytes);
                    self.pen = Some(glyph.pen);
                }
                self.bytes.extend_from_slice(b"\x1b[K");
                return;
            }
            if !bridge(glyphs, self.cursor, (*column, row), self.pen, &mut self.bytes) {
                go(self.cursor, (*column, row), width, &mut self.bytes);
            }
            if !(glyph.is_blank() && self.pen.is_some_and(|pen| pen.blanks_like(&glyph.pen))) {
                glyph.pen.take_up(self.pen, &mut self.bytes);
                self.pen = Some(glyph.pen);
            }
            glyph.write(&mut self.bytes);
            self.cursor = glyph.has_certain_width().then_some((column + glyph.width(), row));
        }
    }
}

/// The column from which a row is blank to its end, on one ground that erasing leaves.
fn blank_tail(glyphs: &[Glyph], in_colour: bool) -> u16 {
    let Some(last) = glyphs.last().filter(|last| last.is_blank() && last.pen.erases(in_colour)) else {
        return u16::MAX;
    };
    let run = glyphs.iter().rev().take_while(|glyph| glyph.is_blank() && glyph.pen.blanks_like(&last.pen)).count();
    u16::try_from(glyphs.len() - run).unwrap_or(u16::MAX)
}

/// Writes the few unchanged cells before the next change again, where the pen is the same.
fn bridge(glyphs: &[Glyph], from: Option<Place>, to: Place, pen: Option<Pen>, out: &mut Vec<u8>) -> bool {
    let (Some((column, row)), Some(pen)) = (from, pen) else { return false };
    let gap = to.0.checked_sub(column).filter(|gap| row == to.1 && *gap <= BRIDGE);
    let Some(cells) = gap.and_then(|_| glyphs.get(usize::from(column)..usize::from(to.0))) else { return false };
    let same = |glyph: &Glyph| {
        let mut text = Vec::new();
        glyph.write(&mut text);
        text.len() == 1 && (glyph.pen == pen || (glyph.is_blank() && glyph.pen.blanks_like(&pen)))
    };
    if !cells.iter().all(same) {
        return false;
    }
    cells.iter().for_each(|glyph| glyph.write(out));
    true
}

impl<W: Write> Backend for Painter<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut changed = std::mem::take(&mut self.changed);
        changed.clear();
        let content: Vec<_> = content.map(|(column, row, cell)| (column, row, Glyph::of(cell, self.depth))).collect();
        let before = (self.scrolls && content.len() >= Shift::WORTH).then(|| self.shadow.clone());
        for (column, row, glyph) in content {
            let painted = self.shadow.put(column, row, glyph);
            changed.extend(painted.into_iter().flatten().map(|column| (column, row)));
        }
        changed.dedup();
        let shift = before.and_then(|before| Some((Shift::between(&before, &self.shadow, &changed)?, before)));
        let (written, pen, cursor) = (self.bytes.len(), self.pen, self.cursor);
        self.paint(&changed);
        if let Some((shift, before)) = shift {
            let (plain, after) = (self.bytes.split_off(written), (self.pen, self.cursor));
            (self.pen, self.cursor) = (pen, cursor);
            self.paint_shifted(shift, &before);
            if self.bytes.len() - written >= plain.len() {
                self.bytes.truncate(written);
                self.bytes.extend(plain);
                (self.pen, self.cursor) = after;
            }
        }
        self.changed = changed;
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.shown) {
            self.bytes.extend_from_slice(b"\x1b[?25l");
        }
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        if !std::mem::replace(&mut self.shown, true) {
            self.bytes.extend_from_slice(b"\x1b[?25h");
        }
        Ok(())
    }

    /// Where the cursor was put last; the terminal is never asked.
    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.cursor.map_or(Position::ORIGIN, Position::from))
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let Position { x, y } = position.into();
        let size = self.shadow.size();
        let place = (x.min(size.width.saturating_sub(1)), y.min(size.height.saturating_sub(1)));
        go(self.cursor, place, size.width, &mut self.bytes);
        self.cursor = Some(place);
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_all();
        Ok(())
    }

    fn clear_region(&mut self, _: ClearType) -> io::Result<()> {
        // A full-screen viewport clears all or nothing.
        self.clear_all();
        Ok(())
    }

    fn size(&self) -> io::Result<Size> {
        Ok(self.shadow.size())
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.shadow.size(), pixels: Size::ZERO })
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.bytes.is_empty() {
            return Ok(());
        }
        self.bytes.splice(..0, BEGIN.iter().copied());
        self.bytes.extend_from_slice(END);
        let written = self.out.write_all(&self.bytes);
        self.bytes.clear();
        written
    }
}

#[cfg(test)]
mod tests;
