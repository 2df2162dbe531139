//! Where an action takes place.

use crate::aws::identity::caller;
use crate::kubernetes::entry::Way;
use crate::kubernetes::{self, Cluster, Error};
use crate::model::{Clean, ClusterId, Identity, Uid};

/// A cluster that is connected, or an account alone, and who it is.
#[derive(Clone, Debug)]
pub struct Site {
    /// The way to it.
    pub cluster: Cluster,
    /// Which one it is, and whom it takes us for.
    pub identity: Identity,
}

impl Site {
    /// Asks a cluster who it is, or AWS whom it takes us for where there is an account alone.
    ///
    /// # Errors
    /// It does not answer.
    pub async fn of(cluster: Cluster) -> Result<Self, kubernetes::Error> {
        let identity = match cluster.entry().way {
            Way::Account => alone(&cluster).await?,
            _ => cluster.read().identify().await?,
        };
        Ok(Self { cluster, identity })
    }
}

/// An account as a place of actions: the same one whatever profile leads to it.
async fn alone(cluster: &Cluster) -> Result<Identity, kubernetes::Error> {
    let nowhere = || Error::Configuration("no account is configured here".into());
    let place = cluster.entry().place().ok_or_else(nowhere)?;
    let caller =
        caller(place, cluster.latch()).await.map_err(|why| Error::Configuration(Clean::from(why.to_string())))?;
    Ok(Identity {
        cluster: ClusterId(Uid::of_id(&format!("AWS account {}", caller.account))),
        version: Clean::default(),
        user: caller.arn,
        groups: Vec::new(),
        writes_denied: None,
    })
}
