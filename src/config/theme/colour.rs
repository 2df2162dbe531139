//! A colour for terminals of every kind.

use serde::Deserialize;

/// A colour, exact for terminals that can, and by name for those with sixteen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Colour {
    /// Red, green, blue.
    #[serde(deserialize_with = "hexadecimal")]
    pub rgb: (u8, u8, u8),
    /// The sixteen-colour number: 0 black to 7 white, 8 to 15 the bright ones.
    #[serde(deserialize_with = "named")]
    pub ansi: u8,
}

const NAMES: [&str; 8] = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

/// xterm's colours (`XTerm-col.ad`), the nearest there is to a standard for the sixteen.
const XTERM: [(u8, u8, u8); 16] = [
    (0, 0, 0),
    (205, 0, 0),
    (0, 205, 0),
    (205, 205, 0),
    (0, 0, 238),
    (205, 0, 205),
    (0, 205, 205),
    (229, 229, 229),
    (127, 127, 127),
    (255, 0, 0),
    (0, 255, 0),
    (255, 255, 0),
    (92, 92, 255),
    (255, 0, 255),
    (0, 255, 255),
    (255, 255, 255),
];

impl Colour {
    /// The exact colour `#rrggbb`.
    pub fn hex(text: &str) -> Option<(u8, u8, u8)> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
        let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        Some((part(0)?, part(2)?, part(4)?))
    }

    /// What xterm shows for a sixteen-colour number.
    pub fn xterm(ansi: u8) -> (u8, u8, u8) {
        XTERM.get(usize::from(ansi)).copied().unwrap_or_default()
    }

    /// Relative luminance of WCAG 2.2 (<https://www.w3.org/TR/WCAG22/#dfn-relative-luminance>), 0 to 1.
    pub fn luminance((red, green, blue): (u8, u8, u8)) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    /// Contrast ratio of WCAG 2.2, 1 to 21.
    pub fn contrast(one: (u8, u8, u8), other: (u8, u8, u8)) -> f64 {
        let (one, other) = (Self::luminance(one), Self::luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }
}

fn hexadecimal<'de, D: serde::Deserializer<'de>>(from: D) -> Result<(u8, u8, u8), D::Error> {
    let text = String::deserialize(from)?;
    Colour::hex(&text).ok_or_else(|| serde::de::Error::custom(format!("{text:?} is no colour; write \"#rrggbb\"")))
}

fn named<'de, D: serde::Deserializer<'de>>(from: D) -> Result<u8, D::Error> {
    let text = String::deserialize(from)?;
    let (name, bright) = match text.strip_prefix("bright-") {
        Some(name) => (name, 8),
        None => (text.as_str(), 0),
    };
    let place = NAMES.iter().position(|known| *known == name);
    place.and_then(|place| u8::try_from(place).ok()).map(|place| place + bright).ok_or_else(|| {
        serde::de::Error::custom(format!("{text:?} is none of {} or bright- before one of them", NAMES.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use super::Colour;

    #[test]
    fn contrast_is_that_of_the_recommendation() {
        let about = |one, other, expected: f64| {
            let contrast = Colour::contrast(one, other);
            assert!((contrast - expected).abs() < 0.01, "{contrast}");
        };
        about((0, 0, 0), (255, 255, 255), 21.0);
        about((255, 255, 255), (255, 255, 255), 1.0);
        // The grey that is just readable on white, as WCAG's own examples have it.
        about((0x76, 0x76, 0x76), (255, 255, 255), 4.54);
    }

    #[test]
    fn colours_are_six_digits() {
        assert_eq!(Colour::hex("#0a141e"), Some((10, 20, 30)));
        for wrong in ["0a141e", "#0a141", "#0a141eff", "#ggmmbb", "#é1234", ""] {
            assert_eq!(Colour::hex(wrong), None, "{wrong}");
        }
    }
}
