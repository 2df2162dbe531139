//! What an action acts on.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Clean, Kind, Uid};

/// A cluster, known by the UID of its `kube-system` namespace: contexts are
/// renamed, and several may lead to the same cluster. An account alone, in which something is done,
/// has one that is made of its number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClusterId(pub Uid);

impl fmt::Display for ClusterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One object in one cluster. The UID decides; names are for people.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Target {
    /// The cluster that holds the object.
    pub cluster: ClusterId,
    /// The object's kind.
    pub kind: Kind,
    /// Its namespace, absent for kinds without one; the Region of a finding.
    pub namespace: Option<Clean>,
    /// Its name at the time it was chosen.
    pub name: Clean,
    /// Its identity.
    pub uid: Uid,
}

impl Target {
    /// A finding of a detector of a Region, reached through the account of a cluster: its id decides.
    pub fn finding(cluster: ClusterId, region: &str, id: &str) -> Self {
        let (namespace, name) = (Some(region.into()), id.into());
        Self { cluster, kind: Kind::Finding, namespace, name, uid: Uid::of_id(id) }
    }

    /// A cluster itself: the UID that is its identity decides, whatever it is called.
    pub const fn of_cluster(cluster: ClusterId, name: Clean) -> Self {
        Self { cluster, kind: Kind::Cluster, namespace: None, name, uid: cluster.0 }
    }

    /// What makes two targets the same object.
    pub fn key(&self) -> (ClusterId, Kind, Uid) {
        (self.cluster, self.kind, self.uid)
    }
}

impl PartialEq for Target {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Target {}

impl fmt::Display for Target {
    /// `Pod shop/web-7d9f`, `Node ip-10-0-1-5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.kind)?;
        if let Some(namespace) = &self.namespace {
            write!(f, "{namespace}/")?;
        }
        write!(f, "{}", self.name)
    }
}
