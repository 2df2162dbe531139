//! The end of a chain.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Digest;

/// The last record of a writer: how many there are, and the last one's hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Number of the record, counted from 1.
    pub seq: u64,
    /// SHA-256 of its line.
    pub hash: Digest,
}

impl Head {
    /// Before the first record.
    pub const NONE: Self = Self { seq: 0, hash: Digest::NONE };

    /// The bytes of a `.head` file.
    pub(super) fn to_line(self) -> Vec<u8> {
        let mut line = serde_json::to_vec(&self).unwrap_or_default();
        line.push(b'\n');
        line
    }

    /// Reads a `.head` file; anything but exactly what `to_line` writes is no head.
    pub(super) fn read(path: &Path) -> Option<Self> {
        let bytes = fs::read(path).ok()?;
        let head: Self = serde_json::from_slice(&bytes).ok()?;
        (head.to_line() == bytes).then_some(head)
    }
}
