//! A case on disk.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::access::Access;
use super::error::{At, CaseError};
use super::jurisdiction::Jurisdiction;
use super::known::Known;
use super::merge::merge;
use super::read::{self, lines_path, writers};
use super::{
    By, CaseId, Digest, Disk, Entry, Epochs, Evidence, Follower, Journal, Plans, Record, Stay, Summary, WriterId,
};
use crate::config::Directories;
use crate::model::{Clean, ClusterId};

/// What a case needs to be opened.
#[derive(Clone, Debug)]
pub struct NewCase {
    /// Its id, often a ticket's number.
    pub id: String,
    /// What it is about; may be empty.
    pub title: String,
    /// Who answers for it.
    pub responder: String,
    /// The clusters that it is about; others join with the first action on them.
    pub clusters: Vec<ClusterId>,
}

/// A case: its journal, its evidence, its plans and its notes.
pub struct Case {
    id: CaseId,
    path: PathBuf,
    access: Access,
    journal: Journal,
    here: Option<Clean>,
}

impl Case {
    /// Opens a new case in the directory of cases. What it writes is signed with
    /// the key in the state directory.
    pub fn create(home: &Directories, new: NewCase) -> Result<Self, CaseError> {
        let root = home.cases();
        let id = CaseId::new(&new.id).ok_or(CaseError::NoId)?;
        let responder = Clean::from(new.responder.trim());
        if responder.is_empty() {
            return Err(CaseError::NoResponder);
        }
        let path = root.join(id.slug());
        let access = Access::of(root);
        if path.exists() {
            return Err(CaseError::Exists { id, path });
        }
        access.create_dir(root)?;
        for part in [path.clone(), path.join("journal"), path.join("evidence"), path.join("plans"), path.join("epochs")]
        {
            access.create_dir(&part)?;
            super::access::sync_dir(part.parent().unwrap_or(root))?;
        }
        Known::of(home.state(), &path).forget()?;
        let case = Self::at(id.clone(), path, access, home);
        let title = Clean::from(new.title.trim());
        case.journal.append(Entry::Opened { id, title, responder, clusters: new.clusters })?;
        Ok(case)
    }

    /// The case of an id in the directory of cases, or the one that lies in a directory.
    pub fn open(home: &Directories, case: &str) -> Result<Self, CaseError> {
        let path = Self::find(home.cases(), case)?;
        let access = Access::of(path.parent().unwrap_or(home.cases()));
        let id = Self::id_of(&path)?;
        Ok(Self::at(id, path, access, home))
    }

    /// The same case, its journal written through another way to the disk.
    #[must_use]
    pub fn on(mut self, disk: Arc<dyn Disk>) -> Self {
        self.journal.write_through(disk);
        self
    }

    /// Where the case of an id, or of a directory, lies.
    pub fn find(root: &Path, case: &str) -> Result<PathBuf, CaseError> {
        let by_id = CaseId::new(case).map(|id| root.join(id.slug()));
        let mut places = by_id.into_iter().chain([root.join(case), PathBuf::from(case)]);
        places
            .find(|path| path.join("journal").is_dir())
            .ok_or_else(|| CaseError::Absent { id: Clean::from(case).to_string(), root: root.to_owned() })
    }

    /// The cases below `root`, the one that was opened last first. What is no case is passed over.
    pub fn list(root: &Path) -> Result<Vec<Summary>, CaseError> {
        let entries = match fs::read_dir(root) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            read => read.at("read", root)?,
        };
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        let mut cases: Vec<_> = paths.filter_map(|path| Self::summary_of(&path).ok()).collect();
        cases.sort_by_key(|case| std::cmp::Reverse(case.opened));
        Ok(cases)
    }

    fn at(id: CaseId, path: PathBuf, access: Access, home: &Directories) -> Self {
        let journal = Journal::new(&path, access, By::current(), home.state());
        Self { id, path, access, journal, here: home.here().map(Clean::from) }
    }

    fn bounds(&self) -> Jurisdiction {
        Jurisdiction { id: self.id.clone(), case: self.path.clone(), here: self.here.clone() }
    }

    /// Whether evidence of a Region may be kept where this case stands.
    ///
    /// # Errors
    /// It would leave its Region, and nobody has allowed that; or the journal cannot be read.
    pub fn may_keep(&self, of: Option<&Clean>) -> Result<Stay, CaseError> {
        self.bounds().may_keep(of)
    }

    /// The id.
    pub const fn id(&self) -> &CaseId {
        &self.id
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The journal, to append to.
    pub const fn journal(&self) -> &Journal {
        &self.journal
    }

    /// The evidence store.
    pub fn evidence(&self) -> Evidence {
        Evidence::new(self.path.join("evidence"), self.access, self.bounds())
    }

    /// The plans that were made for this case.
    pub fn plans(&self) -> Plans {
        Plans::new(self.path.join("plans"), self.access)
    }

    /// The epochs of the case's jobs.
    pub fn epochs(&self) -> Epochs {
        Epochs::new(self.path.join("epochs"), self.access)
    }

    /// Every record of every writer, in the order of the story. A line that
    /// cannot be read is left out here; `verify` names it.
    pub fn records(&self) -> Result<Vec<Record>, CaseError> {
        records(&self.path)
    }

    /// The records of the case that lies in a directory, for whoever only reads them.
    pub fn records_in(path: &Path) -> Result<Vec<Record>, CaseError> {
        records(path)
    }

    /// The plans of the case that lies in a directory, for whoever only reads them.
    pub fn plans_in(path: &Path) -> Plans {
        Plans::new(path.join("plans"), Access::Private)
    }

    /// What the records say of the case as a whole.
    pub fn summary(&self) -> Result<Summary, CaseError> {
        Self::summary_of(&self.path)
    }

    /// The journal as it grows, from its first record on.
    pub fn follow(&self) -> Follower {
        Follower::new(self.path.join("journal"))
    }

    /// The journal as it grows, from now on.
    pub fn follow_from_here(&self) -> Result<Follower, CaseError> {
        Follower::from_here(self.path.join("journal"))
    }

    /// How many bytes a writer has written so far: who lives writes on.
    pub fn written_by(&self, writer: &WriterId) -> Result<u64, CaseError> {
        let path = lines_path(&self.path.join("journal"), writer);
        Ok(fs::metadata(&path).at("read", &path)?.len())
    }

    /// Records the hash of the notes, then replaces `notes.md`. Where the program
    /// ends in between, the next writer ends it.
    pub fn save_notes(&self, text: &str) -> Result<Record, CaseError> {
        let beside = self.access.beside(&self.path.join("notes.md"), text.as_bytes(), true)?;
        let (sha256, bytes) = (Digest::of(text.as_bytes()), text.len() as u64);
        let record = self.journal.append(Entry::Notes { sha256, bytes })?;
        beside.take_place()?;
        Ok(record)
    }

    /// The id, which stands in the first record of whoever began the case: a long journal is not read for it.
    fn id_of(path: &Path) -> Result<CaseId, CaseError> {
        let journal = path.join("journal");
        for writer in writers(&journal)? {
            if let Some(Record { entry: Entry::Opened { id, .. }, .. }) = read::first(&lines_path(&journal, &writer))? {
                return Ok(id);
            }
        }
        Ok(Self::summary_of(path)?.id)
    }

    fn summary_of(path: &Path) -> Result<Summary, CaseError> {
        Summary::fold(path.to_owned(), &records(path)?).ok_or_else(|| CaseError::NotACase { path: path.to_owned() })
    }
}

pub(super) fn records(path: &Path) -> Result<Vec<Record>, CaseError> {
    let journal = path.join("journal");
    let mut files = Vec::new();
    for writer in writers(&journal)? {
        files.push(read::records(&lines_path(&journal, &writer))?);
    }
    Ok(merge(files))
}
