//! The evidence store.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::access::{Access, sync_dir};
use super::error::{At, CaseError};
use super::jurisdiction::Jurisdiction;
use super::{Custody, Digest, Program, Source};
use crate::model::Clean;

/// The artefacts of a case, named by the SHA-256 of their content.
#[derive(Clone, Debug)]
pub struct Evidence {
    dir: PathBuf,
    access: Access,
    bounds: Jurisdiction,
    names: Arc<Names>,
}

/// Files that are being written carry this prefix; `verify` names those that were left behind.
pub(super) const UNFINISHED: &str = "unfinished-";

/// Who writes the unfinished artefact of that name.
pub(super) fn writer_of(name: &str) -> Option<Program> {
    name.strip_prefix(UNFINISHED)?.rsplit_once('-')?.0.parse().ok()
}

static NUMBER: AtomicU64 = AtomicU64::new(0);

impl Evidence {
    pub(super) fn new(dir: PathBuf, access: Access, bounds: Jurisdiction) -> Self {
        Self { dir, access, bounds, names: Arc::default() }
    }

    /// Begins an artefact. Its file comes into being with its first byte: a source that refuses leaves none behind.
    ///
    /// # Errors
    /// It would leave its Region without the case's leave.
    pub fn begin(&self, source: Source) -> Result<Artefact, CaseError> {
        if source.region.is_some() {
            self.bounds.may_keep(source.region.as_ref())?;
        }
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = self.dir.join(format!("{UNFINISHED}{}-{number}", Program::current()));
        let (begun, hasher) = (Timestamp::now(), Sha256::new());
        Ok(Artefact { store: self.clone(), path, file: None, hasher, bytes: 0, begun, source })
    }

    /// Where an artefact lies.
    pub fn path(&self, sha256: Digest) -> PathBuf {
        self.dir.join(sha256.to_string())
    }

    /// Reads an artefact again, and hashes what is there now.
    pub fn hash_again(&self, sha256: Digest) -> Result<(Digest, u64), CaseError> {
        hash_file(&self.path(sha256))
    }
}

/// SHA-256 and length of a file.
pub(super) fn hash_file(path: &Path) -> Result<(Digest, u64), CaseError> {
    let mut hasher = HashingSink(Sha256::new());
    let bytes = File::open(path).and_then(|mut file| std::io::copy(&mut file, &mut hasher)).at("read", path)?;
    Ok((Digest::finish(hasher.0), bytes))
}

struct HashingSink(Sha256);

impl Write for HashingSink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// An artefact that is being written. It is hashed on its way to the disk, never
/// read back for it, so that the hash is the one of what the source sent. Where it
/// does not come to its end, what was received lies there, and the journal's next
/// writer names it.
pub struct Artefact {
    store: Evidence,
    path: PathBuf,
    file: Option<File>,
    hasher: Sha256,
    bytes: u64,
    begun: Timestamp,
    source: Source,
}

impl Artefact {
    /// Takes what the source sent next.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), CaseError> {
        self.file()?.write_all(bytes).at("write", &self.path)?;
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    fn file(&mut self) -> Result<&mut File, CaseError> {
        match &mut self.file {
            Some(file) => Ok(file),
            none => Ok(none.insert(self.store.access.create_once(&self.path).at("create", &self.path)?)),
        }
    }

    /// Bytes taken so far.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Ends the artefact: makes it durable and gives it its name. `incomplete` says
    /// why the source stopped before its end, if it did.
    pub fn finish(mut self, incomplete: Option<Clean>) -> Result<Custody, CaseError> {
        let sha256 = Digest::finish(std::mem::take(&mut self.hasher));
        let target = self.store.path(sha256);
        self.file()?.sync_data().at("sync", &self.path)?;
        fs::rename(&self.path, &target).at("name", &target)?;
        self.store.names.sync(&self.store.dir)?;
        Ok(Custody {
            sha256,
            bytes: self.bytes,
            begun: self.begun,
            ended: Timestamp::now(),
            incomplete,
            source: self.source,
        })
    }
}

/// Makes the names of artefacts durable: one wait for the disk serves all that were given before it began.
#[derive(Debug, Default)]
struct Names {
    given: AtomicU64,
    durable: Mutex<u64>,
}

impl Names {
    /// Returns when the name that the caller has given outlives a loss of power.
    fn sync(&self, dir: &Path) -> Result<(), CaseError> {
        let own = self.given.fetch_add(1, Ordering::AcqRel) + 1;
        let mut durable = self.durable.lock().unwrap_or_else(PoisonError::into_inner);
        if *durable < own {
            let given = self.given.load(Ordering::Acquire);
            sync_dir(dir)?;
            *durable = given;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::CaseId;
    use super::*;

    fn store(dir: &Path) -> Evidence {
        let bounds = Jurisdiction { id: CaseId::new("1").unwrap(), case: dir.to_owned(), here: None };
        Evidence::new(dir.to_owned(), Access::Private, bounds)
    }

    fn names(dir: &Path) -> Vec<String> {
        let entries = fs::read_dir(dir).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_source_that_refuses_leaves_nothing_and_one_that_breaks_off_what_it_sent() {
        let dir = tempfile::tempdir().unwrap();
        drop(store(dir.path()).begin(Source::sample("a log")).unwrap());
        assert!(names(dir.path()).is_empty());
        let mut artefact = store(dir.path()).begin(Source::sample("a log")).unwrap();
        artefact.write(b"the first line\n").unwrap();
        drop(artefact);
        let left = names(dir.path());
        assert_eq!(left.iter().filter_map(|name| writer_of(name)).collect::<Vec<_>>(), [Program::current().clone()]);
        assert_eq!(fs::read(dir.path().join(&left[0])).unwrap(), b"the first line\n");
    }

    #[test]
    fn an_empty_answer_is_an_artefact_too() {
        let dir = tempfile::tempdir().unwrap();
        let custody = store(dir.path()).begin(Source::sample("a log")).unwrap().finish(None).unwrap();
        assert_eq!((custody.bytes, names(dir.path())), (0, vec![Digest::of(b"").to_string()]));
    }
}
