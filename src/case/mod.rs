//! The case: an append-only record of what was decided, attempted and answered,
//! and the evidence that it names.
//!
//! A case is a directory:
//!
//! ```text
//! journal/WRITER.jsonl   one hash-chained file for each writer, so that nobody waits for a lock
//! journal/WRITER.head    number and hash of that writer's last record
//! evidence/SHA256        artefacts, named by their content
//! plans/SHA256.json      plans that were made for the case, named by their hash
//! notes.md               the responder's notes, hashed by a record at every save
//! ```
//!
//! The hash of a record is the SHA-256 of its line in the file, the newline at
//! its end included, so that anybody can check it without this program:
//!
//! ```text
//! head -n K journal/WRITER.jsonl | tail -n 1 | sha256sum
//! ```
//!
//! prints the `prev` of line K + 1, and for the last line the `hash` in `WRITER.head`.

mod access;
mod custody;
mod digest;
mod directory;
mod error;
mod evidence;
mod follow;
mod head;
mod id;
mod journal;
mod merge;
mod plans;
mod read;
mod record;
mod summary;
mod verify;
mod writer;

pub use custody::{Custody, Source};
pub use digest::Digest;
pub use directory::{Case, NewCase};
pub use error::CaseError;
pub use evidence::{Artefact, Evidence};
pub use follow::Follower;
pub use head::Head;
pub use id::CaseId;
pub use journal::Journal;
pub use plans::Plans;
pub use record::{Answer, Entry, JobEnd, JobId, Record, TornTail};
pub use summary::Summary;
pub use verify::{Damage, Problem, Report, verify};
pub use writer::{By, WriterId};
