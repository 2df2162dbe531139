//! The chains of a journal, and what they know of each other.

use std::collections::BTreeMap;
use std::path::Path;

use super::super::head::HeadFile;
use super::super::merge::merge;
use super::super::read::{Lines, head_path, lines_path, writers};
use super::super::{CaseError, Digest, Entry, Head, Record, TornTail, WriterId};
use super::{Damage, Report};

/// The chains of a journal, by their writers.
pub(super) type Chains = BTreeMap<WriterId, Chain>;

/// A chain whose lines were read.
pub(super) struct Chain {
    /// Its file, below the case's directory.
    pub file: String,
    hashes: Vec<Digest>,
    torn: Option<TornTail>,
    /// What its `.head` file holds.
    pub said: HeadFile,
}

impl Chain {
    /// Its last record.
    pub fn head(&self) -> Head {
        self.hashes.last().map_or(Head::NONE, |hash| Head { seq: self.hashes.len() as u64, hash: *hash })
    }

    /// Whether the chain holds that head, at its end or before it.
    pub fn holds(&self, head: Head) -> bool {
        head == Head::NONE
            || usize::try_from(head.seq).ok().and_then(|seq| self.hashes.get(seq.checked_sub(1)?)) == Some(&head.hash)
    }
}

/// Checks every file of the journal and gives the records that could be read, in the order of the story.
pub(super) fn check(case: &Path, report: &mut Report) -> Result<(Vec<Record>, Chains), CaseError> {
    let journal = case.join("journal");
    let mut chains = BTreeMap::new();
    let mut files: Vec<Vec<Record>> = Vec::new();
    for writer in writers(&journal)? {
        let lines = Lines::read(&lines_path(&journal, &writer))?;
        let file = format!("journal/{}.jsonl", writer.as_str());
        walk(&file, &writer, &lines, report);
        let hashes = lines.whole.iter().map(|line| line.hash).collect();
        let said = HeadFile::read(&head_path(&journal, &writer));
        chains.insert(writer, Chain { file, hashes, torn: lines.torn, said });
        files.push(lines.whole.into_iter().filter_map(|line| line.record.ok()).collect());
    }
    let records = merge(files);
    report.writers = chains.len();
    report.records = records.len();
    if !records.iter().any(|record| matches!(record.entry, Entry::Opened { .. })) {
        report.problem(Damage::Missing, "journal", None, "no record opens the case");
    }
    for (writer, chain) in &chains {
        end(writer, chain, &records, report);
    }
    witnesses(&chains, &records, report);
    Ok((records, chains))
}

/// One file from its first line to its last.
fn walk(file: &str, writer: &WriterId, lines: &Lines, report: &mut Report) {
    let mut prev = Digest::NONE;
    let mut expected = 1u64;
    for (place, line) in (1u64..).zip(&lines.whole) {
        match &line.record {
            Err(why) => {
                report.problem(Damage::Changed, file, Some(place), format!("it is no record any more ({why})"));
            }
            Ok(record) if record.writer != *writer => {
                report.problem(Damage::Added, file, Some(place), format!("it was written by {}", record.writer));
            }
            Ok(record) if record.seq > expected => {
                let says = format!("records {expected} to {} should stand before it", record.seq - 1);
                report.problem(Damage::Missing, file, Some(place), says);
                expected = record.seq;
            }
            Ok(record) if record.seq < expected => {
                let says = format!("it calls itself record {}, which has its place above", record.seq);
                report.problem(Damage::Reordered, file, Some(place), says);
                expected = record.seq;
            }
            Ok(record) if record.prev != prev => {
                let (damage, at) = if place == 1 { (Damage::Missing, 1) } else { (Damage::Changed, place - 1) };
                let says = format!("line {place} was written after a line whose hash was {}", record.prev);
                report.problem(damage, file, Some(at), says);
            }
            Ok(_) => {}
        }
        prev = line.hash;
        expected += 1;
    }
}

/// The end of a file, against its head and against the records that closed it.
fn end(writer: &WriterId, chain: &Chain, records: &[Record], report: &mut Report) {
    let found = chain.head();
    let closed: Vec<_> = records
        .iter()
        .filter_map(|record| match &record.entry {
            Entry::Closed { writer: of, head, torn } if of == writer => Some((*head, *torn)),
            _ => None,
        })
        .collect();
    let head_file = format!("journal/{}.head", writer.as_str());
    let is_closed = closed.iter().any(|(head, torn)| *head == found && *torn == chain.torn);
    match (chain.said.head(), &chain.said) {
        (Some(said), _) if said == found => {}
        (Some(said), _) if said.seq > found.seq => {
            let says = format!("{} records were written, {} are there", said.seq, found.seq);
            report.problem(Damage::Missing, &chain.file, Some(found.seq + 1), says);
        }
        (Some(said), _) if said.seq == found.seq => {
            let says = format!("its hash is {}, the head says {}", found.hash, said.hash);
            report.problem(Damage::Changed, &chain.file, Some(found.seq), says);
        }
        (Some(said), _) if is_closed && chain.holds(said) => {
            report
                .remarks
                .push(format!("{writer} stopped before its head was written; a later record closed it").into());
        }
        (Some(said), _) => {
            let says = format!("the head ends at record {}, and no later record closed the file", said.seq);
            report.problem(Damage::Added, &chain.file, Some(said.seq + 1), says);
        }
        (None, HeadFile::Odd) => report.problem(Damage::Changed, &head_file, None, "it is no head any more"),
        // A writer that stopped before its first record, or within it, has no head yet.
        (None, HeadFile::Absent) if found == Head::NONE && chain.torn.is_none() => {
            report.remarks.push(format!("{writer} began and wrote nothing").into());
        }
        (None, HeadFile::Absent) if is_closed && found.seq <= 1 => {}
        (None, HeadFile::Lost) if is_closed => {
            report.remarks.push(format!("{writer} lost its head with the power; a later record closed it").into());
        }
        (None, _) => report.problem(Damage::Missing, &head_file, None, "the end of its chain is not known"),
    }
    if let Some(torn) = chain.torn {
        if is_closed {
            report.remarks.push(
                format!("{writer} stopped in the middle of a line ({} bytes); a later record closed it", torn.bytes)
                    .into(),
            );
        } else {
            let says = format!("{} bytes at its end are no whole line, and no later record closed it", torn.bytes);
            report.problem(Damage::Unfinished, &chain.file, Some(found.seq + 1), says);
        }
    }
}

/// What writers saw of each other must still be there.
fn witnesses(chains: &Chains, records: &[Record], report: &mut Report) {
    let mut newest: BTreeMap<&WriterId, (Head, &WriterId)> = BTreeMap::new();
    for record in records {
        let closed = match &record.entry {
            Entry::Closed { writer, head, .. } => Some((writer, head)),
            _ => None,
        };
        for (writer, head) in record.seen.iter().chain(closed) {
            if newest.get(writer).is_none_or(|(known, _)| known.seq < head.seq) {
                newest.insert(writer, (*head, &record.writer));
            }
        }
    }
    for (writer, (head, witness)) in newest {
        let file = format!("journal/{}.jsonl", writer.as_str());
        match chains.get(writer) {
            None => {
                report.problem(Damage::Missing, &file, None, format!("{witness} has seen {} records of it", head.seq))
            }
            Some(chain) if chain.holds(head) => {}
            Some(chain) if chain.head().seq < head.seq => {
                let says = format!("{witness} has seen {} records, {} are there", head.seq, chain.head().seq);
                report.problem(Damage::Missing, &file, Some(chain.head().seq + 1), says);
            }
            Some(_) => {
                let says = format!("{witness} has seen it with the hash {}", head.hash);
                report.problem(Damage::Changed, &file, Some(head.seq), says);
            }
        }
    }
}
