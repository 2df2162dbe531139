//! Where an action takes place.

use crate::kubernetes::{self, Cluster};
use crate::model::Identity;

/// A cluster that is connected, and who it is.
#[derive(Clone, Debug)]
pub struct Site {
    /// The way to it.
    pub cluster: Cluster,
    /// Which one it is, and whom it takes us for.
    pub identity: Identity,
}

impl Site {
    /// Asks a cluster who it is.
    ///
    /// # Errors
    /// It does not answer.
    pub async fn of(cluster: Cluster) -> Result<Self, kubernetes::Error> {
        let identity = cluster.read().identify().await?;
        Ok(Self { cluster, identity })
    }
}
