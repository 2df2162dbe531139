//! What a journal holds.

mod answer;
mod entry;
mod triage;

pub use answer::{Answer, JobEnd, TornTail};
pub use entry::Entry;
pub use triage::{AlertState, Page, PageEnd, Paged, Reread};

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{By, Digest, Head, Program, WriterId};
use crate::model::Clean;

/// One line of a journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Version of the format; fields and entries are added without a new one.
    pub v: u8,
    /// Its number in its file, counted from 1.
    pub seq: u64,
    /// SHA-256 of the line before it, 64 zeros for the first.
    pub prev: Digest,
    /// When it was written, by this machine's clock.
    pub time: Timestamp,
    /// Whose file it stands in.
    pub writer: WriterId,
    /// The person and the machine.
    pub by: By,
    /// In the first record of a file: the key that signs its heads, and the program that writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Box<Start>>,
    /// Heads of other writers that are new since this writer's last record.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub seen: BTreeMap<WriterId, Head>,
    /// What is recorded.
    pub entry: Entry,
}

impl Record {
    /// The format that is written.
    pub const VERSION: u8 = 1;
}

/// How a file of the journal begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// The public key that signs the file's heads: `ssh-ed25519 AAAA…`.
    pub key: Clean,
    /// The program that writes the file.
    pub program: Program,
}

/// A job's id: the action and eight digits, `cordon-1f0c9a3b`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobId(pub Clean);

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
