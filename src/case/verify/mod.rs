//! Whether a case is what was written.

mod chains;
mod files;

use std::fmt;
use std::path::Path;

use serde::Serialize;

use super::CaseError;
use crate::model::Clean;

/// What is wrong with a part of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Damage {
    /// Its content is not what was written.
    Changed,
    /// It is named and not there.
    Missing,
    /// It is there and nothing names it.
    Added,
    /// It stands in another place than it was written in.
    Reordered,
    /// It ends in the middle, and no later record has closed it.
    Unfinished,
}

impl Damage {
    /// The damage in a word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Missing => "missing",
            Self::Added => "added",
            Self::Reordered => "reordered",
            Self::Unfinished => "unfinished",
        }
    }
}

/// One thing that does not verify.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What is wrong.
    pub damage: Damage,
    /// The file, below the case's directory.
    pub file: Clean,
    /// The line of a journal, counted from 1.
    pub line: Option<u64>,
    /// How that shows.
    pub says: Clean,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.damage.word(), self.file)?;
        if let Some(line) = self.line {
            write!(f, " line {line}")?;
        }
        write!(f, ": {}", self.says)
    }
}

/// What verifying a case found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Records that were checked.
    pub records: usize,
    /// Files of the journal that were checked.
    pub writers: usize,
    /// Artefacts that were hashed again.
    pub artefacts: usize,
    /// Bytes of artefacts that were hashed again.
    pub bytes: u64,
    /// What does not verify.
    pub problems: Vec<Problem>,
    /// What is out of the ordinary and accounted for: torn lines that a later record closed.
    pub remarks: Vec<Clean>,
}

impl Report {
    /// Whether everything is as it was written.
    pub fn holds(&self) -> bool {
        self.problems.is_empty()
    }

    fn problem(&mut self, damage: Damage, file: &str, line: Option<u64>, says: impl Into<Clean>) {
        self.problems.push(Problem { damage, file: file.into(), line, says: says.into() });
    }
}

/// Checks every record, head, artefact, plan and note of a case.
///
/// It finds what was damaged, and what was changed by somebody who did not also
/// rewrite every line and head that follows: for that a head must be known from elsewhere.
pub fn verify(case: &Path) -> Result<Report, CaseError> {
    let mut report = Report::default();
    let records = chains::check(case, &mut report)?;
    files::check(case, &records, &mut report)?;
    Ok(report)
}

#[cfg(test)]
mod tests;
