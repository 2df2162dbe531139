//! What the terminal can do, as far as its surroundings tell.

mod environment;
mod tmux;

pub use environment::{Capabilities, Multiplexer};
pub use tmux::{tmux_prefix, tmux_takes_copies};

use crate::config::Settings;
use crate::config::theme::Background;

/// The question for the terminal's background (OSC 11).
pub(super) const ASK_BACKGROUND: &[u8] = b"\x1b]11;?\x1b\\";

/// The name of the theme to begin with: the person's, or one for the background
/// that the terminal told, or else hinted at, or else a dark one.
pub fn theme_name<'a>(settings: &'a Settings, told: Option<Background>, capabilities: &Capabilities) -> &'a str {
    match (&settings.theme, told.or(capabilities.background)) {
        (Some(theme), _) => theme,
        (None, Some(Background::Light)) => "light",
        (None, _) => "dark",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_person_stands_before_the_terminal() {
        let hinted = Capabilities { background: Some(Background::Light), ..Capabilities::default() };
        let chosen = Settings { theme: Some("mono".into()), ..Settings::default() };
        let free = Settings::default();
        assert_eq!(theme_name(&chosen, Some(Background::Light), &hinted), "mono");
        assert_eq!(theme_name(&free, Some(Background::Dark), &hinted), "dark");
        assert_eq!(theme_name(&free, None, &hinted), "light");
        assert_eq!(theme_name(&free, None, &Capabilities::default()), "dark");
    }
}
