//! The case: an append-only record of what was decided, attempted and answered,
//! and the evidence that it names.
//!
//! A case is a directory:
//!
//! ```text
//! journal/WRITER.jsonl   one hash-chained file for each writer, so that nobody waits for a lock
//! journal/WRITER.head    number and hash of that writer's last record, signed by its key
//! evidence/SHA256        artefacts, named by their content
//! plans/SHA256.json      plans that were made for the case, named by their hash
//! epochs/JOB.N           an empty file for each time that a job changed hands
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
//! prints the `prev` of line K + 1, and for the last line the `hash` in `WRITER.head`. That
//! file is a signature in the form of OpenSSH with the signed line below it, so that
//!
//! ```text
//! tail -n 1 journal/WRITER.head |
//!     ssh-keygen -Y check-novalidate -n podmortem-head -s journal/WRITER.head
//! ```
//!
//! names the key (`ssh-keygen -Y verify` holds it against a file of allowed signers). The
//! private key and the last heads are kept outside of the case, in the state directory.

mod access;
mod custody;
mod digest;
mod directory;
mod disk;
mod epochs;
mod error;
mod evidence;
mod follow;
mod head;
mod heads;
mod id;
mod journal;
mod jurisdiction;
mod known;
mod leftovers;
mod merge;
mod plans;
mod program;
mod read;
mod record;
mod sign;
mod summary;
mod verify;
mod writer;

pub use custody::{Custody, Source};
pub use digest::Digest;
pub use directory::{Case, NewCase};
pub use disk::{Disk, RealDisk};
pub use epochs::Epochs;
pub use error::CaseError;
pub use evidence::{Artefact, Evidence};
pub use follow::Follower;
pub use head::Head;
pub use id::CaseId;
pub use journal::Journal;
pub use jurisdiction::Stay;
pub use plans::Plans;
pub use program::{Life, Program};
pub use record::{AlertState, Answer, Entry, JobEnd, JobId, Page, PageEnd, Paged, Record, Reread, Start, TornTail};
pub use sign::PublicKey;
pub use summary::Summary;
pub use verify::{Damage, Key, Problem, Report, Standing, Trust, verify, verify_by};
pub use writer::{By, WriterId};
