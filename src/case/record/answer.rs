//! How calls, jobs and lines end.

use serde::{Deserialize, Serialize};

use crate::case::Digest;
use crate::model::{Clean, Uid};

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum Answer {
    /// The server did it.
    Accepted {
        /// `resourceVersion` of the object as it answered, where it did.
        version: Clean,
        /// UID of the object as it answered, where it did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        uid: Option<Uid>,
    },
    /// There is no such thing to be had: a container that never ended has no previous log.
    Absent {
        /// What the server said.
        why: Clean,
    },
    /// The server refused it, or it never left: nothing was changed by it.
    Failed {
        /// What was said.
        why: Clean,
    },
    /// It may have reached the server, but no answer came back: what is there now decides.
    Unknown {
        /// What was said.
        why: Clean,
    },
}

/// How a job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobEnd {
    /// Every target was worked through, each with a verdict or a failure of its own.
    Done,
    /// Somebody cancelled it: what had begun was finished, the rest was left.
    Cancelled,
}

/// A last line without its end: the machine or the disk stopped in the middle of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TornTail {
    /// Where it starts in the file.
    pub offset: u64,
    /// How long it is.
    pub bytes: u64,
    /// SHA-256 of what is there.
    pub sha256: Digest,
}
