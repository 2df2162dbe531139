//! A journal as it grows.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;

use super::error::{At, CaseError};
use super::merge::merge;
use super::read::{lines_path, writers};
use super::{Record, WriterId};

/// Reads what every writer appends, from the start on. It only reads: whoever may
/// read the directory may follow.
pub struct Follower {
    dir: PathBuf,
    read: HashMap<WriterId, u64>,
}

impl Follower {
    /// Follows the journal in that directory.
    pub(super) fn new(dir: PathBuf) -> Self {
        Self { dir, read: HashMap::new() }
    }

    /// Follows the journal in that directory, past what is there already.
    pub(super) fn from_here(dir: PathBuf) -> Result<Self, CaseError> {
        let mut read = HashMap::new();
        for writer in writers(&dir)? {
            let path = lines_path(&dir, &writer);
            let length = std::fs::metadata(&path).at("read", &path)?.len();
            read.insert(writer, length);
        }
        Ok(Self { dir, read })
    }

    /// The records that are new since the last call, in the order of the story.
    /// A line without its end is left for the next call.
    pub fn poll(&mut self) -> Result<Vec<Record>, CaseError> {
        self.poll_others(None)
    }

    /// The same, without the records of one writer: whoever asks knows its own.
    pub fn poll_others(&mut self, own: Option<&WriterId>) -> Result<Vec<Record>, CaseError> {
        let mut news = Vec::new();
        for writer in writers(&self.dir)?.into_iter().filter(|writer| Some(writer) != own) {
            let path = lines_path(&self.dir, &writer);
            let start = self.read.get(&writer).copied().unwrap_or_default();
            let mut file = File::open(&path).at("read", &path)?;
            if file.metadata().at("read", &path)?.len() <= start {
                continue;
            }
            let mut content = Vec::new();
            file.seek(SeekFrom::Start(start)).at("read", &path)?;
            file.read_to_end(&mut content).at("read", &path)?;
            let whole = content.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
            self.read.insert(writer, start + whole as u64);
            let lines = content.get(..whole).unwrap_or_default().split(|byte| *byte == b'\n');
            news.push(lines.filter_map(|line| serde_json::from_slice(line).ok()).collect());
        }
        Ok(merge(news))
    }
}
