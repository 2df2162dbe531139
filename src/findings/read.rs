//! Reading findings: what can be read, and by name what cannot.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use super::document::documents;
use super::envelope::{Item, open};
use super::execs::Execs;
use super::rules::Exec;
use super::shape::{Shaped, shaped};
use super::unpack::{MOST, unpack};
use crate::model::finding::Origin;
use crate::model::{Clean, Finding};

/// What came of reading a source. `found`, `unremarkable` and `unread` add up to all that was there.
#[derive(Debug, Default)]
pub struct Batch {
    /// The findings.
    pub findings: Vec<Finding>,
    /// Events and checks that were read and are no alert: requests as they should be, checks that passed.
    pub unremarkable: usize,
    /// What was there and is no finding, or could not be read.
    pub unread: usize,
    /// What was wrong, each with its place.
    pub troubles: Vec<Trouble>,
    /// Who ran commands in pods, or tried, where it was an audit log.
    pub execs: Execs,
}

/// Something that could not be read, or is not what was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Where.
    pub origin: Origin,
    /// What, and what was done about it.
    pub what: Clean,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.origin, self.what)
    }
}

/// A source that cannot be read at all.
#[derive(Debug, thiserror::Error)]
#[error("findings of {label}: {why}; name a file that you may read, or - for standard input")]
pub struct Unreadable {
    /// The file.
    pub label: Clean,
    /// What the system says.
    pub why: io::Error,
}

/// Reads the findings of a file, whatever shape they have.
///
/// # Errors
/// The file is not there, may not be read, or is none.
pub fn read_file(path: &Path) -> Result<Batch, Unreadable> {
    let label = Clean::from(path.display().to_string());
    match File::open(path).and_then(bytes_of) {
        Ok(bytes) => Ok(read(&label, &bytes)),
        Err(why) => Err(Unreadable { label, why }),
    }
}

/// Reads the findings of standard input until its end.
///
/// # Errors
/// It cannot be read.
pub fn read_stdin() -> Result<Batch, Unreadable> {
    let label = Clean::from("standard input");
    match bytes_of(io::stdin().lock()) {
        Ok(bytes) => Ok(read(&label, &bytes)),
        Err(why) => Err(Unreadable { label, why }),
    }
}

fn bytes_of(source: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(MOST).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == MOST {
        return Err(io::Error::other(format!("it has more than {MOST} bytes; split it")));
    }
    Ok(bytes)
}

/// Reads findings out of bytes that came from somewhere.
pub fn read(label: &Clean, bytes: &[u8]) -> Batch {
    let unpacked = unpack(bytes);
    let text = &*unpacked.text;
    let mut batch = Batch::default();
    let mut lines = Lines::of(label, text);
    let whole = Origin { label: label.clone(), line: 0 };
    batch.troubles.extend(unpacked.wrong.into_iter().map(|what| Trouble { origin: whole.clone(), what: what.into() }));
    let (found, torn) = documents(text);
    let mut items = Vec::new();
    found.into_iter().for_each(|document| open(document, &mut items));
    items.sort_by_key(|item| item.start);
    for item in items {
        let origin = lines.at(item.start);
        batch.take(item, origin);
    }
    let mut lines = Lines::of(label, text);
    for part in torn {
        batch.unread += 1;
        let what = format!("this is no JSON ({}); reading goes on after it", part.why);
        batch.troubles.push(Trouble { origin: lines.at(part.start), what: what.into() });
    }
    if text.trim().is_empty() {
        batch.troubles.push(Trouble { origin: whole, what: "there is nothing in it".into() });
    }
    batch
}

impl Batch {
    /// How many things were looked at.
    pub fn seen(&self) -> usize {
        self.findings.len() + self.unremarkable + self.unread
    }

    /// Adds what came of another source.
    pub fn extend(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.unremarkable += other.unremarkable;
        self.unread += other.unread;
        self.troubles.extend(other.troubles);
        self.execs.extend(other.execs);
    }

    fn take(&mut self, item: Item<'_>, origin: Origin) {
        let what = match serde_json::from_str::<Value>(&item.text) {
            Err(error) => format!("this cannot be read: {error}"),
            Ok(value) => {
                if let Some(exec) = Exec::read(&value) {
                    self.execs.insert(item.around.clone(), exec);
                }
                match shaped(&value, &item.around) {
                    Shaped::Finding(finding) => {
                        self.findings.push(Finding { origin, raw: Arc::from(&*item.text), ..*finding });
                        return;
                    }
                    Shaped::Unremarkable => {
                        self.unremarkable += 1;
                        return;
                    }
                    Shaped::Other(what) => format!("this is no finding but {what}"),
                }
            }
        };
        self.unread += 1;
        self.troubles.push(Trouble { origin, what: Clean::capped(&what, 400) });
    }
}

/// Numbers of lines, for places that come in order.
struct Lines<'a> {
    label: Clean,
    text: &'a [u8],
    at: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    fn of(label: &Clean, text: &'a str) -> Self {
        Self { label: label.clone(), text: text.as_bytes(), at: 0, line: 1 }
    }

    fn at(&mut self, place: usize) -> Origin {
        let passed = self.text.get(self.at..place).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', passed).count();
        self.at = place.max(self.at);
        Origin { label: self.label.clone(), line: self.line }
    }
}
