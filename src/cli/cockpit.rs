//! The cockpit, where there is a terminal for it.

use std::io::{self, IsTerminal};

use color_eyre::eyre::Result;

use crate::kubernetes::{Entry, contexts};
use crate::model::ReadOnly;
use crate::tui::{self, Mode};

use super::exit::Ended;
use super::{Exit, Startup};

/// Opens the cockpit on the clusters that were asked for.
pub async fn run(startup: &Startup) -> Result<Exit> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(Ended::usage(
            "the cockpit needs a terminal, and standard input or output is none; \
             `podmortem --plain` asks the same line by line, `podmortem pods` and the other commands print lists",
        ));
    }
    let entries = entries(startup)?;
    open(startup, entries, false).await
}

/// Opens the cockpit on those ways into clusters.
pub async fn open(startup: &Startup, entries: Vec<Entry>, game_day: bool) -> Result<Exit> {
    let latch = if startup.read_only() { ReadOnly::closed() } else { ReadOnly::open() };
    let mode = Mode { game_day, read_only: startup.read_only(), version: env!("CARGO_PKG_VERSION") };
    let options = tui::Options {
        entries,
        latch,
        mode,
        settings: startup.settings.clone(),
        directories: startup.directories.clone(),
        troubles: startup.troubles.clone(),
        case: startup.options.case.clone(),
    };
    Ok(match tui::run(options).await? {
        None => Exit::Done,
        Some(_) => Exit::Failed,
    })
}

/// The contexts that were asked for: by name, or from the settings, or the current one.
fn entries(startup: &Startup) -> Result<Vec<Entry>> {
    let all = contexts(startup.options.kubeconfig.as_deref())?;
    let asked = if startup.options.context.is_empty() { &startup.settings.contexts } else { &startup.options.context };
    if asked.is_empty() {
        let current: Vec<Entry> = all.iter().filter(|entry| entry.current).cloned().collect();
        return Ok(if current.is_empty() { all.into_iter().take(1).collect() } else { current });
    }
    asked
        .iter()
        .map(|name| {
            let found = all.iter().find(|entry| entry.name == **name).cloned();
            found.ok_or_else(|| Ended::usage(format!("the kubeconfig has no context {name}")))
        })
        .collect()
}
