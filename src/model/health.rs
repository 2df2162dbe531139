//! What is known of a connection or of one kind's watch.

use std::time::Duration;

use super::Clean;

/// The state of a watch or of a cluster's connection, in the order a responder
/// would want to hear of it. The age of the data is kept beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// Nothing heard yet.
    Connecting,
    /// Listing: so many objects have arrived.
    Listing(usize),
    /// Listed, and the watch is open.
    Live,
    /// The server may not be asked for this kind (403); what it said.
    Forbidden(Clean),
    /// The server asked us to wait (429 or 503 with Retry-After).
    Throttled(Duration),
    /// The connection failed; what happened, and when the next attempt comes.
    Failing {
        /// What failed, on what, and what to do.
        why: Clean,
        /// Time until the next attempt, from when this was sent.
        retry_in: Duration,
    },
    /// The server does not know this kind (404).
    Absent,
}

impl Health {
    /// Whether what is shown is being kept up to date.
    pub const fn is_live(&self) -> bool {
        matches!(self, Self::Live)
    }
}
