//! What a cluster's connection tells the inventory.

use super::facts::Facts;
use super::{Clean, ClusterId, Health, Kind, Uid};

/// One configured way into one cluster, for the life of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub u16);

/// News from a session, in the order in which they happened.
#[derive(Clone, Debug)]
pub struct Update {
    /// The session that they come from.
    pub session: SessionId,
    /// What happened.
    pub news: News,
}

/// What happened on a session.
#[derive(Clone, Debug)]
pub enum News {
    /// Which cluster it leads to, and as whom.
    Identified(Identity),
    /// The state of the connection as a whole. `Health::Live` says that the server
    /// answered just now, and sets the cluster's age to zero.
    Cluster(Health),
    /// A list of a kind begins. What is known stays; what the list does not name is gone when it ends.
    Relist(Kind),
    /// Objects that are there, new or changed.
    Facts(Kind, Vec<Facts>),
    /// Objects that were deleted.
    Gone(Kind, Vec<Uid>),
    /// The list of a kind is complete.
    Listed(Kind),
    /// An event or a bookmark arrived: the kind is as fresh as now.
    Heard(Kind),
    /// The state of one kind's watch.
    Watch(Kind, Health),
    /// So many more objects of a kind could not be read, because their UID or name is absent or absurd.
    Unreadable(Kind, usize),
}

/// Who a session is, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The cluster.
    pub cluster: ClusterId,
    /// The server's version: `v1.36.3`.
    pub version: Clean,
    /// The user that the server takes us for (SelfSubjectReview), empty where it does not say.
    pub user: Clean,
    /// The user's groups.
    pub groups: Vec<Clean>,
    /// Whether access reviews deny the writes that podmortem could send; `None` where that could not be asked.
    pub writes_denied: Option<bool>,
}
