//! What the terminal can do.

use std::io::{self, IsTerminal};

use crossterm::event::{KeyCode, KeyModifiers};

use crate::cli::Startup;
use crate::config::keymap::{Key, Keymap, clash};
use crate::tui::keys::bindings;
use crate::tui::terminal::Depth;
use crate::tui::terminal::probe::{Capabilities, Multiplexer, tmux_prefix, tmux_takes_copies};

use super::check::Checks;

/// The least room that the cockpit needs, in columns and rows.
const LEAST: (u16, u16) = (60, 15);

/// Looks at the terminal, its size and what stands in between, and at keys that do not come through.
pub async fn check(startup: &Startup) -> Checks {
    let mut checks = Checks::of("terminal");
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        checks.note("terminal", "none; the cockpit needs one, `podmortem --plain` and the lists do not");
        return checks;
    }
    let capabilities = Capabilities::from_environment();
    checks.good("TERM", capabilities.term.clone());
    match crossterm::terminal::size() {
        Ok((columns, rows)) if columns < LEAST.0 || rows < LEAST.1 => {
            checks.poor("size", format!("{columns}x{rows}"), format!("make it {}x{} or larger", LEAST.0, LEAST.1));
        }
        Ok((columns, rows)) => checks.good("size", format!("{columns}x{rows}")),
        Err(error) => checks.poor("size", error.to_string(), "stty size tells what the terminal believes"),
    }
    match capabilities.depth {
        Depth::Mono => checks.note("colours", "none: NO_COLOR is set, or TERM knows none"),
        depth => checks.good("colours", format!("{depth:?}")),
    }
    if capabilities.unicode {
        checks.good("characters", "UTF-8");
    } else {
        checks.note("characters", "ASCII only: the locale is not UTF-8 (LANG, LC_ALL)");
    }
    if capabilities.ssh {
        checks
            .note("ssh", "reached over SSH: copying goes through the terminal (OSC 52), frames are drawn more slowly");
    }
    let (keymap, _) = Keymap::load(&startup.directories, &bindings());
    between(&mut checks, &capabilities, &keymap).await;
    checks
}

async fn between(checks: &mut Checks, capabilities: &Capabilities, keymap: &Keymap) {
    match capabilities.multiplexer {
        Multiplexer::None if capabilities.ssh => {
            checks.poor("multiplexer", "none", "run inside tmux: what is running survives a dropped connection there")
        }
        Multiplexer::None => {}
        Multiplexer::Screen => {
            checks.note("multiplexer", "screen: its prefix is ctrl-a; the background cannot be asked for");
            kept(checks, keymap, Key::new(KeyCode::Char('a'), KeyModifiers::CONTROL));
        }
        Multiplexer::Tmux => {
            match tmux_prefix().await {
                Some(prefix) => {
                    checks.good("multiplexer", format!("tmux; it keeps {prefix} for itself"));
                    kept(checks, keymap, prefix);
                }
                None => checks.note("multiplexer", "tmux; which key is its prefix it does not say"),
            }
            if tmux_takes_copies().await == Some(false) {
                checks.poor(
                    "copying",
                    "tmux drops what programs copy (OSC 52)",
                    "`tmux set -s set-clipboard on`, and the same in ~/.tmux.conf; copies are kept in a file meanwhile",
                );
            }
        }
    }
}

/// Names what is bound to the multiplexer's prefix, and so never arrives.
fn kept(checks: &mut Checks, keymap: &Keymap, prefix: Key) {
    let bound = keymap.iter().filter(|(_, _, keys)| keys.contains(&prefix));
    for (_, action, _) in bound {
        let why = clash(prefix).map(|why| format!(", which {why}")).unwrap_or_default();
        checks.poor(
            "keys",
            format!("{action} is bound to {prefix}{why}: the multiplexer takes that key"),
            format!("bind {action} to another key in keymap.yaml"),
        );
    }
}
