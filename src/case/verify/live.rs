//! A case that is written to while it is checked.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::super::CaseError;
use super::{Damage, Problem, Report};

/// Between what a writer does and what it says of it lies no more than this: a disk's patience.
const PAUSE: Duration = Duration::from_millis(500);

/// So often is a case looked at that is written to all the time.
const ROUNDS: usize = 4;

/// Checks until what is found is no matter of when it was looked at. Lines come before their head, and artefacts
/// before their record: what is wrong in one round, and not in the same way in the next, was on its way. What is wrong
/// in a case in which nothing moves, not even for as long as a disk may take, is wrong; where a record is missing that
/// others name, nobody has to wait for that.
pub(super) fn settled(case: &Path, check: impl Fn() -> Result<Report, CaseError>) -> Result<Report, CaseError> {
    let mut before = state(case);
    let mut report = check()?;
    for _ in 1..ROUNDS {
        if report.holds() || (report.problems.iter().any(is_gone) && state(case) == before) {
            return Ok(report);
        }
        std::thread::sleep(PAUSE);
        let now = state(case);
        if now == before {
            return Ok(report);
        }
        before = now;
        let mut again = check()?;
        again.problems.retain(|problem| report.problems.contains(problem));
        report = again;
    }
    if !report.holds() {
        let text = "the case was written to while it was checked; check it again when its jobs have ended";
        report.remarks.push(text.into());
    }
    Ok(report)
}

/// Whether a record is not there that a head, a later record or another writer names: each is written after it.
fn is_gone(problem: &Problem) -> bool {
    problem.damage == Damage::Missing && problem.line.is_some()
}

/// What changes with everything that is written: the lengths of the journal's files, and when names came and went.
fn state(case: &Path) -> BTreeMap<PathBuf, (u64, Option<SystemTime>)> {
    let journal = fs::read_dir(case.join("journal")).into_iter().flatten().flatten().map(|entry| entry.path());
    let folders = ["", "journal", "evidence", "plans", "epochs"].map(|folder| case.join(folder));
    let seen = journal.chain(folders).filter_map(|path| {
        let metadata = fs::metadata(&path).ok()?;
        let length = if metadata.is_file() { metadata.len() } else { 0 };
        Some((path, (length, metadata.modified().ok())))
    });
    seen.collect()
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::super::super::{Case, Disk, Entry, NewCase, RealDisk, Source};
    use super::super::verify;
    use super::*;
    use crate::config::Directories;

    fn case(root: &Path) -> Case {
        let new = NewCase { id: "1".into(), title: String::new(), responder: "a".into(), clusters: vec![] };
        Case::create(&Directories::under(root), new).unwrap()
    }

    #[test]
    fn whoever_captures_meanwhile_is_not_taken_for_damage() {
        let root = tempfile::tempdir().unwrap();
        let case = case(root.path());
        let over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for number in 0.. {
                    let mut artefact = case.evidence().begin(Source::sample(&format!("log {number}"))).unwrap();
                    artefact.write(format!("line {number}").as_bytes()).unwrap();
                    let custody = Box::new(artefact.finish(None).unwrap());
                    case.journal().append(Entry::Evidence { job: None, custody }).unwrap();
                    if over.load(Ordering::Relaxed) {
                        break;
                    }
                }
            });
            let meanwhile: Vec<_> = (0..10).map(|_| verify(case.path()).unwrap().problems).collect();
            fs::write(case.path().join("evidence/odd"), "nobody's").unwrap();
            let damaged = verify(case.path()).unwrap().problems;
            over.store(true, Ordering::Relaxed);
            assert!(meanwhile.iter().all(Vec::is_empty), "{meanwhile:#?}");
            assert_eq!(damaged.iter().map(|problem| problem.damage).collect::<Vec<_>>(), [Damage::Added]);
        });
    }

    /// A disk that takes its time.
    struct Slow;

    impl Disk for Slow {
        fn append(&self, file: &mut File, line: &[u8]) -> io::Result<()> {
            RealDisk.append(file, line)
        }

        fn sync(&self, file: &File) -> io::Result<()> {
            std::thread::sleep(Duration::from_millis(40));
            RealDisk.sync(file)
        }
    }

    #[test]
    fn a_record_on_its_way_to_the_disk_is_not_taken_for_damage() {
        let root = tempfile::tempdir().unwrap();
        let case = case(root.path()).on(Arc::new(Slow));
        let over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    case.journal().append_burst(&[Entry::Note { text: "x".into() }]).unwrap();
                }
                case.journal().catch_up().unwrap();
            });
            let meanwhile: Vec<_> = (0..6).map(|_| verify(case.path()).unwrap().problems).collect();
            over.store(true, Ordering::Relaxed);
            assert!(meanwhile.iter().all(Vec::is_empty), "{meanwhile:#?}");
        });
        assert!(verify(case.path()).unwrap().holds());
    }

    #[test]
    fn what_is_being_captured_is_told_and_is_no_damage() {
        let root = tempfile::tempdir().unwrap();
        let case = case(root.path());
        let mut artefact = case.evidence().begin(Source::sample("a long log")).unwrap();
        artefact.write(b"its beginning").unwrap();
        let report = verify(case.path()).unwrap();
        assert!(report.holds(), "{:#?}", report.problems);
        assert_eq!(report.remarks.len(), 1, "{:?}", report.remarks);
    }
}
