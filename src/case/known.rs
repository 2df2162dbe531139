//! What this person's machine knows of a case without looking at it.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use super::access::Access;
use super::error::{At, CaseError};
use super::head::{HeadFile, SignedHead};
use super::read::HEAD;
use super::{Digest, WriterId};

/// The folder of the state directory that holds the heads, one folder below it for each case.
const FOLDER: &str = "heads";

/// The last heads of the writers that ran here, kept outside of the case, so that
/// whoever can write to the case cannot make it forget.
pub(super) struct Known {
    dir: PathBuf,
}

impl Known {
    /// What is known of the case in that directory.
    pub fn of(state: &Path, case: &Path) -> Self {
        let path = fs::canonicalize(case).unwrap_or_else(|_| case.to_owned());
        let slug = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let place = Digest::of(path.as_os_str().as_encoded_bytes()).short();
        Self { dir: state.join(FOLDER).join(format!("{slug}-{place}")) }
    }

    /// Forgets a case that had this place before: a new one is opened there.
    pub fn forget(&self) -> Result<(), CaseError> {
        match fs::remove_dir_all(&self.dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed.at("remove", &self.dir),
        }
    }

    /// The place for the head of a writer that begins here.
    pub fn begin(&self, writer: &WriterId) -> Result<KnownHead, CaseError> {
        Access::Private.create_dir(&self.dir)?;
        let path = self.dir.join(format!("{}.{HEAD}", writer.as_str()));
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path);
        Ok(KnownHead(file.at("write", &path)?))
    }

    /// The heads that are kept, of this case and of every other: the case may have been moved.
    pub fn all(&self) -> Vec<KnownCase> {
        let Some(folders) = self.dir.parent().and_then(|parent| fs::read_dir(parent).ok()) else { return Vec::new() };
        let folders = folders.filter_map(|entry| Some(entry.ok()?.path()));
        folders.map(|folder| KnownCase { is_here: folder == self.dir, heads: heads(&folder) }).collect()
    }
}

/// The heads of the writers that wrote to one case from here.
pub(super) struct KnownCase {
    /// Whether it lay where the case lies that is looked at.
    pub is_here: bool,
    pub heads: BTreeMap<WriterId, SignedHead>,
}

fn heads(folder: &Path) -> BTreeMap<WriterId, SignedHead> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let read = entries.filter_map(|path| {
        let writer = WriterId::of_file(path.file_stem()?.to_str()?)?;
        match HeadFile::read(&path) {
            // One that the power took, or that was torn then, is no knowledge.
            HeadFile::Is(signed) if signed.holds() => Some((writer, signed)),
            _ => None,
        }
    });
    read.collect()
}

/// Where the head of a running writer is kept.
pub(super) struct KnownHead(File);

impl KnownHead {
    /// Keeps a head in the place of the one before, which is never longer. It
    /// outlives the program at once, and the machine as soon as the system writes it out.
    pub fn keep(&self, head: &SignedHead) -> io::Result<()> {
        self.0.write_all_at(&head.to_bytes(), 0)
    }
}
