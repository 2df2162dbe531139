//! The cockpit, where there is a terminal for it.

use std::io::{self, IsTerminal};

use color_eyre::eyre::Result;

use crate::kubernetes::{Entry, contexts};
use crate::model::ReadOnly;
use crate::tui::{self, Mode};

use super::exit::Ended;
use super::fleet::places;
use super::{Exit, Startup};

/// Opens the cockpit on the clusters that were asked for.
pub async fn run(startup: &Startup) -> Result<Exit> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(Ended::usage(
            "the cockpit needs a terminal, and standard input or output is none; \
             `podmortem --plain` asks the same line by line, `podmortem pods` and the other commands print lists",
        ));
    }
    let (entries, open_now) = entries(startup)?;
    open(startup, entries, open_now).await
}

/// Opens the cockpit on those ways into clusters.
async fn open(startup: &Startup, entries: Vec<Entry>, open: Vec<usize>) -> Result<Exit> {
    let latch = if startup.read_only() { ReadOnly::closed() } else { ReadOnly::open() };
    let mode = Mode { game_day: startup.game_day, read_only: startup.read_only(), version: env!("CARGO_PKG_VERSION") };
    let options = tui::Options {
        entries,
        open,
        places: places(startup),
        impersonation: startup.impersonation(),
        latch,
        mode,
        settings: startup.settings.clone(),
        directories: startup.directories.clone(),
        troubles: startup.troubles.clone(),
        case: startup.options.case.clone(),
        findings: startup.options.findings.clone(),
    };
    match tui::run(options).await {
        Ok(None) => Ok(Exit::Done),
        // The terminal was given back; the caller learns by which signal we ended.
        Ok(Some(code)) => std::process::exit(code),
        Err(no_terminal) => Err(Ended::usage(format!("{no_terminal}; `podmortem --plain` needs none"))),
    }
}

/// Every context, and the places of those to open: by name, or from the settings, or the current one.
fn entries(startup: &Startup) -> Result<(Vec<Entry>, Vec<usize>)> {
    let all = match contexts(startup.options.kubeconfig.as_deref()) {
        Ok(all) => all.into_iter().map(|entry| entry.asking_as(startup.impersonation().as_ref())).collect(),
        // Clusters may be found in AWS without any kubeconfig.
        Err(_) if startup.options.kubeconfig.is_none() && !places(startup).is_empty() => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let asked = if startup.options.context.is_empty() { &startup.settings.contexts } else { &startup.options.context };
    let place = |name: &String| all.iter().position(|entry| entry.name == **name);
    let open = if asked.is_empty() {
        let current = all.iter().position(|entry| entry.current);
        current.or((!all.is_empty()).then_some(0)).into_iter().collect()
    } else {
        let missing = |name: &String| Ended::usage(format!("the kubeconfig has no context {name}"));
        asked.iter().map(|name| place(name).ok_or_else(|| missing(name))).collect::<Result<_>>()?
    };
    Ok((all, open))
}
