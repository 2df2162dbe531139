//! Where files live.

use std::env;
use std::path::{Path, PathBuf};

use directories::ProjectDirs;

/// The directories of one person on one machine. None of them is made before
/// something is written there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directories {
    config: PathBuf,
    state: PathBuf,
    cache: PathBuf,
    cases: PathBuf,
    here: Option<String>,
}

/// Neither `HOME` nor the overrides say where files belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "no home directory: set HOME, or PODMORTEM_CONFIG_DIR, PODMORTEM_STATE_DIR and PODMORTEM_CACHE_DIR to directories of yours"
)]
pub struct NoHome;

impl Directories {
    /// The directories of the XDG base directory specification (or what the
    /// platform has in their place), each of which a variable overrides:
    /// `PODMORTEM_CONFIG_DIR`, `PODMORTEM_STATE_DIR`, `PODMORTEM_CACHE_DIR`, `PODMORTEM_CASES`.
    pub fn from_environment() -> Result<Self, NoHome> {
        Self::resolve(|name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from))
    }

    fn resolve(variable: impl Fn(&str) -> Option<PathBuf>) -> Result<Self, NoHome> {
        let usual = ProjectDirs::from("", "", "podmortem");
        let usual = usual.as_ref();
        let config = variable("PODMORTEM_CONFIG_DIR").or_else(|| usual.map(|dirs| dirs.config_dir().to_owned()));
        let cache = variable("PODMORTEM_CACHE_DIR").or_else(|| usual.map(|dirs| dirs.cache_dir().to_owned()));
        let state = variable("PODMORTEM_STATE_DIR").or_else(|| {
            usual.map(|dirs| dirs.state_dir().map_or_else(|| dirs.data_local_dir().join("state"), Path::to_owned))
        });
        let (config, cache, state) = (config.ok_or(NoHome)?, cache.ok_or(NoHome)?, state.ok_or(NoHome)?);
        let cases = variable("PODMORTEM_CASES").unwrap_or_else(|| state.join("cases"));
        Ok(Self { config, state, cache, cases, here: None })
    }

    /// All directories below one: for the game day and for tests.
    pub fn under(root: &Path) -> Self {
        Self {
            config: root.join("config"),
            state: root.join("state"),
            cache: root.join("cache"),
            cases: root.join("state/cases"),
            here: None,
        }
    }

    /// The same directories with cases elsewhere (`--cases DIR`).
    #[must_use]
    pub fn with_cases(self, cases: PathBuf) -> Self {
        Self { cases, ..self }
    }

    /// The same directories, on a machine that stands in that AWS Region.
    #[must_use]
    pub fn standing_in(self, here: Option<String>) -> Self {
        Self { here, ..self }
    }

    /// The same person's directories for a game: settings and keys stay, what is
    /// remembered and recorded is kept apart from the real thing.
    #[must_use]
    pub fn for_game_day(self) -> Self {
        let state = self.state.join("gameday");
        Self { cases: state.join("cases"), cache: self.cache.join("gameday"), state, ..self }
    }

    /// Settings, keymap, themes and playbooks of the person.
    pub fn config(&self) -> &Path {
        &self.config
    }

    /// Marks, scope, history, the last copied text.
    pub fn state(&self) -> &Path {
        &self.state
    }

    /// What can be fetched again.
    pub fn cache(&self) -> &Path {
        &self.cache
    }

    /// The AWS Region that these directories stand in, where the settings say so.
    pub fn here(&self) -> Option<&str> {
        self.here.as_deref()
    }

    /// The cases.
    pub fn cases(&self) -> &Path {
        &self.cases
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_directory_has_its_override() {
        let given = Directories::resolve(|name| Some(Path::new("/given").join(name))).unwrap();
        assert_eq!(given.config(), Path::new("/given/PODMORTEM_CONFIG_DIR"));
        assert_eq!(given.state(), Path::new("/given/PODMORTEM_STATE_DIR"));
        assert_eq!(given.cache(), Path::new("/given/PODMORTEM_CACHE_DIR"));
        assert_eq!(given.cases(), Path::new("/given/PODMORTEM_CASES"));
    }

    #[test]
    fn a_game_shares_nothing_but_the_settings() {
        let real = Directories::under(Path::new("/given"));
        let game = real.clone().for_game_day();
        assert_eq!(game.config(), real.config());
        assert_eq!(game.cases(), Path::new("/given/state/gameday/cases"));
        assert_ne!(game.state(), real.state());
    }

    #[test]
    fn cases_live_in_the_state_directory_unless_told() {
        let given =
            Directories::resolve(|name| (name != "PODMORTEM_CASES").then(|| Path::new("/given").join(name))).unwrap();
        assert_eq!(given.cases(), Path::new("/given/PODMORTEM_STATE_DIR/cases"));
        assert_eq!(given.with_cases("/evidence".into()).cases(), Path::new("/evidence"));
    }
}
