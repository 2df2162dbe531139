//! Everything beside the journal's lines: artefacts, plans, notes, and what should not be there.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::super::error::{At, CaseError};
use super::super::evidence::{UNFINISHED, hash_file};
use super::super::read::{HEAD, LINES, lines_path};
use super::super::{Digest, Entry, Plans, Record, WriterId};
use super::{Damage, Report};
use crate::model::{Clean, PlanHash};

/// Checks every file of the case that is no journal line.
pub(super) fn check(case: &Path, records: &[Record], report: &mut Report) -> Result<(), CaseError> {
    artefacts(case, records, report)?;
    plans(case, records, report)?;
    notes(case, records, report)?;
    journal(case, report)?;
    for name in names(case)? {
        if !matches!(name.as_str(), "journal" | "evidence" | "plans" | "notes.md") {
            report.problem(Damage::Added, &name, None, "no such file belongs to a case");
        }
    }
    Ok(())
}

fn artefacts(case: &Path, records: &[Record], report: &mut Report) -> Result<(), CaseError> {
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
        if name.starts_with(UNFINISHED) {
            report.problem(Damage::Unfinished, &format!("evidence/{name}"), None, "its capture never ended");
        } else if !named.contains_key(&name) {
            report.problem(Damage::Added, &format!("evidence/{name}"), None, "no record names it");
        }
    }
    Ok(())
}

fn plans(case: &Path, records: &[Record], report: &mut Report) -> Result<(), CaseError> {
    let store = Plans::new(case.join("plans"), super::super::access::Access::Private);
    for record in records {
        if let Entry::Started { plan, job, .. } = &record.entry
            && matches!(store.find(*plan), Err(CaseError::NoPlan { .. }))
        {
            report.problem(Damage::Missing, &format!("plans/{plan}.json"), None, format!("{job} was run from it"));
        }
    }
    for name in names(&case.join("plans"))? {
        let file = format!("plans/{name}");
        match name.strip_suffix(".json").and_then(|stem| stem.parse::<PlanHash>().ok()) {
            None => report.problem(Damage::Added, &file, None, "it is no plan"),
            Some(hash) => match store.find(hash) {
                Ok(plan) if fs::read(case.join(&file)).at("read", &case.join(&file))? == plan.canonical() => {}
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
