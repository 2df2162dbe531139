//! One writer's file, read whole.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use super::error::{At, CaseError};
use super::{Digest, Record, TornTail, WriterId};

/// The names of the journal's files.
pub(super) const LINES: &str = "jsonl";
/// The extension of the files that hold a writer's head.
pub(super) const HEAD: &str = "head";

/// Bytes of a journal that are worth a thread.
const SHARE: usize = 1 << 20;

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

/// The records of a file's whole lines, in their order. What cannot be read is left out,
/// and no hash is looked at: `verify` does both. A long journal is read by several threads.
pub(super) fn records(path: &Path) -> Result<Vec<Record>, CaseError> {
    let content = fs::read(path).at("read", path)?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(content.len() / SHARE + 1);
    let shares = shares(&content, threads);
    Ok(match shares.as_slice() {
        [] => Vec::new(),
        [whole] => parsed(whole),
        shares => std::thread::scope(|scope| {
            let readers: Vec<_> = shares.iter().map(|share| scope.spawn(move || parsed(share))).collect();
            // A reader that panicked has met a bug of ours; its records are missing, as unreadable ones are.
            readers.into_iter().filter_map(|reader| reader.join().ok()).flatten().collect()
        }),
    })
}

/// The first record of a file, where it can be read.
pub(super) fn first(path: &Path) -> Result<Option<Record>, CaseError> {
    let mut line = Vec::new();
    BufReader::new(File::open(path).at("read", path)?).read_until(b'\n', &mut line).at("read", path)?;
    Ok(serde_json::from_slice(&line).ok())
}

/// The whole lines of some content in about equal parts, each of whole lines.
fn shares(content: &[u8], parts: usize) -> Vec<&[u8]> {
    let whole = content.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
    let mut rest = content.get(..whole).unwrap_or_default();
    let mut shares = Vec::new();
    for left in (1..=parts).rev() {
        let middle = rest.len() / left;
        let end = rest.iter().skip(middle).position(|byte| *byte == b'\n').map_or(rest.len(), |at| middle + at + 1);
        let (share, after) = rest.split_at(if left == 1 { rest.len() } else { end });
        if !share.is_empty() {
            shares.push(share);
        }
        rest = after;
    }
    shares
}

fn parsed(lines: &[u8]) -> Vec<Record> {
    lines.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect()
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn shares_are_whole_lines_and_leave_nothing_out(
            lines in proptest::collection::vec("[a-z]{0,9}", 0..40), torn in "[a-z]{0,3}", parts in 1usize..9
        ) {
            let whole: String = lines.iter().map(|line| format!("{line}\n")).collect();
            let content = format!("{whole}{torn}");
            let shares = shares(content.as_bytes(), parts);
            prop_assert!(shares.len() <= parts);
            prop_assert!(shares.iter().all(|share| share.ends_with(b"\n")));
            prop_assert_eq!(shares.concat(), whole.as_bytes());
        }
    }
}
