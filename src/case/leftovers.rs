//! What programs that ended in the middle of something have left behind.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::access::place_of;
use super::epochs::file_name;
use super::error::{At, CaseError};
use super::evidence::{UNFINISHED, hash_file, writer_of};
use super::head::HeadFile;
use super::merge::merge;
use super::read::{Lines, head_path, lines_path, writers};
use super::{Digest, Entry, Head, Life, Program, Record, WriterId};
use crate::model::Clean;

/// A file that a program of another machine has not touched for so long, by the
/// clock of the file system, was left behind.
const LONG_AGO: Duration = Duration::from_secs(600);

/// What is to be done about it.
pub(super) enum Leftover {
    /// Say in the journal what is there.
    Record(Entry),
    /// End the replacement that the journal announced.
    Rename { from: PathBuf, to: PathBuf },
    /// Remove what was never announced.
    Remove(PathBuf),
}

/// What is left open in a case. `own` is the new file of the writer that asks.
pub(super) fn of(case: &Path, own: &Path, writer: &WriterId) -> Result<Vec<Leftover>, CaseError> {
    let now = fs::metadata(own).and_then(|file| file.modified()).at("read", own)?;
    let mut files = Vec::new();
    let mut left = open_ends(&case.join("journal"), writer, &mut files)?;
    // In the order of the story: which notes were saved last is not for the names of files to say.
    let named = Named::of(&merge(files));
    for folder in [PathBuf::new(), "journal".into(), "evidence".into(), "plans".into(), "epochs".into()] {
        for name in names(&case.join(&folder))? {
            match about(case, &folder.join(&name), &name, &named, now) {
                // Another writer that begins was faster.
                Err(CaseError::Io { source, .. }) if source.kind() == ErrorKind::NotFound => {}
                found => left.extend(found?),
            }
        }
    }
    Ok(left)
}

/// What is to be done about one file, if anything is.
fn about(case: &Path, file: &Path, name: &str, named: &Named, now: SystemTime) -> Result<Option<Leftover>, CaseError> {
    let path = case.join(file);
    if let Some((place, program)) = place_of(name) {
        return if is_over(&program, &path, now) { ended(path, place, named).map(Some) } else { Ok(None) };
    }
    let said = Clean::from(&*file.to_string_lossy());
    if named.files.contains(&said) || !named.is_left(&path, file, name, now)? {
        return Ok(None);
    }
    let (sha256, bytes) = hash_file(&path)?;
    Ok(Some(Leftover::Record(Entry::Found { file: said, sha256, bytes })))
}

/// Files of the journal that end otherwise than their heads say: their writers
/// stopped between two writes, or in the middle of one.
fn open_ends(journal: &Path, own: &WriterId, files: &mut Vec<Vec<Record>>) -> Result<Vec<Leftover>, CaseError> {
    let mut open = Vec::new();
    for writer in writers(journal)? {
        let lines = Lines::read(&lines_path(journal, &writer))?;
        let (head, torn) = (lines.head(), lines.torn);
        let said = HeadFile::read(&head_path(journal, &writer)).head().unwrap_or(Head::NONE);
        let start = lines.whole.first().and_then(|line| line.record.as_ref().ok()?.start.as_ref());
        // What another program has open it is still about to end; what this one left it does not go back to.
        let program = start.map(|start| &start.program).filter(|program| *program != Program::current());
        let runs = program.is_some_and(|program| program.life() == Life::Runs);
        // A chain that is shorter than its head says was cut: that is for `verify` to tell, not to close.
        if writer != *own && !runs && (torn.is_some() || said.seq < head.seq) {
            open.push(Entry::Closed { writer, head, torn });
        }
        files.push(lines.whole.into_iter().filter_map(|line| line.record.ok()).collect());
    }
    open.retain(|closing| !files.iter().flatten().any(|record| record.entry == *closing));
    Ok(open.into_iter().map(Leftover::Record).collect())
}

/// What the records name.
struct Named {
    files: BTreeSet<Clean>,
    notes: Vec<Digest>,
}

impl Named {
    fn of(records: &[Record]) -> Self {
        let (mut files, mut notes) = (BTreeSet::new(), Vec::new());
        for record in records {
            match &record.entry {
                Entry::Evidence { custody, .. } => drop(files.insert(format!("evidence/{}", custody.sha256).into())),
                Entry::Planned { plan, .. } | Entry::Started { plan, .. } => {
                    files.insert(format!("plans/{plan}.json").into());
                }
                Entry::Adopted { job, epoch, .. } => {
                    files.insert(format!("epochs/{}", file_name(job, *epoch)).into());
                }
                Entry::Found { file, .. } => drop(files.insert(file.clone())),
                Entry::Notes { sha256, .. } => notes.push(*sha256),
                _ => {}
            }
        }
        Self { files, notes }
    }

    /// Whether a file that no record names is one that a program may leave behind:
    /// its name vouches for its content, or its writer is gone.
    fn is_left(&self, path: &Path, file: &Path, name: &str, now: SystemTime) -> Result<bool, CaseError> {
        Ok(match file.parent().and_then(Path::to_str) {
            Some("evidence") if name.starts_with(UNFINISHED) => {
                writer_of(name).is_some_and(|program| is_over(&program, path, now))
            }
            Some("evidence") => name.parse::<Digest>().ok() == Some(hash_file(path)?.0),
            Some("plans") => match name.strip_suffix(".json").map(str::parse::<Digest>) {
                Some(Ok(hash)) => hash == hash_file(path)?.0,
                _ => false,
            },
            Some("epochs") => fs::metadata(path).at("read", path)?.len() == 0,
            _ => false,
        })
    }
}

/// A replacement that did not come to its end: the journal says whether it was announced.
fn ended(path: PathBuf, place: &str, named: &Named) -> Result<Leftover, CaseError> {
    let announced = place == "notes.md" && named.notes.last() == Some(&hash_file(&path)?.0);
    let to = path.with_file_name(place);
    Ok(if announced { Leftover::Rename { from: path, to } } else { Leftover::Remove(path) })
}

/// Whether the program that wrote a file writes no more.
fn is_over(program: &Program, path: &Path, now: SystemTime) -> bool {
    match program.life() {
        Life::Gone => true,
        Life::Runs => false,
        Life::Elsewhere => {
            let touched = fs::metadata(path).and_then(|file| file.modified());
            touched.is_ok_and(|touched| now.duration_since(touched).is_ok_and(|age| age >= LONG_AGO))
        }
    }
}

/// The names of the files in a directory, sorted; those that are no text are nobody's of ours.
fn names(dir: &Path) -> Result<Vec<String>, CaseError> {
    let mut names = Vec::new();
    if !dir.exists() {
        return Ok(names);
    }
    for entry in fs::read_dir(dir).at("read", dir)? {
        let entry = entry.at("read", dir)?;
        if entry.file_type().is_ok_and(|kind| kind.is_file()) {
            names.extend(entry.file_name().into_string());
        }
    }
    names.sort();
    Ok(names)
}
