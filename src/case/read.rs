//! One writer's file, read whole.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::{At, CaseError};
use super::{Digest, Record, TornTail, WriterId};

/// The names of the journal's files.
pub(super) const LINES: &str = "jsonl";
/// The extension of the files that hold a writer's head.
pub(super) const HEAD: &str = "head";

/// A line of a journal as it stands in the file.
pub(super) struct Line {
    /// SHA-256 of its bytes, the newline included.
    pub hash: Digest,
    /// What it says, or why that cannot be read.
    pub record: Result<Record, String>,
}

/// A journal file: its whole lines, and what is left of one that was cut short.
#[derive(Default)]
pub(super) struct Lines {
    /// The lines that end in a newline.
    pub whole: Vec<Line>,
    /// What follows the last newline.
    pub torn: Option<TornTail>,
}

impl Lines {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, CaseError> {
        Ok(Self::parse(&fs::read(path).at("read", path)?))
    }

    /// Takes a file's content apart.
    pub fn parse(content: &[u8]) -> Self {
        let mut lines = Self::default();
        let mut offset = 0u64;
        for line in content.split_inclusive(|byte| *byte == b'\n') {
            let hash = Digest::of(line);
            if line.ends_with(b"\n") {
                let record = serde_json::from_slice(line).map_err(|error| error.to_string());
                lines.whole.push(Line { hash, record });
            } else {
                lines.torn = Some(TornTail { offset, bytes: line.len() as u64, sha256: hash });
            }
            offset += line.len() as u64;
        }
        lines
    }

    /// Number and hash of the last whole line.
    pub fn head(&self) -> super::Head {
        match self.whole.last() {
            Some(line) => super::Head { seq: self.whole.len() as u64, hash: line.hash },
            None => super::Head::NONE,
        }
    }
}

/// The writers that have a file in a journal, sorted.
pub(super) fn writers(journal: &Path) -> Result<Vec<WriterId>, CaseError> {
    let entries = match fs::read_dir(journal) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).at("read", journal),
    };
    let mut writers = Vec::new();
    for entry in entries {
        let path = entry.at("read", journal)?.path();
        if path.extension().is_some_and(|extension| extension == LINES) {
            writers.extend(path.file_stem().and_then(|stem| WriterId::of_file(stem.to_str()?)));
        }
    }
    writers.sort();
    Ok(writers)
}

/// The file of a writer's records.
pub(super) fn lines_path(journal: &Path, writer: &WriterId) -> PathBuf {
    journal.join(format!("{}.{LINES}", writer.as_str()))
}

/// The file of a writer's head.
pub(super) fn head_path(journal: &Path, writer: &WriterId) -> PathBuf {
    journal.join(format!("{}.{HEAD}", writer.as_str()))
}
