//! What is wrong with a file that a person wrote.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::model::Clean;

/// A mistake in a configuration file. It never stops the program: what is wrong
/// is left out, what is built in takes its place, and the person is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The file.
    pub file: PathBuf,
    /// The line, counted from one, where it is known.
    pub line: Option<usize>,
    /// What is wrong there, and what is used in its place.
    pub what: Clean,
}

impl Trouble {
    /// A mistake in a file as a whole, or at a line of it.
    pub fn at(file: &Path, line: Option<usize>, what: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, what: Clean::from(what.into()) }
    }

    /// What a YAML reader said of a file.
    pub fn yaml(file: &Path, error: &serde_yaml::Error, instead: &str) -> Self {
        Self::at(file, error.location().map(|place| place.line()), format!("{error}; {instead}"))
    }
}

impl fmt::Display for Trouble {
    /// `/home/a/.config/podmortem/settings.yaml:3: unknown setting "colour"…`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.display().to_string();
        write!(f, "{}", Clean::from(file))?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.what)
    }
}

/// The line, counted from one, on which a top-level key of a YAML file stands.
pub fn line_of(text: &str, key: &str) -> Option<usize> {
    let stands = |line: &str| {
        let line = line.trim_start_matches(['"', '\'']);
        line.strip_prefix(key).is_some_and(|rest| rest.trim_start_matches(['"', '\'']).trim_start().starts_with(':'))
    };
    text.lines().position(stands).map(|place| place + 1)
}
