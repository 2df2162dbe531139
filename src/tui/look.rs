//! How meanings look on this terminal.

use ratatui::style::Style;

use crate::config::theme::{Role, Theme};

use super::terminal::{Depth, Palette};

/// A theme bound to what the terminal can show.
#[derive(Debug, Clone)]
pub struct Look {
    palette: Palette,
    /// Whether only ASCII may be drawn.
    pub ascii: bool,
    /// The theme's name.
    pub name: String,
}

impl Look {
    /// Binds a theme to a terminal.
    pub fn new(theme: &Theme, depth: Depth, ascii: bool) -> Self {
        Self { palette: Palette::new(theme, depth), ascii, name: theme.name.clone() }
    }

    /// The style of a meaning.
    pub fn style(&self, role: Role) -> Style {
        self.palette.style(role)
    }

    /// One of two glyphs: the second where only ASCII may be drawn.
    pub const fn glyph(&self, glyph: &'static str, ascii: &'static str) -> &'static str {
        if self.ascii { ascii } else { glyph }
    }
}
