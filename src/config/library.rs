//! Data files that are part of the program and that a person may override.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

use include_dir::Dir;

/// A folder of YAML files inside the binary, each of which a file of the same
/// name in the configuration directory replaces; further files there add to it.
#[derive(Clone, Debug)]
pub struct Library {
    embedded: &'static Dir<'static>,
    overrides: PathBuf,
}

/// A file of a library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// Where it was read: a path of the person's, or `built-in NAME.yaml`.
    pub file: PathBuf,
    /// Its text.
    pub text: Cow<'static, str>,
    /// Whether it is part of the program.
    pub built_in: bool,
}

/// Longest file that is read: a theme or a playbook has a few kilobytes.
const LONGEST: u64 = 1 << 20;

impl Library {
    /// The embedded folder, and the folder that overrides it.
    pub const fn new(embedded: &'static Dir<'static>, overrides: PathBuf) -> Self {
        Self { embedded, overrides }
    }

    /// The names that can be opened, sorted, without `.yaml`.
    pub fn names(&self) -> Vec<String> {
        let embedded = self.embedded.files().map(|file| file.path().to_owned());
        let overrides = fs::read_dir(&self.overrides).into_iter().flatten().flatten().map(|entry| entry.path());
        let names: BTreeSet<_> = embedded.chain(overrides).filter_map(|path| name_of(&path)).collect();
        names.into_iter().collect()
    }

    /// The file of that name: the person's where there is one, else the built-in
    /// one. `None` where there is neither. A name that would lead out of the
    /// folder is no name.
    pub fn open(&self, name: &str) -> io::Result<Option<Volume>> {
        if !is_name(name) {
            return Ok(None);
        }
        let file = self.overrides.join(format!("{name}.yaml"));
        match fs::metadata(&file) {
            Ok(about) if about.len() > LONGEST => {
                Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("longer than {LONGEST} bytes")))
            }
            Ok(_) => {
                let text = fs::read_to_string(&file)?;
                Ok(Some(Volume { file, text: text.into(), built_in: false }))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(self.built_in(name)),
            Err(error) => Err(error),
        }
    }

    /// The built-in file of that name, whatever the person has.
    pub fn built_in(&self, name: &str) -> Option<Volume> {
        let file = self.embedded.get_file(format!("{name}.yaml"))?;
        let text = file.contents_utf8()?;
        Some(Volume { file: format!("built-in {name}.yaml").into(), text: text.into(), built_in: true })
    }

    /// Where a file of that name would override the built-in one.
    pub fn path(&self, name: &str) -> PathBuf {
        self.overrides.join(format!("{name}.yaml"))
    }
}

fn name_of(path: &Path) -> Option<String> {
    let name = path.file_stem()?.to_str()?;
    (path.extension()? == "yaml" && is_name(name)).then(|| name.to_owned())
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use include_dir::{DirEntry, File};

    static FILES: Dir<'static> = Dir::new(
        "",
        &[DirEntry::File(File::new("dark.yaml", b"built in")), DirEntry::File(File::new("notes.txt", b""))],
    );

    #[test]
    fn a_file_of_the_persons_replaces_the_built_in_one() {
        let home = tempfile::tempdir().unwrap();
        let library = Library::new(&FILES, home.path().to_owned());
        assert_eq!(library.open("dark").unwrap().unwrap().text, "built in");
        fs::write(home.path().join("dark.yaml"), "mine").unwrap();
        fs::write(home.path().join("night.yaml"), "new").unwrap();
        let opened = library.open("dark").unwrap().unwrap();
        assert_eq!((opened.text.as_ref(), opened.built_in), ("mine", false));
        assert_eq!(library.names(), ["dark", "night"]);
        assert_eq!(library.built_in("dark").unwrap().text, "built in");
    }

    #[test]
    fn a_name_never_leads_out_of_the_folder() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("secret.yaml"), "x").unwrap();
        let library = Library::new(&FILES, home.path().join("themes"));
        for name in ["../secret", "", ".", "/etc/passwd", "a/b"] {
            assert_eq!(library.open(name).unwrap(), None, "{name}");
        }
    }
}
