//! What can go wrong between this process and an API server.

use std::time::Duration;

use crate::model::{Clean, Refused};

/// A request that did not do what was asked. `what` names the request
/// (`GET /api/v1/nodes`), `said` is the server's own message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// 404: the object or the kind is not there.
    #[error("{what}: not found: {said}")]
    NotFound {
        /// The request.
        what: Clean,
        /// The server's message.
        said: Clean,
    },
    /// 403: the server knows us and says no.
    #[error("{what}: forbidden: {said}")]
    Forbidden {
        /// The request.
        what: Clean,
        /// The server's message.
        said: Clean,
    },
    /// 401, or no credential could be made.
    #[error("{what}: not authenticated: {why}")]
    Unauthenticated {
        /// The request.
        what: Clean,
        /// Why, and which command renews the credential.
        why: Clean,
    },
    /// 429, or 503 with Retry-After.
    #[error("{what}: the server asks to wait {} s: {said}", wait.as_secs())]
    Throttled {
        /// The request.
        what: Clean,
        /// How long the server asks to wait.
        wait: Duration,
        /// The server's message.
        said: Clean,
    },
    /// No answer: the connection failed, or the deadline passed.
    #[error("{what}: {why}")]
    Unreachable {
        /// The request.
        what: Clean,
        /// What failed.
        why: Clean,
    },
    /// Refused on this side; nothing was sent.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// 410: the server no longer knows that resource version.
    #[error("{what}: the server has forgotten where we were; listing again")]
    Expired {
        /// The request.
        what: Clean,
    },
    /// The server understood and answered with another error: a conflict (409), an invalid object (422).
    #[error("{what}: {status} {reason}: {said}")]
    Rejected {
        /// The request.
        what: Clean,
        /// HTTP status.
        status: u16,
        /// `Conflict`, `Invalid`, `AlreadyExists`…
        reason: Clean,
        /// The server's message.
        said: Clean,
    },
    /// The answer is not what the protocol promises.
    #[error("{what}: the answer cannot be read: {why}")]
    Malformed {
        /// The request.
        what: Clean,
        /// What is wrong with it.
        why: Clean,
    },
    /// The configuration of this cluster cannot be used.
    #[error("{0}")]
    Configuration(Clean),
}

impl Error {
    /// What the server said, where the request need not be named; else all of it.
    pub fn said(&self) -> Clean {
        match self {
            Self::NotFound { said, .. }
            | Self::Forbidden { said, .. }
            | Self::Throttled { said, .. }
            | Self::Rejected { said, .. }
                if !said.is_empty() =>
            {
                said.clone()
            }
            other => Clean::from(other.to_string()),
        }
    }

    /// Whether the same request may succeed later without anybody doing anything.
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Throttled { .. } | Self::Unreachable { .. } | Self::Expired { .. })
    }
}
