use std::fs;
use std::path::{Path, PathBuf};

use super::super::head::SignedHead;
use super::super::sign::Signer;
use super::super::{Case, Digest, Entry, JobId, NewCase, Program, Record, Source};
use super::*;
use crate::config::Directories;

mod trust;

/// The state directory and the cases of whoever runs the test.
fn home(root: &Path) -> Directories {
    Directories::under(root)
}

fn open(root: &Path) -> Case {
    Case::open(&home(root), "SEC-1").unwrap()
}

/// A case of two writers, an artefact and notes.
fn case(root: &Path) -> PathBuf {
    let new = NewCase { id: "SEC-1".into(), title: "web".into(), responder: "alice".into(), clusters: vec![] };
    let first = Case::create(&home(root), new).unwrap();
    let mut artefact = first.evidence().begin(Source::sample("pod")).unwrap();
    artefact.write(b"the pod\n").unwrap();
    let custody = Box::new(artefact.finish(None).unwrap());
    first.journal().append(Entry::Evidence { job: None, custody }).unwrap();
    let second = open(root);
    for text in ["one", "two"] {
        second.journal().append(Entry::Note { text: text.into() }).unwrap();
    }
    let plan: crate::model::Plan = serde_json::from_value(serde_json::json!({
        "action": "cordon", "tier": 1, "cluster": crate::model::ClusterId::default(), "case": "SEC-1",
        "targets": [], "calls": [], "notes": [], "facts": [],
    }))
    .unwrap();
    let hash = first.plans().keep(&plan).unwrap();
    first
        .journal()
        .append(Entry::Planned {
            plan: hash,
            action: "cordon".into(),
            identity: "responder".into(),
            impersonated: false,
        })
        .unwrap();
    let job = JobId("cordon-1f0c9a3b".into());
    assert!(second.epochs().take(&job, 2).unwrap());
    let from = first.journal().writer().unwrap();
    second.journal().append(Entry::Adopted { job, epoch: 2, from, why: "it was gone".into() }).unwrap();
    first.save_notes("what was seen\n").unwrap();
    first.path().to_owned()
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all.sort();
    all
}

fn journals(case: &Path) -> Vec<PathBuf> {
    files(case).into_iter().filter(|path| path.extension().is_some_and(|end| end == "jsonl")).collect()
}

/// Replaces a file's content, whatever its permissions say.
fn overwrite(path: &Path, content: &[u8]) {
    fs::remove_file(path).unwrap();
    fs::write(path, content).unwrap();
}

/// Nobody writes to these cases: what one look finds is there.
fn holds(case: &Path) -> bool {
    once(case, &Trust::default()).unwrap().holds()
}

fn damages(case: &Path) -> Vec<Damage> {
    once(case, &Trust::default()).unwrap().problems.iter().map(|problem| problem.damage).collect()
}

#[test]
fn what_was_written_holds() {
    let root = tempfile::tempdir().unwrap();
    let report = verify(&case(root.path())).unwrap();
    assert!(report.holds(), "{report:?}");
    assert_eq!((report.records, report.writers, report.artefacts), (7, 2, 1));
}

#[test]
fn any_byte_that_is_flipped_dropped_or_added_is_found() {
    let root = tempfile::tempdir().unwrap();
    let case = case(root.path());
    for path in files(&case) {
        let content = fs::read(&path).unwrap();
        for place in 0..content.len() {
            let mut flipped = content.clone();
            flipped[place] ^= 1;
            let mut dropped = content.clone();
            dropped.remove(place);
            for wrong in [flipped, dropped] {
                overwrite(&path, &wrong);
                assert!(!holds(&case), "{} byte {place}", path.display());
            }
        }
        for byte in [b'\n', b' ', b'x'] {
            overwrite(&path, &[&content[..], &[byte]].concat());
            assert!(!holds(&case), "{} and {byte}", path.display());
        }
        fs::remove_file(&path).unwrap();
        assert!(!holds(&case), "{} removed", path.display());
        fs::write(&path, &content).unwrap();
        assert!(holds(&case), "{} put back", path.display());
    }
}

#[test]
fn lines_that_are_dropped_reordered_or_added_are_named() {
    let root = tempfile::tempdir().unwrap();
    let case = case(root.path());
    let path = journals(&case).into_iter().max_by_key(|path| fs::metadata(path).unwrap().len()).unwrap();
    let content = fs::read_to_string(&path).unwrap();
    let lines: Vec<_> = content.split_inclusive('\n').collect();
    let [first, second, third, fourth] = lines[..] else { panic!("four records expected") };
    for (wrong, damage) in [
        (vec![first, third, fourth], Damage::Missing),
        (vec![second, third, fourth], Damage::Missing),
        (vec![first, second, third], Damage::Missing),
        (vec![first, third, second, fourth], Damage::Reordered),
        (vec![first, second, second, third, fourth], Damage::Reordered),
        (vec![first, second, third, fourth, fourth], Damage::Reordered),
    ] {
        overwrite(&path, wrong.concat().as_bytes());
        assert!(damages(&case).contains(&damage), "{damage:?} in {:?}", damages(&case));
    }
}

#[test]
fn a_chain_that_was_shortened_with_its_head_is_missed_by_whoever_saw_it() {
    let root = tempfile::tempdir().unwrap();
    let case = case(root.path());
    // `first` was seen with two records by the second writer; the notes came after that.
    let path = journals(&case).into_iter().max_by_key(|path| fs::metadata(path).unwrap().len()).unwrap();
    let content = fs::read_to_string(&path).unwrap();
    let first = content.split_inclusive('\n').next().unwrap();
    overwrite(&path, first.as_bytes());
    sign_anew(root.path(), &path);
    assert!(damages(&case).contains(&Damage::Missing));
}

/// Gives a chain the head that its own writer would sign for what is there now.
fn sign_anew(root: &Path, path: &Path) {
    let head = super::super::read::Lines::parse(&fs::read(path).unwrap()).head();
    let signed = SignedHead::new(head, &Signer::of(home(root).state()).unwrap()).unwrap();
    overwrite(&path.with_extension("head"), &signed.to_bytes());
}

#[test]
fn a_torn_line_is_survived_named_and_closed_by_the_next_writer() {
    let root = tempfile::tempdir().unwrap();
    let case = case(root.path());
    let path = journals(&case).remove(0);
    let whole = fs::read(&path).unwrap();
    overwrite(&path, &[&whole[..], b"{\"v\":1,\"seq\":9"].concat());
    assert_eq!(damages(&case), [Damage::Unfinished]);
    let opened = open(root.path());
    assert_eq!(opened.records().unwrap().len(), 7);
    opened.journal().append(Entry::Note { text: "back again".into() }).unwrap();
    let report = verify(&case).unwrap();
    assert!(report.holds(), "{report:?}");
    assert_eq!(report.remarks.len(), 1);
    overwrite(&path, &[&whole[..], b"{\"v\":1,\"seq\":8"].concat());
    assert!(!verify(&case).unwrap().holds(), "what was closed is fixed");
}

#[test]
fn a_head_that_was_not_written_any_more_is_closed_as_well() {
    let root = tempfile::tempdir().unwrap();
    let case = case(root.path());
    let path = journals(&case).into_iter().max_by_key(|path| fs::metadata(path).unwrap().len()).unwrap();
    let content = fs::read_to_string(&path).unwrap();
    let two: String = content.split_inclusive('\n').take(2).collect();
    overwrite(&path, two.as_bytes());
    sign_anew(root.path(), &path);
    overwrite(&path, content.as_bytes());
    assert_eq!(damages(&case), [Damage::Added]);
    open(root.path()).journal().append(Entry::Note { text: "on".into() }).unwrap();
    assert!(verify(&case).unwrap().holds());
}

#[test]
fn the_hash_of_a_line_is_the_one_of_sha256sum() {
    let root = tempfile::tempdir().unwrap();
    let case = case(root.path());
    for path in journals(&case) {
        let content = fs::read(&path).unwrap();
        let last = content.split_inclusive(|byte| *byte == b'\n').next_back().unwrap();
        let head = fs::read_to_string(path.with_extension("head")).unwrap();
        assert!(head.contains(&super::super::Digest::of(last).to_string()));
    }
}

#[test]
fn what_a_killed_program_left_is_put_in_order_by_the_next_writer() {
    // Writers that begin in one second are ordered by chance, in the names of their files alone.
    (0..8).for_each(|_| put_in_order());
}

fn put_in_order() {
    let root = tempfile::tempdir().unwrap();
    let case = case(root.path());
    let mut child = std::process::Command::new("true").spawn().unwrap();
    let gone = Program::current().to_string();
    let mut parts: Vec<_> = gone.split('-').map(str::to_owned).collect();
    parts[1] = child.id().to_string();
    child.wait().unwrap();
    let gone = parts.join("-");
    let notes = "the second version\n";
    let first = open(root.path());
    first.journal().append(Entry::Notes { sha256: Digest::of(notes.as_bytes()), bytes: notes.len() as u64 }).unwrap();
    fs::write(case.join(format!("notes.md.{gone}-3.new")), notes).unwrap();
    fs::write(case.join(format!("journal/x.head.{gone}-4.new")), "half a he").unwrap();
    fs::write(case.join(format!("evidence/unfinished-{gone}-0")), "half a log").unwrap();
    let orphan = Digest::of(b"captured, and not recorded");
    fs::write(case.join(format!("evidence/{orphan}")), "captured, and not recorded").unwrap();
    let running = case.join(format!("evidence/unfinished-{}-0", Program::current()));
    fs::write(&running, "being written").unwrap();
    assert!(!holds(&case));
    open(root.path()).journal().append(Entry::Beat).unwrap();
    fs::remove_file(running).unwrap();
    let report = verify(&case).unwrap();
    assert!(report.holds(), "{report:?}");
    assert_eq!(report.remarks.len(), 2, "{report:?}");
    assert_eq!(fs::read_to_string(case.join("notes.md")).unwrap(), notes);
    fs::write(case.join(format!("evidence/unfinished-{gone}-0")), "half a lie").unwrap();
    assert_eq!(damages(&case), [Damage::Changed]);
}
