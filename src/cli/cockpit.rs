//! The cockpit, where there is a terminal for it.

use std::io::{self, IsTerminal};

use color_eyre::eyre::Result;

use crate::aws::eks::Place;
use crate::kubernetes::{Entry, contexts};
use crate::model::ReadOnly;
use crate::tui::{self, Mode};

use super::exit::Ended;
use super::{Exit, Startup};

/// Opens the cockpit on the clusters that were asked for.
pub async fn run(startup: Startup) -> Result<Exit> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(Ended::usage(
            "the cockpit needs a terminal, and standard input or output is none; \
             `podmortem --plain` asks the same line by line, `podmortem pods` and the other commands print lists",
        ));
    }
    let (entries, open_now) = entries(&startup)?;
    let game_day = startup.game_day;
    open(&startup, entries, open_now, game_day).await
}

/// Opens the cockpit on those ways into clusters.
pub async fn open(startup: &Startup, entries: Vec<Entry>, open: Vec<usize>, game_day: bool) -> Result<Exit> {
    let latch = if startup.read_only() { ReadOnly::closed() } else { ReadOnly::open() };
    let mode = Mode { game_day, read_only: startup.read_only(), version: env!("CARGO_PKG_VERSION") };
    let options = tui::Options {
        entries,
        open,
        places: if game_day { Vec::new() } else { places(startup) },
        latch,
        mode,
        settings: startup.settings.clone(),
        directories: startup.directories.clone(),
        troubles: startup.troubles.clone(),
        case: startup.options.case.clone(),
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
        Ok(all) => all,
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

/// Where EKS clusters are looked for: the command line's profiles and Regions, or those of the settings.
fn places(startup: &Startup) -> Vec<Place> {
    let options = &startup.options;
    let regions = |own: &[String]| -> Vec<Option<String>> {
        let regions = if options.region.is_empty() { own } else { &options.region };
        if regions.is_empty() { vec![None] } else { regions.iter().cloned().map(Some).collect() }
    };
    let mut places = Vec::new();
    if options.profile.is_empty() && options.region.is_empty() {
        for account in &startup.settings.accounts {
            for region in regions(&account.regions) {
                places.push(Place { profile: account.profile.clone(), region, role: account.role.clone() });
            }
        }
        return places;
    }
    let profiles: Vec<Option<String>> = options.profile.iter().cloned().map(Some).collect();
    for profile in if profiles.is_empty() { vec![None] } else { profiles } {
        places.extend(regions(&[]).into_iter().map(|region| Place { profile: profile.clone(), region, role: None }));
    }
    places
}
