//! Where an artefact comes from.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Digest;
use crate::model::{Clean, Target};

/// What is known of an artefact before its first byte arrives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// What it is called: a label for people, never a path.
    pub label: Clean,
    /// `application/json`, `text/plain`.
    pub media: Clean,
    /// The URL or file that it is read from.
    pub from: Clean,
    /// The user that read it, as the source knows them.
    pub identity: Clean,
    /// What would get it again: `kubectl get --raw …`.
    pub command: Clean,
    /// The object that it is about.
    pub target: Option<Target>,
    /// The AWS Region that it is read from, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Clean>,
}

#[cfg(test)]
impl Source {
    /// A source for tests, in no Region.
    pub(super) fn sample(label: &str) -> Self {
        Self {
            label: label.into(),
            media: "text/plain".into(),
            from: "/api/v1".into(),
            identity: "alice".into(),
            command: "kubectl get --raw /api/v1".into(),
            target: None,
            region: None,
        }
    }
}

/// The chain of custody of one artefact: what, from where, when, by whom, how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Custody {
    /// SHA-256 of the artefact, and its name in `evidence/`.
    pub sha256: Digest,
    /// Its length.
    pub bytes: u64,
    /// When its first byte was asked for.
    pub begun: Timestamp,
    /// When its last byte was on disk.
    pub ended: Timestamp,
    /// Whether it is all that the source had; if not, why the source stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incomplete: Option<Clean>,
    /// Where it comes from.
    pub source: Source,
}
