//! Whether a case is what was written.

mod chains;
mod files;
mod live;
mod seals;
mod told;

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{CaseError, PublicKey};
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
    /// The keys that signed the heads.
    pub keys: Vec<Key>,
    /// Chains that end as this machine remembers them, or go on from there.
    pub remembered: usize,
    /// What does not verify.
    pub problems: Vec<Problem>,
    /// What is out of the ordinary and accounted for: torn lines that a later record closed.
    pub remarks: Vec<Clean>,
}

/// A key that signed heads of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Key {
    /// `SHA256:…`, as `ssh-keygen -l` prints it.
    pub fingerprint: Clean,
    /// The public key, as it stands in a file of allowed signers.
    pub public: Clean,
    /// The people and machines whose journals it signed.
    pub of: Vec<Clean>,
    /// How many journals it signed.
    pub writers: usize,
    /// How it is known here that the key is theirs.
    pub known: Standing,
}

/// What is known here of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It is the key of this person on this machine.
    Own,
    /// It is among the signers that were named.
    Named,
    /// Nothing: whoever could write to the case could have made it.
    Unknown,
}

/// What else than the case itself it is held against.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// The state directory, with the key and the heads of the writers that ran here.
    pub state: Option<PathBuf>,
    /// The keys that may have signed; `None` where nobody said.
    pub signers: Option<Vec<PublicKey>>,
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

/// Checks a case against itself: every record, head, signature, artefact, plan and note.
///
/// It finds what was damaged, and what was changed by somebody who does not hold
/// the key. Whoever makes a key of their own can write a case of their own with
/// it: that is found by [`verify_by`], which knows something from elsewhere.
pub fn verify(case: &Path) -> Result<Report, CaseError> {
    verify_by(case, &Trust::default())
}

/// Checks a case against itself and against what is known of it from elsewhere:
/// chains that were shortened or rewritten together with their heads are found.
/// What is being written meanwhile is no damage.
pub fn verify_by(case: &Path, trust: &Trust) -> Result<Report, CaseError> {
    live::settled(case, || once(case, trust))
}

fn once(case: &Path, trust: &Trust) -> Result<Report, CaseError> {
    let mut report = Report::default();
    let (records, ends) = chains::check(case, &mut report)?;
    seals::check(case, &records, &ends, trust, &mut report);
    files::check(case, &records, &mut report)?;
    Ok(report)
}

#[cfg(test)]
mod tests;
