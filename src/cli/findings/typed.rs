//! Findings that are typed in on the command line, and those of the case.

use color_eyre::eyre::Result;
use jiff::Timestamp;

use crate::case::{By, Entry};
use crate::cli::Startup;
use crate::cli::exit::Ended;
use crate::cli::place::case;
use crate::findings::{Batch, Shelf, typed, typed_id, typed_in};
use crate::model::Typed;

/// Reads the line of `--add`.
pub fn line(text: &str) -> Result<Typed, String> {
    Typed::parse(text)
}

/// Takes a finding in, and records it in the case, where one is named.
///
/// # Errors
/// This program is read-only, or the journal cannot be written.
pub fn add(line: &Typed, startup: &Startup) -> Result<Shelf> {
    let (by, at) = (By::current(), Timestamp::now());
    let id = typed_id(line, &by, at);
    match case(startup)? {
        Some(_) if startup.read_only() => {
            return Err(Ended::refused("podmortem is read-only: the finding was not recorded in the case"));
        }
        Some(case) => {
            case.journal().append(Entry::Finding { id: id.clone(), typed: line.clone() })?;
            eprintln!("podmortem: the finding is in the journal of the case {}", case.id());
        }
        None => eprintln!("podmortem: the finding is kept nowhere; --case ID keeps it in the journal of a case"),
    }
    let mut shelf = Shelf::default();
    shelf.take(Batch { findings: vec![typed(line, id, &by, at)], ..Batch::default() });
    Ok(shelf)
}

/// The findings that were typed into the case, where one is named.
///
/// # Errors
/// The case cannot be read.
pub fn of_case(startup: &Startup) -> Result<Batch> {
    let records = match case(startup)? {
        Some(case) => case.records()?,
        None => Vec::new(),
    };
    Ok(Batch { findings: records.iter().filter_map(typed_in).collect(), ..Batch::default() })
}
