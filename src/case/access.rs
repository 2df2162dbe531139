//! Who else may read a case.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::Program;
use super::error::{At, CaseError};

/// The permissions of what is created in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Only the responder: directories 0700, files 0600.
    Private,
    /// The group of the cases' directory, which somebody made group-writable with
    /// its set-group-id bit: directories 2770, files 0640.
    Group,
}

impl Access {
    /// The permissions that a directory of cases asks for.
    pub fn of(root: &Path) -> Self {
        const SET_GROUP_ID_AND_GROUP_WRITE: u32 = 0o2020;
        match fs::metadata(root) {
            Ok(metadata) if metadata.mode() & SET_GROUP_ID_AND_GROUP_WRITE == SET_GROUP_ID_AND_GROUP_WRITE => {
                Self::Group
            }
            _ => Self::Private,
        }
    }

    /// Creates a directory and what is missing above it.
    pub fn create_dir(self, path: &Path) -> Result<(), CaseError> {
        let mode = if self == Self::Private { 0o700 } else { 0o2770 };
        let missing = !path.exists();
        DirBuilder::new().recursive(true).mode(mode).create(path).at("create", path)?;
        if missing && self == Self::Group {
            // The umask has taken the group's bits from what the mode above asked for.
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).at("set the permissions of", path)?;
        }
        Ok(())
    }

    /// Creates a file that is not there yet.
    pub fn create_new(self, path: &Path) -> io::Result<File> {
        self.create(path, if self == Self::Private { 0o600 } else { 0o640 })
    }

    /// Creates a file that is written by whoever has it open now, and by nobody later.
    pub fn create_once(self, path: &Path) -> io::Result<File> {
        self.create(path, if self == Self::Private { 0o400 } else { 0o440 })
    }

    fn create(self, path: &Path, mode: u32) -> io::Result<File> {
        let file = OpenOptions::new().create_new(true).append(true).mode(mode).open(path)?;
        if self == Self::Group {
            file.set_permissions(fs::Permissions::from_mode(mode))?;
        }
        Ok(file)
    }

    /// Replaces a file in one step: readers see the old content or the new one,
    /// after a loss of power as well.
    pub fn replace(self, path: &Path, content: &[u8]) -> Result<(), CaseError> {
        self.beside(path, content, true)?.take_place()
    }

    /// The same, faster: after a loss of power the file may be an old one, or empty.
    pub fn replace_quickly(self, path: &Path, content: &[u8]) -> Result<(), CaseError> {
        self.beside(path, content, false)?.take_place()
    }

    /// Writes what is to take a file's place under a name beside it.
    pub fn beside(self, path: &Path, content: &[u8], durable: bool) -> Result<Beside, CaseError> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        name.push(format!(".{}-{number}{NEW}", Program::current()));
        let beside = Beside { path: path.with_file_name(name), place: path.to_owned(), placed: false };
        let mut file = self.create_new(&beside.path).at("write", path)?;
        let written = io::Write::write_all(&mut file, content);
        written.and_then(|()| if durable { file.sync_data() } else { Ok(()) }).at("write", path)?;
        Ok(beside)
    }
}

/// A file that is to take the place of another; it is removed where it does not.
pub struct Beside {
    path: PathBuf,
    place: PathBuf,
    placed: bool,
}

impl Beside {
    /// Takes the other file's place.
    pub fn take_place(mut self) -> Result<(), CaseError> {
        fs::rename(&self.path, &self.place).at("write", &self.place)?;
        self.placed = true;
        Ok(())
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if !self.placed {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The end of the names of files that are to take another one's place.
const NEW: &str = ".new";

static NUMBER: AtomicU64 = AtomicU64::new(0);

/// The file whose place a file of that name was to take, and who wrote it.
pub fn place_of(name: &str) -> Option<(&str, Program)> {
    let (place, writer) = name.strip_suffix(NEW)?.rsplit_once('.')?;
    let (program, number) = writer.rsplit_once('-')?;
    number.parse::<u64>().ok()?;
    Some((place, program.parse().ok()?))
}

/// Makes the names in a directory durable.
pub fn sync_dir(path: &Path) -> Result<(), CaseError> {
    File::open(path).and_then(|dir| dir.sync_all()).at("sync", path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_decides_who_reads() {
        let root = tempfile::tempdir().unwrap();
        for (mode, dir, file) in [(0o755, 0o700, 0o600), (0o2770, 0o2770, 0o640)] {
            fs::set_permissions(root.path(), fs::Permissions::from_mode(mode)).unwrap();
            let access = Access::of(root.path());
            let path = root.path().join(format!("{mode:o}"));
            access.create_dir(&path).unwrap();
            access.create_new(&path.join("file")).unwrap();
            assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, dir);
            assert_eq!(fs::metadata(path.join("file")).unwrap().mode() & 0o7777, file);
        }
    }

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("head");
        for content in ["one", "two"] {
            Access::Private.replace(&path, content.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
        }
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
        let beside = Access::Private.beside(&path, b"three", false).unwrap();
        let name = beside.path.file_name().unwrap().to_str().unwrap();
        assert_eq!(place_of(name), Some(("head", Program::current().clone())));
        drop(beside);
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
    }
}
