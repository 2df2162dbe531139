//! What is asked of others outside of jobs: of the source of an alert, of people.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::case::Digest;
use crate::model::Clean;

/// An alert as its source tells it now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reread {
    /// The alert's id.
    pub finding: Clean,
    /// Its type.
    pub kind: Clean,
    /// Where it was asked for: `GuardDuty of ir in us-east-1`.
    pub of: Clean,
    /// What the source has of it; `None` where it has it no more.
    pub now: Option<AlertState>,
    /// What is otherwise than it was known here before.
    pub changes: Vec<Clean>,
}

impl Reread {
    /// What came of it, in words.
    pub fn words(&self) -> String {
        match (&self.now, self.changes.as_slice()) {
            (None, _) => "its source has it no more".to_owned(),
            (Some(_), []) => "unchanged".to_owned(),
            (Some(_), changes) => changes.iter().map(Clean::as_str).collect::<Vec<_>>().join("; "),
        }
    }
}

/// What can change of an alert.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertState {
    /// `HIGH`
    pub severity: Clean,
    /// How often it happened.
    pub count: u64,
    /// When its source last wrote it.
    pub updated: Option<Timestamp>,
    /// Whether it was put away.
    pub archived: bool,
}

/// A command that calls people, and what it is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// The program and its arguments.
    pub command: Vec<Clean>,
    /// SHA-256 of the text on its standard input.
    pub sha256: Digest,
    /// That text, line by line, as it is shown.
    pub text: Vec<Clean>,
}

/// What came of a command that calls people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paged {
    /// The program.
    pub program: Clean,
    /// SHA-256 of the text that it was given.
    pub sha256: Digest,
    /// How it ended.
    pub end: PageEnd,
    /// The first lines that it printed.
    pub said: Vec<Clean>,
}

/// How such a command ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "kebab-case")]
pub enum PageEnd {
    /// By itself, with this exit code.
    Exited {
        /// 0 where it succeeded.
        code: i32,
    },
    /// It did not begin, was ended by a signal, or took too long and was stopped.
    Failed {
        /// What happened.
        why: Clean,
    },
}

impl fmt::Display for PageEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited { code: 0 } => f.write_str("it succeeded"),
            Self::Exited { code } => write!(f, "it FAILED with exit code {code}"),
            Self::Failed { why } => write!(f, "it FAILED: {why}"),
        }
    }
}
