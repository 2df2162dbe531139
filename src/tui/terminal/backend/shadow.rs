//! What the terminal shows.

use ratatui::buffer::Cell;
use ratatui::layout::Size;
use unicode_width::UnicodeWidthStr;

use super::pen::Pen;
use crate::tui::terminal::Depth;

/// A copy of the screen as it will be after the frame.
#[derive(Clone, Debug)]
pub(super) struct Shadow {
    size: Size,
    glyphs: Vec<Glyph>,
}

/// What stands in one cell.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Glyph {
    /// Its text; empty where the cell is covered by a wide one on its left.
    pub text: Text,
    /// How it is drawn.
    pub pen: Pen,
}

/// A grapheme. Nearly all are one character.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(super) enum Text {
    Covered,
    One(char),
    More(Box<str>),
}

impl Default for Glyph {
    fn default() -> Self {
        Self { text: Text::One(' '), pen: Pen::default() }
    }
}

impl Glyph {
    pub fn of(cell: &Cell, depth: Depth) -> Self {
        let symbol = cell.symbol();
        let mut letters = symbol.chars();
        let text = match (letters.next(), letters.next()) {
            // What the cell type is for is not what it enforces: a control character would be obeyed.
            (None, _) => Text::One(' '),
            (Some(letter), None) => Text::One(if letter.is_control() { ' ' } else { letter }),
            _ => Text::More(symbol.chars().filter(|letter| !letter.is_control()).collect()),
        };
        Self { text, pen: Pen::of(cell, depth) }
    }

    /// Columns that it takes.
    pub fn width(&self) -> u16 {
        match &self.text {
            Text::Covered => 0,
            Text::One(' '..='~') => 1,
            Text::One(letter) => width(letter.encode_utf8(&mut [0; 4])),
            Text::More(text) => width(text),
        }
    }

    pub fn is_blank(&self) -> bool {
        self.text == Text::One(' ')
    }

    /// Whether it looks the same as another: a blank shows only its ground.
    pub fn looks_like(&self, other: &Self) -> bool {
        self.text == other.text && (self.pen == other.pen || (self.is_blank() && other.pen.blanks_like(&self.pen)))
    }

    /// Whether every terminal moves its cursor by `width`: terminals differ about
    /// emoji, about joined characters and about much of East Asia's.
    pub const fn has_certain_width(&self) -> bool {
        matches!(
            self.text,
            Text::One(
                ' '..='~'
                | '\u{a1}'..='\u{24f}'
                | '\u{370}'..='\u{52f}'
                | '\u{2010}'..='\u{2027}'
                | '\u{2190}'..='\u{21ff}'
                | '\u{2500}'..='\u{25fd}',
            )
        )
    }

    pub fn write(&self, out: &mut Vec<u8>) {
        match &self.text {
            Text::Covered => {}
            Text::One(letter) => out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
            Text::More(text) => out.extend_from_slice(text.as_bytes()),
        }
    }
}

fn width(text: &str) -> u16 {
    u16::try_from(text.width()).unwrap_or(1)
}

impl Shadow {
    /// A cleared screen.
    pub fn new(size: Size) -> Self {
        Self { size, glyphs: vec![Glyph::default(); usize::from(size.width) * usize::from(size.height)] }
    }

    pub const fn size(&self) -> Size {
        self.size
    }

    /// Takes note of a cell. Gives the columns to paint: none where it looks as
    /// before, its own, and that of a wide character's second half whose first it
    /// overwrites. Terminals differ about what is left there.
    pub fn put(&mut self, column: u16, row: u16, glyph: Glyph) -> [Option<u16>; 2] {
        let end = column.saturating_add(glyph.width().max(1));
        let covered = Glyph { text: Text::Covered, pen: glyph.pen };
        match self.at_mut(column, row) {
            Some(known) if !glyph.looks_like(known) => *known = glyph,
            _ => return [None, None],
        }
        for beside in column.saturating_add(1)..end {
            if let Some(known) = self.at_mut(beside, row) {
                *known = covered.clone();
            }
        }
        let orphan = self.at_mut(end, row).filter(|known| known.text == Text::Covered).map(|known| {
            *known = Glyph::default();
            end
        });
        [Some(column), orphan]
    }

    /// The same screen with its rows taken from elsewhere on it, or blank.
    pub fn with_rows(&self, from: impl Fn(u16) -> Option<u16>) -> Self {
        let mut glyphs = Vec::with_capacity(self.glyphs.len());
        for row in 0..self.size.height {
            match from(row) {
                Some(row) => glyphs.extend_from_slice(self.row(row)),
                None => glyphs.resize(glyphs.len() + usize::from(self.size.width), Glyph::default()),
            }
        }
        Self { size: self.size, glyphs }
    }

    /// The cells of a row.
    pub fn row(&self, row: u16) -> &[Glyph] {
        let width = usize::from(self.size.width);
        let from = usize::from(row) * width;
        self.glyphs.get(from..from + width).unwrap_or_default()
    }

    fn at_mut(&mut self, column: u16, row: u16) -> Option<&mut Glyph> {
        let width = usize::from(self.size.width);
        (column < self.size.width).then_some(())?;
        self.glyphs.get_mut(usize::from(row) * width + usize::from(column))
    }
}
