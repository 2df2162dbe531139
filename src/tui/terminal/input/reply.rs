//! Answers of the terminal to questions, ours or somebody else's.

use crate::config::theme::Colour;

/// An answer of the terminal. It is never a key, whenever it comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// The background's colour (OSC 11).
    Background((u8, u8, u8)),
    /// Any other: device attributes, cursor positions, modes, names, clipboards.
    Other,
}

impl Reply {
    /// The answer that stands in an operating system command.
    pub(super) fn from_osc(text: &[u8]) -> Self {
        let told = std::str::from_utf8(text).ok().and_then(|text| text.strip_prefix("11;"));
        told.and_then(colour).map_or(Self::Other, Self::Background)
    }
}

/// A colour as X11 writes it: `rgb:ffff/ffff/ffff` with one to four digits each, `rgba:…`, or `#rrggbb`.
fn colour(text: &str) -> Option<(u8, u8, u8)> {
    let Some(parts) = text.strip_prefix("rgb:").or_else(|| text.strip_prefix("rgba:")) else {
        return Colour::hex(text);
    };
    let mut parts = parts.split('/').map(|part| {
        let digits = u32::try_from(part.len()).ok().filter(|digits| (1..=4).contains(digits))?;
        let value = u32::from_str_radix(part, 16).ok()?;
        u8::try_from(value * 255 / (16u32.pow(digits) - 1)).ok()
    });
    Some((parts.next()??, parts.next()??, parts.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backgrounds_are_read_in_every_form() {
        for (text, expected) in [
            ("11;rgb:1e1e/2e2e/ffff", (0x1e, 0x2e, 0xff)),
            ("11;rgb:f/0/8", (0xff, 0, 0x88)),
            ("11;rgba:ffff/0000/0000/ffff", (0xff, 0, 0)),
            ("11;#0a0b0c", (10, 11, 12)),
        ] {
            assert_eq!(Reply::from_osc(text.as_bytes()), Reply::Background(expected), "{text}");
        }
        for text in ["11;?", "10;rgb:0/0/0", "11;rgb:1/2", "11;rgb:12345/0/0", "52;c;Zm9v", "11;rgb:+1/0/0 "] {
            assert_eq!(Reply::from_osc(text.as_bytes()), Reply::Other, "{text}");
        }
    }
}
