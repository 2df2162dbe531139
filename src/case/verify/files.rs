//! Everything beside the journal's lines: artefacts, plans, notes, and what should not be there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path};

use super::super::access::{Access, place_of};
use super::super::epochs::file_name;
use super::super::error::{At, CaseError};
use super::super::evidence::{UNFINISHED, hash_file, writer_of};
use super::super::read::{HEAD, LINES, lines_path};
use super::super::{Digest, Entry, Life, Plans, Record, WriterId};
use super::{Damage, Report};
use crate::model::{Clean, PlanHash};

/// Checks every file of the case that is no journal line.
pub(super) fn check(case: &Path, records: &[Record], report: &mut Report) -> Result<(), CaseError> {
    let found = found(case, records, report)?;
    artefacts(case, records, &found, report)?;
    plans(case, records, &found, report)?;
    epochs(case, records, &found, report)?;
    notes(case, records, report)?;
    journal(case, report)?;
    for name in names(case)? {
        if !left(&name, "", report) && !PARTS.contains(&name.as_str()) {
            report.problem(Damage::Added, &name, None, "no such file belongs to a case");
        }
    }
    Ok(())
}

/// What a case's directory holds.
const PARTS: [&str; 5] = ["journal", "evidence", "plans", "epochs", "notes.md"];

/// Names a file that was to take another one's place. Says whether it is one.
fn left(name: &str, folder: &str, report: &mut Report) -> bool {
    let Some((place, _)) = place_of(name) else { return false };
    let says = format!("it was to become {place}; the next writer puts that in order");
    report.problem(Damage::Unfinished, &format!("{folder}{name}"), None, says);
    true
}

/// Files that a later writer found: they must be as it found them.
fn found(case: &Path, records: &[Record], report: &mut Report) -> Result<BTreeSet<String>, CaseError> {
    let mut found = BTreeSet::new();
    for record in records {
        let Entry::Found { file, sha256, bytes } = &record.entry else { continue };
        // A record's file never leads out of the case, whoever wrote it.
        let plain = Path::new(file.as_str()).components().all(|part| matches!(part, Component::Normal(_)));
        if !plain || !found.insert(file.to_string()) {
            continue;
        }
        let path = case.join(file.as_str());
        if !path.is_file() {
            report.problem(Damage::Missing, file, None, format!("{} found it and it is not there", record.writer));
        } else if hash_file(&path)? != (*sha256, *bytes) {
            let says = format!("{} found {bytes} bytes with the SHA-256 {sha256}", record.writer);
            report.problem(Damage::Changed, file, None, says);
        } else {
            let says = format!("no record named {file} when {} found it", record.writer);
            report.remarks.push(says.into());
        }
    }
    Ok(found)
}

fn epochs(case: &Path, records: &[Record], found: &BTreeSet<String>, report: &mut Report) -> Result<(), CaseError> {
    let adopted = records.iter().filter_map(|record| match &record.entry {
        Entry::Adopted { job, epoch, .. } => Some(file_name(job, *epoch)),
        _ => None,
    });
    let adopted: BTreeSet<String> = adopted.collect();
    let there = names(&case.join("epochs"))?;
    for name in adopted.iter().filter(|name| !there.contains(name)) {
        report.problem(Damage::Missing, &format!("epochs/{name}"), None, "a job changed hands with it");
    }
    for name in &there {
        let file = format!("epochs/{name}");
        if left(name, "epochs/", report) || found.contains(&file) {
        } else if !adopted.contains(name) {
            report.problem(Damage::Added, &file, None, "no record names it");
        } else if fs::metadata(case.join(&file)).at("read", &case.join(&file))?.len() > 0 {
            report.problem(Damage::Changed, &file, None, "it was empty");
        }
    }
    Ok(())
}

fn artefacts(case: &Path, records: &[Record], found: &BTreeSet<String>, report: &mut Report) -> Result<(), CaseError> {
    let dir = case.join("evidence");
    let mut named = BTreeMap::new();
    for record in records {
        if let Entry::Evidence { custody, .. } = &record.entry {
            named.insert(custody.sha256.to_string(), custody);
        }
    }
    for (name, custody) in &named {
        let path = dir.join(name);
        let file = format!("evidence/{name}");
        let label = &custody.source.label;
        if !path.is_file() {
            report.problem(Damage::Missing, &file, None, format!("{label} was captured and is not there"));
            continue;
        }
        let (hash, bytes) = hash_file(&path)?;
        report.artefacts += 1;
        report.bytes += bytes;
        if hash != custody.sha256 || bytes != custody.bytes {
            let says = format!("{label} had {} bytes; now {bytes} with the SHA-256 {hash}", custody.bytes);
            report.problem(Damage::Changed, &file, None, says);
        }
    }
    for name in names(&dir)? {
        if found.contains(&format!("evidence/{name}")) || left(&name, "evidence/", report) {
            continue;
        }
        if writer_of(&name).is_some_and(|program| program.life() == Life::Runs) {
            report.remarks.push(format!("evidence/{name} is being captured: the program that writes it runs").into());
        } else if name.starts_with(UNFINISHED) {
            report.problem(Damage::Unfinished, &format!("evidence/{name}"), None, "its capture never ended");
        } else if !named.contains_key(&name) {
            report.problem(Damage::Added, &format!("evidence/{name}"), None, "no record names it");
        }
    }
    Ok(())
}

fn plans(case: &Path, records: &[Record], found: &BTreeSet<String>, report: &mut Report) -> Result<(), CaseError> {
    let dir = case.join("plans");
    let store = Plans::new(dir.clone(), Access::Private);
    let mut named = BTreeSet::new();
    for record in records {
        let (Entry::Started { plan, .. } | Entry::Planned { plan, .. }) = &record.entry else { continue };
        let file = format!("plans/{plan}.json");
        if named.insert(file.clone()) && !store.holds(*plan) {
            report.problem(Damage::Missing, &file, None, "it was made for this case and is not there");
        }
    }
    for name in names(&dir)? {
        let file = format!("plans/{name}");
        if left(&name, "plans/", report) {
            continue;
        }
        match name.strip_suffix(".json").and_then(|stem| stem.parse::<PlanHash>().ok()) {
            None => report.problem(Damage::Added, &file, None, "it is no plan"),
            Some(hash) => match store.find(hash) {
                Ok(plan) if fs::read(case.join(&file)).at("read", &case.join(&file))? == plan.canonical() => {
                    if !named.contains(&file) && !found.contains(&file) {
                        report.problem(Damage::Added, &file, None, "no record names it");
                    }
                }
                _ => report.problem(Damage::Changed, &file, None, "it is not the plan that its name says"),
            },
        }
    }
    Ok(())
}

fn notes(case: &Path, records: &[Record], report: &mut Report) -> Result<(), CaseError> {
    let path = case.join("notes.md");
    let saved = records.iter().rev().map(|record| &record.entry).find(|entry| matches!(entry, Entry::Notes { .. }));
    match saved {
        Some(Entry::Notes { sha256, bytes }) if path.exists() => {
            let content = fs::read(&path).at("read", &path)?;
            if Digest::of(&content) != *sha256 {
                let says = format!("{bytes} bytes were saved with the SHA-256 {sha256}");
                report.problem(Damage::Changed, "notes.md", None, says);
            }
        }
        Some(_) => report.problem(Damage::Missing, "notes.md", None, "it was saved and is not there"),
        None if path.exists() => report.problem(Damage::Added, "notes.md", None, "no record tells of it"),
        None => {}
    }
    Ok(())
}

fn journal(case: &Path, report: &mut Report) -> Result<(), CaseError> {
    let dir = case.join("journal");
    for name in names(&dir)? {
        let file = format!("journal/{name}");
        if left(&name, "journal/", report) {
            continue;
        }
        match name.rsplit_once('.').map(|(stem, extension)| (WriterId::of_file(stem), extension)) {
            Some((Some(_), LINES)) => {}
            Some((Some(writer), HEAD)) if lines_path(&dir, &writer).exists() => {}
            Some((Some(writer), HEAD)) => {
                let lines = format!("journal/{}.{LINES}", writer.as_str());
                report.problem(Damage::Missing, &lines, None, "its head is there, its records are not");
            }
            _ => report.problem(Damage::Added, &file, None, "no such file belongs to a journal"),
        }
    }
    Ok(())
}

/// The names in a directory, cleaned, sorted; none where there is no directory.
fn names(dir: &Path) -> Result<Vec<String>, CaseError> {
    if !dir.exists() {
        return Ok(Vec::new());
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(dir).at("read", dir)? {
        names.push(Clean::from(&*entry.at("read", dir)?.file_name().to_string_lossy()).to_string());
    }
    names.sort();
    Ok(names)
}
