//! What the environment says of the terminal.

use std::env;

use crate::config::theme::Background;
use crate::model::Clean;
use crate::tui::terminal::Depth;

/// What stands between this program and the terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Multiplexer {
    /// Nothing.
    #[default]
    None,
    /// tmux.
    Tmux,
    /// GNU screen.
    Screen,
}

/// What the terminal can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// `TERM`, as it is set.
    pub term: Clean,
    /// Its colours.
    pub depth: Depth,
    /// Whether it shows more than ASCII: the locale is UTF-8.
    pub unicode: bool,
    /// What stands in between.
    pub multiplexer: Multiplexer,
    /// Whether it is reached over SSH.
    pub ssh: bool,
    /// The background that `COLORFGBG` hints at.
    pub background: Option<Background>,
    /// Whether what is erased takes the background in use; not so in GNU screen.
    pub erases_in_colour: bool,
    /// Whether it moves lines between margins: every one that is more than a printer does.
    pub scrolls: bool,
    /// Whether it may be asked for its background.
    pub answers: bool,
}

impl Default for Capabilities {
    /// A terminal of which nothing is known but that it is one.
    fn default() -> Self {
        Self::of(|_| None)
    }
}

impl Capabilities {
    /// Those that this process's environment tells.
    pub fn from_environment() -> Self {
        Self::of(|name| env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
    }

    fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let term = set("TERM").unwrap_or_default();
        let multiplexer = match (set("TMUX"), set("STY")) {
            (Some(_), _) => Multiplexer::Tmux,
            (None, Some(_)) => Multiplexer::Screen,
            // Over SSH from inside a multiplexer only TERM tells, and both call themselves screen.
            (None, None) if term.starts_with("tmux") => Multiplexer::Tmux,
            (None, None) if term.starts_with("screen") => Multiplexer::Screen,
            (None, None) => Multiplexer::None,
        };
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| set(name)).unwrap_or_default();
        Self {
            depth: depth(&term, &set("COLORTERM").unwrap_or_default(), set("NO_COLOR").is_some()),
            unicode: locale.to_ascii_uppercase().replace('-', "").contains("UTF8"),
            multiplexer,
            ssh: set("SSH_TTY").or_else(|| set("SSH_CONNECTION")).is_some(),
            background: set("COLORFGBG").as_deref().and_then(background),
            erases_in_colour: multiplexer != Multiplexer::Screen,
            scrolls: !matches!(term.as_str(), "" | "dumb"),
            answers: multiplexer != Multiplexer::Screen && !matches!(term.as_str(), "" | "dumb" | "linux"),
            term: Clean::capped(&term, 64),
        }
    }
}

fn depth(term: &str, colorterm: &str, no_color: bool) -> Depth {
    if no_color || term == "dumb" || (term.starts_with("vt") && term.as_bytes().get(2).is_some_and(u8::is_ascii_digit))
    {
        Depth::Mono
    } else if matches!(colorterm, "truecolor" | "24bit") || term.ends_with("-direct") {
        Depth::Exact
    } else if term.ends_with("-256color")
        || matches!(term, "xterm-kitty" | "alacritty" | "foot" | "xterm-ghostty" | "wezterm")
    {
        Depth::Indexed
    } else {
        Depth::Sixteen
    }
}

/// rxvt's hint, `foreground;background` or `foreground;default;background`, in the sixteen colours.
fn background(colorfgbg: &str) -> Option<Background> {
    match colorfgbg.rsplit(';').next()?.parse::<u8>().ok()? {
        7 | 9..=15 => Some(Background::Light),
        0..=6 | 8 => Some(Background::Dark),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> Capabilities {
        Capabilities::of(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_string()))
    }

    #[test]
    fn colours_are_those_that_the_terminal_claims() {
        for (variables, depth) in [
            (&[("TERM", "xterm")][..], Depth::Sixteen),
            (&[("TERM", "xterm-256color")], Depth::Indexed),
            (&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")], Depth::Exact),
            (&[("TERM", "xterm-256color"), ("COLORTERM", "24bit"), ("NO_COLOR", "1")], Depth::Mono),
            (&[("TERM", "xterm"), ("NO_COLOR", "")], Depth::Sixteen),
            (&[("TERM", "dumb"), ("COLORTERM", "truecolor")], Depth::Mono),
            (&[("TERM", "vt220")], Depth::Mono),
            (&[], Depth::Sixteen),
        ] {
            assert_eq!(with(variables).depth, depth, "{variables:?}");
        }
    }

    #[test]
    fn the_first_locale_that_is_set_decides() {
        assert!(with(&[("LANG", "de_DE.utf8")]).unicode);
        assert!(!with(&[("LC_ALL", "C"), ("LANG", "en_US.UTF-8")]).unicode);
        assert!(with(&[("LC_ALL", ""), ("LANG", "en_US.UTF-8")]).unicode);
        assert!(!with(&[]).unicode);
    }

    #[test]
    fn multiplexers_are_known_by_what_they_set() {
        assert_eq!(with(&[("TMUX", "/tmp/t,1,0"), ("TERM", "screen-256color")]).multiplexer, Multiplexer::Tmux);
        assert_eq!(with(&[("STY", "1.pts"), ("TERM", "screen")]).multiplexer, Multiplexer::Screen);
        assert_eq!(with(&[("TERM", "tmux-256color"), ("SSH_TTY", "/dev/pts/1")]).multiplexer, Multiplexer::Tmux);
        assert!(!with(&[("STY", "1.pts")]).answers);
    }

    #[test]
    fn the_background_hint_is_read() {
        assert_eq!(with(&[("COLORFGBG", "15;0")]).background, Some(Background::Dark));
        assert_eq!(with(&[("COLORFGBG", "0;default;15")]).background, Some(Background::Light));
        assert_eq!(with(&[("COLORFGBG", "default;default")]).background, None);
    }
}
