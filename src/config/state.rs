//! Small documents that outlive the process: marks, scope, history.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Directories;

/// A JSON document in the state directory, readable by its owner only.
#[derive(Clone, Debug)]
pub struct StateFile {
    path: PathBuf,
}

/// A state document could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The file system refused.
    #[error("cannot {doing} {}: {source}; what it holds is kept in memory until the program ends", path.display())]
    File {
        /// `read` or `write`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file holds something else.
    #[error("{} is not what podmortem wrote: {source}; it was kept as {} and begins anew", path.display(), kept.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// Where the unreadable file was moved to.
        kept: PathBuf,
        /// What the JSON reader said.
        source: serde_json::Error,
    },
}

impl StateFile {
    /// The document `NAME.json` of the state directory.
    pub fn new(directories: &Directories, name: &str) -> Self {
        Self { path: directories.state().join(format!("{name}.json")) }
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the document; `None` where it was never written. One that cannot be
    /// understood is moved aside, so that nothing overwrites it.
    pub fn read<T: DeserializeOwned>(&self) -> Result<Option<T>, StateError> {
        let text = match fs::read(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(StateError::File { doing: "read", path: self.path.clone(), source }),
        };
        serde_json::from_slice(&text).map(Some).map_err(|source| {
            let kept = self.path.with_extension("json.unreadable");
            // Where even this fails, the next write tells.
            let _ = fs::rename(&self.path, &kept);
            StateError::Content { path: self.path.clone(), kept, source }
        })
    }

    /// Writes the document as a whole: whoever reads sees the old one or the new
    /// one, also after a crash.
    pub fn write<T: Serialize>(&self, document: &T) -> Result<(), StateError> {
        let written =
            serde_json::to_vec(document).map_err(io::Error::other).and_then(|text| write_private(&self.path, &text));
        written.map_err(|source| StateError::File { doing: "write", path: self.path.clone(), source })
    }
}

/// Replaces a file by one that only its owner may read (0600, in directories made 0700).
pub fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let temporary = path.with_extension(format!("{}.new", std::process::id()));
    let written = replace(path, &temporary, content, folder);
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written
}

fn replace(path: &Path, temporary: &Path, content: &[u8], folder: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(temporary)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(temporary, path)?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn what_was_written_is_read_by_its_owner_only() {
        let home = tempfile::tempdir().unwrap();
        let file = StateFile::new(&Directories::under(home.path()), "marks");
        assert_eq!(file.read::<Vec<u32>>().unwrap(), None);
        file.write(&vec![1, 2, 3]).unwrap();
        file.write(&vec![4]).unwrap();
        assert_eq!(file.read::<Vec<u32>>().unwrap(), Some(vec![4]));
        assert_eq!(fs::metadata(file.path()).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(file.path().parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn what_cannot_be_understood_is_moved_aside() {
        let home = tempfile::tempdir().unwrap();
        let file = StateFile::new(&Directories::under(home.path()), "scope");
        write_private(file.path(), b"{ torn").unwrap();
        let error = file.read::<Vec<u32>>().unwrap_err();
        let StateError::Content { kept, .. } = &error else { panic!("{error}") };
        assert_eq!(fs::read(kept).unwrap(), b"{ torn");
        assert_eq!(file.read::<Vec<u32>>().unwrap(), None);
    }

    #[test]
    fn a_directory_that_cannot_be_made_is_named() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("state"), "a file").unwrap();
        let file = StateFile::new(&Directories::under(home.path()), "history");
        assert!(file.write(&1).unwrap_err().to_string().contains("history.json"));
    }
}
