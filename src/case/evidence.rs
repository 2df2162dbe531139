//! The evidence store.

use std::fs::{self, File, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

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
}

/// Files that are being written carry this prefix; `verify` names those that were left behind.
pub(super) const UNFINISHED: &str = "unfinished-";

/// Who writes the unfinished artefact of that name.
pub(super) fn writer_of(name: &str) -> Option<Program> {
    name.strip_prefix(UNFINISHED)?.rsplit_once('-')?.0.parse().ok()
}

static NUMBER: AtomicU64 = AtomicU64::new(0);

impl Evidence {
    pub(super) const fn new(dir: PathBuf, access: Access, bounds: Jurisdiction) -> Self {
        Self { dir, access, bounds }
    }

    /// Begins an artefact.
    ///
    /// # Errors
    /// It would leave its Region without the case's leave, or the disk refuses.
    pub fn begin(&self, source: Source) -> Result<Artefact, CaseError> {
        if source.region.is_some() {
            self.bounds.may_keep(source.region.as_ref())?;
        }
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = self.dir.join(format!("{UNFINISHED}{}-{number}", Program::current()));
        let file = self.access.create_new(&path).at("create", &path)?;
        let (begun, hasher) = (Timestamp::now(), Sha256::new());
        Ok(Artefact { store: self.clone(), path, file: Some(file), hasher, bytes: 0, begun, source })
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
/// read back for it, so that the hash is the one of what the source sent.
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
        if let Some(file) = &mut self.file {
            file.write_all(bytes).at("write", &self.path)?;
        }
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(())
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
        if let Some(file) = self.file.take() {
            let mode = if self.store.access == Access::Private { 0o400 } else { 0o440 };
            file.set_permissions(Permissions::from_mode(mode)).and_then(|()| file.sync_all()).at("sync", &self.path)?;
            fs::rename(&self.path, &target).at("name", &target)?;
            sync_dir(&self.store.dir)?;
        }
        Ok(Custody {
            sha256,
            bytes: self.bytes,
            begun: self.begun,
            ended: Timestamp::now(),
            incomplete,
            source: self.source.clone(),
        })
    }
}

impl Drop for Artefact {
    fn drop(&mut self) {
        if self.file.is_some() {
            let _ = fs::remove_file(&self.path);
        }
    }
}
