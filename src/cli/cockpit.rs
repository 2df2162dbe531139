//! The cockpit, where there is a terminal for it.

use std::io::{self, IsTerminal};
use std::path::Path;

use color_eyre::eyre::Result;

use super::exit::Ended;
use super::fleet::{Which, find};
use super::{Exit, Startup};
use crate::config::Trouble;
use crate::kubernetes::ReadOnly;
use crate::tui::{self, Mode, Options};

/// Opens the cockpit on the clusters that were asked for.
pub async fn run(startup: Startup) -> Result<Exit> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(Ended::usage(
            "the cockpit needs a terminal, and standard input or output is none; \
             `podmortem --plain` asks the same line by line, `podmortem pods` and the other commands print lists",
        ));
    }
    let latch = if startup.read_only() { ReadOnly::closed() } else { ReadOnly::open() };
    let ways = find(&startup, Which::Asked, &latch).await?;
    let mut troubles = startup.troubles;
    troubles
        .extend(ways.failed.iter().map(|(place, why)| Trouble::at(Path::new("EKS"), None, format!("{place}: {why}"))));
    let mode =
        Mode { game_day: startup.game_day, read_only: startup.settings.read_only, version: env!("CARGO_PKG_VERSION") };
    let options = Options {
        entries: ways.found,
        latch,
        mode,
        settings: startup.settings,
        directories: startup.directories,
        troubles,
        case: startup.options.case,
    };
    match tui::run(options).await {
        Ok(None) => Ok(Exit::Done),
        // The terminal was given back; the caller learns by which signal we ended.
        Ok(Some(code)) => std::process::exit(code),
        Err(no_terminal) => Err(Ended::usage(format!("{no_terminal}; `podmortem --plain` needs none"))),
    }
}
