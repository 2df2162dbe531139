//! Who else may read a case.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

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
        let mode = if self == Self::Private { 0o600 } else { 0o640 };
        let file = OpenOptions::new().create_new(true).append(true).mode(mode).open(path)?;
        if self == Self::Group {
            file.set_permissions(fs::Permissions::from_mode(mode))?;
        }
        Ok(file)
    }

    /// Replaces a file in one step: readers see the old content or the new one.
    pub fn replace(self, path: &Path, content: &[u8]) -> Result<(), CaseError> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.new", std::process::id()));
        let beside = path.with_file_name(name);
        let written = self.create_new(&beside).and_then(|mut file| {
            io::Write::write_all(&mut file, content)?;
            file.sync_data()?;
            fs::rename(&beside, path)
        });
        if written.is_err() {
            let _ = fs::remove_file(&beside);
        }
        written.at("write", path)
    }
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
    }
}
