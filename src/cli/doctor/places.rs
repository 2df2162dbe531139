//! Directories, settings and themes.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rustix::fs::{Access, access};

use crate::cli::Startup;
use crate::config::keymap::Keymap;
use crate::config::theme::Theme;
use crate::model::Clean;
use crate::tui::keys::bindings;

use super::check::Checks;

/// Looks at what a person decides and where it is kept.
pub fn check(startup: &Startup) -> Checks {
    let mut checks = Checks::of("this machine");
    let directories = &startup.directories;
    for (what, path) in [
        ("configuration", directories.config()),
        ("state", directories.state()),
        ("cache", directories.cache()),
        ("cases", directories.cases()),
    ] {
        directory(&mut checks, what, path);
    }
    private(&mut checks, directories.cases());
    match &startup.settings.here {
        Some(here) => checks.good("here", format!("this machine and its cases stand in {here}")),
        None => checks.poor(
            "here",
            "the settings do not say in which Region this machine and its cases stand",
            "set here: in settings.yaml; without it, nothing says whether evidence leaves its Region",
        ),
    }
    for trouble in &startup.troubles {
        checks.poor(
            "settings",
            trouble.to_string(),
            "correct the line; `podmortem config --print-default` shows how each looks",
        );
    }
    if startup.troubles.is_empty() {
        let file = directories.config().join("settings.yaml");
        checks.good(
            "settings",
            if file.exists() { shown(&file) } else { Clean::from("none; every setting is at its default") },
        );
    }
    let (_, troubles) = Keymap::load(directories, &bindings());
    for trouble in troubles {
        checks.poor(
            "keys",
            trouble.to_string(),
            "correct the line in keymap.yaml; `?` in the cockpit shows the keys in force",
        );
    }
    if let Some(name) = &startup.settings.theme {
        let (theme, troubles) = Theme::load(directories, name);
        match troubles.first() {
            Some(trouble) => {
                checks.poor("theme", trouble.to_string(), "correct the file, or choose another with --theme")
            }
            None => checks.good("theme", theme.name),
        }
    }
    checks
}

/// A directory, or the nearest one above it that is there, must take files.
fn directory(checks: &mut Checks, what: &'static str, path: &Path) {
    let there = path.ancestors().find(|folder| folder.exists());
    let usable =
        there.is_some_and(|folder| folder.is_dir() && access(folder, Access::WRITE_OK | Access::EXEC_OK).is_ok());
    if !usable {
        let mend = "make it a directory of yours, or choose another (PODMORTEM_CONFIG_DIR, _STATE_DIR, _CACHE_DIR, PODMORTEM_CASES)";
        checks.bad(what, format!("{} cannot be written", path.display()), mend);
    } else if path.exists() {
        checks.good(what, shown(path));
    } else {
        checks.good(what, format!("{} (made when something is written there)", path.display()));
    }
}

/// Evidence that everybody may read is a leak.
fn private(checks: &mut Checks, cases: &Path) {
    let Ok(about) = fs::metadata(cases) else { return };
    let mode = about.permissions().mode();
    if mode & 0o007 != 0 {
        checks.poor(
            "cases",
            format!("everybody on this machine may look into {} ({:o})", cases.display(), mode & 0o7777),
            format!("chmod o-rwx {}", cases.display()),
        );
    }
}

fn shown(path: &Path) -> Clean {
    Clean::from(path.display().to_string())
}
