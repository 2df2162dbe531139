//! Lists: one in protobuf is decoded while it arrives, one in JSON page by page.

use std::io;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::proto::{Fields, varint};
use super::text::{Text, nullable};
use super::{Broken, from_json, pod_from_proto};
use crate::model::Kind;
use crate::model::facts::Facts;

/// What every protobuf answer begins with
/// (<https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding>).
const MAGIC: &[u8; 4] = b"k8s\0";

/// Largest item that is waited for.
const LONGEST: u64 = 16 << 20;

/// Decodes a `v1.PodList` from its bytes as they come. What was decoded is
/// forgotten at once, so that memory holds one item and one chunk.
pub struct ListDecoder<F> {
    buffer: Vec<u8>,
    level: Level,
    sink: F,
    /// Resource version of the list, once its head has arrived.
    pub version: String,
    /// Token of the next page; empty where this is the last one.
    pub next: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Magic,
    Envelope,
    /// Inside the list; so many bytes of it are still to come.
    List(u64),
}

/// A field that has arrived with all its bytes.
struct Whole {
    field: u64,
    from: usize,
    to: usize,
}

impl<F: FnMut(Result<Facts, Broken>) -> io::Result<()>> ListDecoder<F> {
    /// A decoder that hands every item, read or not, to `sink`.
    pub const fn new(sink: F) -> Self {
        Self { buffer: Vec::new(), level: Level::Magic, sink, version: String::new(), next: String::new() }
    }

    /// Whether the list ended where it said it would.
    pub fn is_complete(&self) -> bool {
        self.buffer.is_empty() && matches!(self.level, Level::Envelope) && !self.version.is_empty()
    }

    fn decode(&mut self) -> io::Result<()> {
        let mut read = 0;
        loop {
            let rest = self.buffer.get(read..).unwrap_or_default();
            let taken = match self.level {
                Level::Magic => match rest.first_chunk::<4>() {
                    Some(MAGIC) => {
                        self.level = Level::Envelope;
                        Some(4)
                    }
                    Some(_) => return Err(broken(Broken::Form)),
                    None => None,
                },
                Level::Envelope => self.envelope(read)?,
                Level::List(left) => self.list(read, left)?,
            };
            match taken {
                Some(taken) => read += taken,
                None => break,
            }
        }
        self.buffer.drain(..read.min(self.buffer.len()));
        Ok(())
    }

    /// A field of `runtime.Unknown`: the second one is the list itself, and is entered.
    fn envelope(&mut self, read: usize) -> io::Result<Option<usize>> {
        let rest = self.buffer.get(read..).unwrap_or_default();
        let Some((tag, after)) = varint(rest).map_err(broken)? else { return Ok(None) };
        if tag == (2 << 3 | 2) {
            let Some((length, body)) = varint(after).map_err(broken)? else { return Ok(None) };
            self.level = Level::List(length);
            return Ok(Some(rest.len() - body.len()));
        }
        Ok(whole(rest)?.map(|field| field.to))
    }

    /// A field of the list: its head or an item.
    fn list(&mut self, read: usize, left: u64) -> io::Result<Option<usize>> {
        if left == 0 {
            self.level = Level::Envelope;
            return Ok(Some(0));
        }
        let rest = self.buffer.get(read..).unwrap_or_default();
        let Some(field) = whole(rest)? else { return Ok(None) };
        let body = rest.get(field.from..field.to).unwrap_or_default();
        match field.field {
            1 => {
                let (version, next) = head(body).map_err(broken)?;
                (self.version, self.next) = (version, next);
            }
            2 => (self.sink)(pod_from_proto(body))?,
            _ => {}
        }
        self.level = Level::List(left.checked_sub(field.to as u64).ok_or_else(|| broken(Broken::Form))?);
        Ok(Some(field.to))
    }
}

impl<F: FnMut(Result<Facts, Broken>) -> io::Result<()>> io::Write for ListDecoder<F> {
    fn write(&mut self, chunk: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(chunk);
        self.decode()?;
        Ok(chunk.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A length-prefixed field at the beginning of `bytes`; `None` while it has not arrived whole.
fn whole(bytes: &[u8]) -> io::Result<Option<Whole>> {
    let Some((tag, after)) = varint(bytes).map_err(broken)? else { return Ok(None) };
    let Some((length, body)) = varint(after).map_err(broken)? else { return Ok(None) };
    let from = bytes.len() - body.len();
    match tag & 7 {
        0 => Ok(Some(Whole { field: 0, from, to: from })),
        2 if length > LONGEST => Err(broken(Broken::TooLong)),
        2 if (body.len() as u64) < length => Ok(None),
        2 => Ok(Some(Whole { field: tag >> 3, from, to: from + usize::try_from(length).unwrap_or_default() })),
        _ => Err(broken(Broken::Form)),
    }
}

/// Resource version and continue token of `metav1.ListMeta`.
fn head(message: &[u8]) -> Result<(String, String), Broken> {
    let mut head = (String::new(), String::new());
    for field in Fields::of(message) {
        match field? {
            (2, value) => head.0 = value.text()?.to_string(),
            (3, value) => head.1 = value.text()?.to_string(),
            _ => {}
        }
    }
    Ok(head)
}

fn broken(why: Broken) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

/// One page of a list in JSON.
#[derive(Debug, Default)]
pub struct Page {
    /// The objects that could be read.
    pub facts: Vec<Facts>,
    /// How many could not.
    pub unreadable: usize,
    /// Resource version of the list.
    pub version: String,
    /// Token of the next page; empty where this is the last one.
    pub next: String,
}

#[derive(Deserialize)]
struct ListWire<'a> {
    #[serde(borrow)]
    metadata: HeadWire<'a>,
    #[serde(borrow, deserialize_with = "nullable")]
    items: Vec<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct HeadWire<'a> {
    #[serde(borrow)]
    resource_version: Text<'a>,
    #[serde(rename = "continue", borrow)]
    next: Text<'a>,
}

/// Reads one page of a list of a kind from JSON; an item that cannot be read spoils no other.
///
/// # Errors
/// The answer is no list.
pub fn page(kind: Kind, json: &[u8]) -> Result<Page, Broken> {
    let list: ListWire<'_> = serde_json::from_slice(json).map_err(|_| Broken::Form)?;
    let mut page = Page {
        version: list.metadata.resource_version.to_string(),
        next: list.metadata.next.to_string(),
        ..Page::default()
    };
    for item in list.items {
        match from_json(kind, item.get()) {
            Ok(facts) => page.facts.push(facts),
            Err(_) => page.unreadable += 1,
        }
    }
    Ok(page)
}

#[cfg(test)]
mod tests;
