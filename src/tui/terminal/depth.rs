//! How many colours a terminal shows, and the nearest of them.

use ratatui::style::{Color, Modifier};

use crate::config::theme::Colour;

/// How many colours a terminal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Depth {
    /// None: bold, reverse and underline only.
    Mono,
    /// The sixteen of ECMA-48 and aixterm.
    Sixteen,
    /// xterm's 256.
    Indexed,
    /// Any.
    Exact,
}

/// The sixteen by their names in ratatui, in the order of their numbers.
const SIXTEEN: [Color; 16] = [
    Color::Black,
    Color::Red,
    Color::Green,
    Color::Yellow,
    Color::Blue,
    Color::Magenta,
    Color::Cyan,
    Color::Gray,
    Color::DarkGray,
    Color::LightRed,
    Color::LightGreen,
    Color::LightYellow,
    Color::LightBlue,
    Color::LightMagenta,
    Color::LightCyan,
    Color::White,
];

/// Levels of xterm's colour cube (16 to 231).
const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];

impl Depth {
    /// A theme's colour as this terminal shows it.
    pub fn colour(self, colour: Colour) -> Color {
        let (red, green, blue) = colour.rgb;
        match self {
            Self::Mono => Color::Reset,
            Self::Sixteen => SIXTEEN.get(usize::from(colour.ansi)).copied().unwrap_or_default(),
            Self::Indexed => Color::Indexed(nearest_indexed(colour.rgb)),
            Self::Exact => Color::Rgb(red, green, blue),
        }
    }

    /// The nearest colour that this terminal shows.
    pub fn nearest(self, colour: Color) -> Color {
        match (self, colour) {
            (Self::Mono, _) | (_, Color::Reset) => Color::Reset,
            (_, Color::Indexed(number @ 0..16)) => sixteen(number),
            (Self::Sixteen, Color::Indexed(number)) => nearest_sixteen(indexed(number)),
            (Self::Sixteen, Color::Rgb(red, green, blue)) => nearest_sixteen((red, green, blue)),
            (Self::Indexed, Color::Rgb(red, green, blue)) => Color::Indexed(nearest_indexed((red, green, blue))),
            (_, colour) => colour,
        }
    }

    /// The emphasis that this terminal shows. Blinking is never shown.
    pub const fn emphasis(self, modifier: Modifier) -> Modifier {
        let plain = Modifier::BOLD.union(Modifier::REVERSED).union(Modifier::UNDERLINED);
        match self {
            Self::Mono => modifier.intersection(plain),
            _ => modifier.difference(Modifier::SLOW_BLINK.union(Modifier::RAPID_BLINK)),
        }
    }
}

fn sixteen(number: u8) -> Color {
    SIXTEEN.get(usize::from(number)).copied().unwrap_or_default()
}

fn nearest_sixteen(rgb: (u8, u8, u8)) -> Color {
    let nearest = (0..16u8).min_by_key(|number| distance(Colour::xterm(*number), rgb));
    sixteen(nearest.unwrap_or(7))
}

fn nearest_indexed(rgb: (u8, u8, u8)) -> u8 {
    (16..=255u8).min_by_key(|number| distance(indexed(*number), rgb)).unwrap_or(231)
}

/// What xterm shows for one of its 256 numbers.
fn indexed(number: u8) -> (u8, u8, u8) {
    match number {
        0..16 => Colour::xterm(number),
        16..232 => {
            let place = number - 16;
            let level = |step: u8| CUBE.get(usize::from(step)).copied().unwrap_or_default();
            (level(place / 36), level(place / 6 % 6), level(place % 6))
        }
        232.. => {
            let grey = 8 + 10 * (number - 232);
            (grey, grey, grey)
        }
    }
}

fn distance(one: (u8, u8, u8), other: (u8, u8, u8)) -> u32 {
    let square = |one: u8, other: u8| u32::from(one.abs_diff(other)).pow(2);
    2 * square(one.0, other.0) + 4 * square(one.1, other.1) + 3 * square(one.2, other.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_that_is_there_stays_itself() {
        for number in 16..=255u8 {
            let (red, green, blue) = indexed(number);
            let Color::Indexed(nearest) = Depth::Indexed.nearest(Color::Rgb(red, green, blue)) else { panic!() };
            assert_eq!(indexed(nearest), (red, green, blue));
        }
        assert_eq!(Depth::Sixteen.nearest(Color::Rgb(255, 10, 10)), Color::LightRed);
        assert_eq!(Depth::Sixteen.nearest(Color::Indexed(9)), Color::LightRed);
        assert_eq!(Depth::Exact.nearest(Color::Rgb(1, 2, 3)), Color::Rgb(1, 2, 3));
    }

    #[test]
    fn mono_has_no_colour_and_three_kinds_of_emphasis() {
        for colour in [Color::Red, Color::Indexed(200), Color::Rgb(1, 2, 3)] {
            assert_eq!(Depth::Mono.nearest(colour), Color::Reset);
        }
        let kept = Depth::Mono.emphasis(Modifier::all());
        assert_eq!(kept, Modifier::BOLD | Modifier::REVERSED | Modifier::UNDERLINED);
    }
}
