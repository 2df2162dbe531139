//! How letters are drawn, and the shortest change from one way to another (SGR).

use std::io::Write;

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

use crate::tui::terminal::Depth;

/// How letters are drawn. Underlines have the letters' colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pen {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

/// Emphasis that is seen on a blank.
const SEEN_ON_BLANKS: Modifier = Modifier::REVERSED.union(Modifier::UNDERLINED).union(Modifier::CROSSED_OUT);

const EMPHASIS: [(Modifier, &str, &str); 7] = [
    (Modifier::BOLD, "1", "22"),
    (Modifier::DIM, "2", "22"),
    (Modifier::ITALIC, "3", "23"),
    (Modifier::UNDERLINED, "4", "24"),
    (Modifier::REVERSED, "7", "27"),
    (Modifier::HIDDEN, "8", "28"),
    (Modifier::CROSSED_OUT, "9", "29"),
];

impl Pen {
    /// The pen for a cell on a terminal of that depth.
    pub fn of(cell: &Cell, depth: Depth) -> Self {
        Self { fg: depth.nearest(cell.fg), bg: depth.nearest(cell.bg), modifier: depth.emphasis(cell.modifier) }
    }

    /// Whether a blank drawn with either looks the same.
    pub fn blanks_like(&self, other: &Self) -> bool {
        let seen = |pen: &Self| pen.modifier.intersection(SEEN_ON_BLANKS);
        self.bg == other.bg && seen(self) == seen(other) && (seen(self).is_empty() || self.fg == other.fg)
    }

    /// Whether erasing with this pen leaves what a blank drawn with it would: the
    /// ground only, and a coloured one only where the terminal erases in colour.
    pub fn erases(&self, in_colour: bool) -> bool {
        !self.modifier.intersects(SEEN_ON_BLANKS) && (in_colour || self.bg == Color::Reset)
    }

    /// Writes the shortest sequence that changes `before` to this pen; a pen that
    /// is not known is reset.
    pub fn take_up(&self, before: Option<Self>, out: &mut Vec<u8>) {
        if before == Some(*self) {
            return;
        }
        let from_scratch = self.difference(Self::default());
        let reset = if from_scratch.is_empty() { String::new() } else { format!("0;{from_scratch}") };
        let shortest = match before {
            None => reset,
            Some(before) => {
                let change = self.difference(before);
                if change.len() < reset.len() || (reset.is_empty() && change.is_empty()) { change } else { reset }
            }
        };
        // Writing to memory cannot fail.
        let _ = write!(out, "\x1b[{shortest}m");
    }

    fn difference(&self, before: Self) -> String {
        let mut codes = Codes::default();
        let removed = before.modifier.difference(self.modifier);
        let mut kept = before.modifier.intersection(self.modifier);
        for (flag, _, off) in EMPHASIS {
            if removed.contains(flag) && !codes.has(off) {
                codes.push(off);
            }
        }
        // 22 takes bold and faint away together.
        if codes.has("22") {
            kept.remove(Modifier::BOLD | Modifier::DIM);
        }
        for (flag, on, _) in EMPHASIS {
            if self.modifier.contains(flag) && !kept.contains(flag) {
                codes.push(on);
            }
        }
        if self.fg != before.fg {
            codes.push(&colour(self.fg, 30));
        }
        if self.bg != before.bg {
            codes.push(&colour(self.bg, 40));
        }
        codes.0
    }
}

/// Codes of one sequence.
#[derive(Default)]
struct Codes(String);

impl Codes {
    fn push(&mut self, code: &str) {
        if !self.0.is_empty() {
            self.0.push(';');
        }
        self.0.push_str(code);
    }

    fn has(&self, code: &str) -> bool {
        self.0.split(';').any(|known| known == code)
    }
}

/// The code of a colour for letters (`base` 30) or ground (`base` 40).
fn colour(colour: Color, base: u8) -> String {
    let number = match colour {
        Color::Reset => return (base + 9).to_string(),
        Color::Indexed(number) => return format!("{};5;{number}", base + 8),
        Color::Rgb(red, green, blue) => return format!("{};2;{red};{green};{blue}", base + 8),
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 60,
        Color::LightRed => 61,
        Color::LightGreen => 62,
        Color::LightYellow => 63,
        Color::LightBlue => 64,
        Color::LightMagenta => 65,
        Color::LightCyan => 66,
        Color::White => 67,
    };
    (base + number).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::style::Style;

    fn pen(style: Style) -> Pen {
        let mut cell = Cell::default();
        cell.set_style(style);
        Pen::of(&cell, Depth::Exact)
    }

    fn change(before: Option<Style>, to: Style) -> String {
        let mut out = Vec::new();
        pen(to).take_up(before.map(pen), &mut out);
        String::from_utf8(out).unwrap().replace('\x1b', "")
    }

    #[test]
    fn changes_are_short() {
        let plain = Style::new();
        assert_eq!(change(Some(plain), plain), "");
        assert_eq!(change(None, plain), "[m");
        assert_eq!(change(Some(plain), plain.red()), "[31m");
        assert_eq!(change(Some(plain.red()), plain), "[m");
        assert_eq!(change(Some(plain.red()), plain.light_blue()), "[94m");
        assert_eq!(change(Some(plain.red().bold().on_blue()), plain.red().on_blue()), "[22m");
        assert_eq!(change(Some(plain.white().bold().on_blue()), plain.red()), "[0;31m");
        assert_eq!(change(Some(plain.bold().dim()), plain.bold()), "[0;1m");
        assert_eq!(change(Some(plain), plain.fg(Color::Indexed(208))), "[38;5;208m");
        assert_eq!(change(Some(plain), plain.bg(Color::Rgb(1, 2, 3))), "[48;2;1;2;3m");
    }

    #[test]
    fn a_blank_shows_only_its_ground() {
        let plain = Style::new();
        assert!(pen(plain.red().bold()).blanks_like(&pen(plain.green())));
        assert!(!pen(plain.on_red()).blanks_like(&pen(plain)));
        assert!(!pen(plain.reversed()).blanks_like(&pen(plain)));
        assert!(!pen(plain.on_red()).erases(false) && pen(plain.on_red()).erases(true));
        assert!(!pen(plain.underlined()).erases(true));
    }
}
