//! `podmortem config`

use std::fmt::Write as _;
use std::path::Path;

use color_eyre::eyre::Result;
use serde_json::{Value, json};

use crate::config::Settings;
use crate::config::settings::{Account, Network, Scroll};
use crate::config::theme::Theme;
use crate::model::Clean;

use super::{Exit, Startup, out};

/// Print the settings in force and where files live
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Print a settings file with every setting at its default, ready to be edited
    #[arg(long)]
    print_default: bool,
}

/// Prints the settings as YAML that could stand in `settings.yaml`, with the paths as comments.
pub fn run(args: &Args, startup: &Startup) -> Result<Exit> {
    if args.print_default {
        out::print(Settings::TEMPLATE)?;
        return Ok(Exit::Done);
    }
    startup.tell_troubles();
    let mut text = paths(startup);
    text.push_str(&serde_yaml::to_string(&in_force(&startup.settings))?);
    out::print(&text)?;
    Ok(if startup.troubles.is_empty() { Exit::Done } else { Exit::Failed })
}

fn paths(startup: &Startup) -> String {
    let directories = &startup.directories;
    let settings = directories.config().join("settings.yaml");
    let keymap = directories.config().join("keymap.yaml");
    let themes = directories.config().join("themes");
    let playbooks = directories.config().join("playbooks");
    let mut text = String::new();
    for (what, path) in [
        ("settings", settings.as_path()),
        ("keys", keymap.as_path()),
        ("themes", themes.as_path()),
        ("playbooks", playbooks.as_path()),
        ("state", directories.state()),
        ("cache", directories.cache()),
        ("cases", directories.cases()),
    ] {
        let absent = if path.exists() { "" } else { "  (not there yet)" };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "# {what:<9} {}{absent}", shown(path));
    }
    let _ = writeln!(text, "# there are the themes {}", Theme::names(directories).join(", "));
    text
}

fn shown(path: &Path) -> Clean {
    Clean::from(path.display().to_string())
}

fn in_force(settings: &Settings) -> Value {
    let account =
        |account: &Account| json!({"profile": account.profile, "role": account.role, "regions": account.regions});
    let network = |network: &Network| json!({"name": network.name, "ranges": network.ranges, "asns": network.asns});
    let aliases: serde_json::Map<_, _> =
        settings.aliases.iter().map(|(name, command)| (name.clone(), command.clone().into())).collect();
    json!({
        "contexts": settings.contexts,
        "accounts": settings.accounts.iter().map(account).collect::<Vec<_>>(),
        "theme": settings.theme.as_deref().unwrap_or("auto"),
        "ascii": settings.ascii.map_or_else(|| "auto".into(), Value::Bool),
        "mouse": settings.mouse,
        "scroll": match settings.scroll {
            Scroll::Auto => "auto",
            Scroll::Line => "line",
            Scroll::Half => "half",
        },
        "favourites": settings.favourites,
        "aliases": aliases,
        "here": settings.here,
        "page": settings.page,
        "networks": settings.networks.iter().map(network).collect::<Vec<_>>(),
        "read_only": settings.read_only,
    })
}
