//! Writing records.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::access::{Access, sync_dir};
use super::error::{At, CaseError};
use super::head::HeadFile;
use super::heads::Heads;
use super::known::Known;
use super::leftovers::{self, Leftover};
use super::read::{head_path, lines_path, writers};
use super::sign::Signer;
use super::{By, Digest, Disk, Entry, Head, Program, RealDisk, Record, Start, WriterId};

/// This program's file in a case's journal. It comes into being with its first
/// record, so that whoever only looks leaves nothing behind.
pub struct Journal {
    case: PathBuf,
    dir: PathBuf,
    access: Access,
    by: By,
    state: PathBuf,
    disk: Arc<dyn Disk>,
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
    heads: Heads,
    written: Instant,
}

impl Journal {
    /// The journal of a case, written by whoever runs this program, signed with
    /// the key in the state directory.
    pub(super) fn new(case: &Path, access: Access, by: By, state: &Path) -> Self {
        let (case, dir, state) = (case.to_owned(), case.join("journal"), state.to_owned());
        Self { case, dir, access, by, state, disk: Arc::new(RealDisk), chain: Mutex::new(None) }
    }

    /// Writes through another way to the disk from here on.
    pub(super) fn write_through(&mut self, disk: Arc<dyn Disk>) {
        self.disk = disk;
    }

    /// Who writes.
    pub const fn by(&self) -> &By {
        &self.by
    }

    /// Appends a record. When this returns, the record is on disk.
    ///
    /// It waits for the disk: call it from a thread that may.
    pub fn append(&self, entry: Entry) -> Result<Record, CaseError> {
        self.with(|chain| self.write(chain, entry))
    }

    /// Appends several records with one wait for the disk. When this returns, all
    /// of them are on disk; where it fails, none is. More may follow at once: the head
    /// beside the records may be behind them until [`catch_up`](Self::catch_up).
    pub fn append_burst(&self, entries: &[Entry]) -> Result<Vec<Record>, CaseError> {
        self.with(|chain| self.write_all(chain, entries))
    }

    /// Lets the head catch up with its records, where a burst of them has left it behind.
    pub fn catch_up(&self) -> Result<(), CaseError> {
        self.with(|chain| chain.heads.catch_up())
    }

    /// Makes sure that this program has its file, and that what others left is
    /// closed: what it puts into the case from now on is not taken for theirs.
    pub fn open(&self) -> Result<(), CaseError> {
        self.with(|_| Ok(()))
    }

    /// Closes what writers that are gone have left open: lines without an end,
    /// heads that are behind, files that no record names.
    pub fn close_left(&self) -> Result<(), CaseError> {
        self.with(|chain| self.close(chain))
    }

    fn with<T>(&self, work: impl FnOnce(&mut Chain) -> Result<T, CaseError>) -> Result<T, CaseError> {
        let mut guard = self.chain.lock().unwrap_or_else(PoisonError::into_inner);
        if guard.is_none() {
            let mut chain = self.begin()?;
            self.close(&mut chain)?;
            *guard = Some(chain);
        }
        match guard.as_mut() {
            Some(chain) => work(chain),
            None => Err(io::Error::from(io::ErrorKind::NotFound)).at("open", &self.dir),
        }
    }

    fn begin(&self) -> Result<Chain, CaseError> {
        let signer = Signer::of(&self.state)?;
        for attempt in 0.. {
            let writer = WriterId::start(&self.by, Timestamp::now(), attempt);
            let path = lines_path(&self.dir, &writer);
            match self.access.create_new(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                created => {
                    let file = created.at("create", &path)?;
                    sync_dir(&self.dir)?;
                    let known = Known::of(&self.state, &self.case).begin(&writer)?;
                    return Ok(Chain {
                        path,
                        file,
                        length: 0,
                        head: Head::NONE,
                        seen: BTreeMap::new(),
                        lost: None,
                        heads: Heads::new(head_path(&self.dir, &writer), self.access, signer, known),
                        writer,
                        written: Instant::now(),
                    });
                }
            }
        }
        Err(io::Error::from(io::ErrorKind::AlreadyExists)).at("create a journal file in", &self.dir)
    }

    fn close(&self, chain: &mut Chain) -> Result<(), CaseError> {
        for leftover in leftovers::of(&self.case, &chain.path, &chain.writer)? {
            let (path, ended) = match leftover {
                Leftover::Record(entry) => {
                    self.write(chain, entry)?;
                    continue;
                }
                Leftover::Rename { from, to } => (to.clone(), fs::rename(&from, &to)),
                Leftover::Remove(path) => (path.clone(), fs::remove_file(&path)),
            };
            match ended {
                // Another writer that begins was faster.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                ended => ended.at("put in order", &path)?,
            }
        }
        Ok(())
    }

    fn write(&self, chain: &mut Chain, entry: Entry) -> Result<Record, CaseError> {
        let written = self.write_all(chain, &[entry])?.pop();
        chain.heads.catch_up()?;
        written.ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof)).at("write", &chain.path)
    }

    fn write_all(&self, chain: &mut Chain, entries: &[Entry]) -> Result<Vec<Record>, CaseError> {
        if let Some(why) = &chain.lost {
            return Err(CaseError::JournalLost { path: chain.path.clone(), why: why.clone() });
        }
        let (mut seen, mut head) = (self.news(chain)?, chain.head);
        let (mut lines, mut records) = (Vec::new(), Vec::with_capacity(entries.len()));
        for entry in entries {
            let start = (head == Head::NONE).then(|| {
                let (key, program) = (chain.heads.key().into(), Program::current().clone());
                Box::new(Start { key, program })
            });
            let record = Record {
                v: Record::VERSION,
                seq: head.seq + 1,
                prev: head.hash,
                time: Timestamp::now(),
                writer: chain.writer.clone(),
                by: self.by.clone(),
                start,
                seen: std::mem::take(&mut seen),
                entry: entry.clone(),
            };
            let mut line = serde_json::to_vec(&record).map_err(io::Error::from).at("write", &chain.path)?;
            line.push(b'\n');
            head = Head { seq: record.seq, hash: Digest::of(&line) };
            lines.append(&mut line);
            records.push(record);
        }
        let appended = self.disk.append(&mut chain.file, &lines);
        if let Err(error) = appended.and_then(|()| self.disk.sync(&chain.file)) {
            // Nothing was announced by a record that did not reach the disk: take it back.
            if let Err(stuck) = chain.file.set_len(chain.length) {
                chain.lost = Some(format!("{error}, then {stuck}"));
            }
            return Err(error).at("write", &chain.path);
        }
        chain.length += lines.len() as u64;
        chain.head = head;
        for record in &records {
            chain.seen.extend(record.seen.clone());
        }
        chain.written = Instant::now();
        chain.heads.follow(chain.head)?;
        Ok(records)
    }

    /// Heads of other writers that moved since this writer's last record.
    fn news(&self, chain: &Chain) -> Result<BTreeMap<WriterId, Head>, CaseError> {
        let heads = writers(&self.dir)?.into_iter().filter(|writer| *writer != chain.writer);
        let read = heads.filter_map(|writer| Some((HeadFile::read(&head_path(&self.dir, &writer)).head()?, writer)));
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

    /// How long this program has written nothing; `None` before its first record.
    pub fn silent_for(&self) -> Option<Duration> {
        let chain = self.chain.lock().unwrap_or_else(PoisonError::into_inner);
        chain.as_ref().map(|chain| chain.written.elapsed())
    }

    /// Where the journal lies.
    pub fn dir(&self) -> &Path {
        &self.dir
    }
}
