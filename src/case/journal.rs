//! Writing records.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use super::access::{Access, sync_dir};
use super::error::{At, CaseError};
use super::read::{Lines, head_path, lines_path, writers};
use super::{By, Digest, Entry, Head, Record, WriterId};

/// This program's file in a case's journal. It comes into being with its first
/// record, so that whoever only looks leaves nothing behind.
pub struct Journal {
    dir: PathBuf,
    access: Access,
    by: By,
    chain: Mutex<Option<Chain>>,
}

/// The state of the file between two records.
struct Chain {
    writer: WriterId,
    path: PathBuf,
    file: File,
    length: u64,
    head: Head,
    seen: BTreeMap<WriterId, Head>,
    lost: Option<String>,
}

impl Journal {
    /// The journal in that directory, written by whoever runs this program.
    pub(super) fn new(dir: PathBuf, access: Access, by: By) -> Self {
        Self { dir, access, by, chain: Mutex::new(None) }
    }

    /// Who writes.
    pub const fn by(&self) -> &By {
        &self.by
    }

    /// Appends a record. When this returns, the record is on disk.
    ///
    /// It waits for the disk: call it from a thread that may.
    pub fn append(&self, entry: Entry) -> Result<Record, CaseError> {
        let mut guard = self.chain.lock().unwrap_or_else(PoisonError::into_inner);
        if guard.is_none() {
            let mut chain = self.begin()?;
            self.close_others(&mut chain)?;
            *guard = Some(chain);
        }
        match guard.as_mut() {
            Some(chain) => self.write(chain, entry),
            None => Err(io::Error::from(io::ErrorKind::NotFound)).at("open", &self.dir),
        }
    }

    fn begin(&self) -> Result<Chain, CaseError> {
        for attempt in 0.. {
            let writer = WriterId::start(&self.by, Timestamp::now(), attempt);
            let path = lines_path(&self.dir, &writer);
            match self.access.create_new(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                created => {
                    let file = created.at("create", &path)?;
                    sync_dir(&self.dir)?;
                    let (head, seen) = (Head::NONE, BTreeMap::new());
                    return Ok(Chain { writer, path, file, length: 0, head, seen, lost: None });
                }
            }
        }
        Err(io::Error::from(io::ErrorKind::AlreadyExists)).at("create a journal file in", &self.dir)
    }

    /// Takes note of every file that ends otherwise than its head says: its
    /// writer stopped between two writes, or in the middle of one.
    fn close_others(&self, chain: &mut Chain) -> Result<(), CaseError> {
        for writer in writers(&self.dir)? {
            if writer == chain.writer {
                continue;
            }
            let lines = Lines::read(&lines_path(&self.dir, &writer))?;
            let head = lines.head();
            let said = Head::read(&head_path(&self.dir, &writer)).unwrap_or(Head::NONE);
            // A chain that is shorter than its head says was cut: that is for `verify` to tell, not to close.
            if lines.torn.is_some() || said.seq < head.seq {
                self.write(chain, Entry::Closed { writer, head, torn: lines.torn })?;
            }
        }
        Ok(())
    }

    fn write(&self, chain: &mut Chain, entry: Entry) -> Result<Record, CaseError> {
        if let Some(why) = &chain.lost {
            return Err(CaseError::JournalLost { path: chain.path.clone(), why: why.clone() });
        }
        let seen = self.news(chain)?;
        let record = Record {
            v: Record::VERSION,
            seq: chain.head.seq + 1,
            prev: chain.head.hash,
            time: Timestamp::now(),
            writer: chain.writer.clone(),
            by: self.by.clone(),
            seen,
            entry,
        };
        let mut line = serde_json::to_vec(&record).map_err(io::Error::from).at("write", &chain.path)?;
        line.push(b'\n');
        if let Err(error) = chain.file.write_all(&line).and_then(|()| chain.file.sync_data()) {
            // Nothing was announced by a record that did not reach the disk: take it back.
            if let Err(stuck) = chain.file.set_len(chain.length) {
                chain.lost = Some(format!("{error}, then {stuck}"));
            }
            return Err(error).at("write", &chain.path);
        }
        chain.length += line.len() as u64;
        chain.head = Head { seq: record.seq, hash: Digest::of(&line) };
        chain.seen.extend(record.seen.clone());
        // The record itself is safe now; a head that is behind is closed by the next writer.
        self.access.replace(&head_path(&self.dir, &chain.writer), &chain.head.to_line())?;
        Ok(record)
    }

    /// Heads of other writers that moved since this writer's last record.
    fn news(&self, chain: &Chain) -> Result<BTreeMap<WriterId, Head>, CaseError> {
        let heads = writers(&self.dir)?.into_iter().filter(|writer| *writer != chain.writer);
        let read = heads.filter_map(|writer| Some((Head::read(&head_path(&self.dir, &writer))?, writer)));
        Ok(read
            .filter(|(head, writer)| chain.seen.get(writer) != Some(head))
            .map(|(head, writer)| (writer, head))
            .collect())
    }

    /// This program's name in the journal, once it has written.
    pub fn writer(&self) -> Option<WriterId> {
        let chain = self.chain.lock().unwrap_or_else(PoisonError::into_inner);
        chain.as_ref().map(|chain| chain.writer.clone())
    }

    /// Where the journal lies.
    pub fn dir(&self) -> &Path {
        &self.dir
    }
}
