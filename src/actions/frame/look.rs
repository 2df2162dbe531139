//! Reading, as actions do it.

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use serde_json::Value;

use crate::aws::{Account, ControlPlane, NodeLost, Unsaid};
use crate::kubernetes::{Error, Read};

/// Reads from one cluster. Nothing that is reached through it can change anything.
#[async_trait]
pub trait Look: Send + Sync {
    /// The answer to a GET of that path and query.
    async fn get(&self, path: &str) -> Result<Bytes, Error>;

    /// The answer to a review: a question that is POSTed, and of which nothing is stored.
    async fn review(&self, path: &str, body: &Value) -> Result<Bytes, Error>;

    /// The answer to a GET, as it arrives.
    async fn stream(&self, path: &str) -> Result<BoxStream<'static, Result<Bytes, Error>>, Error>;

    /// Whether the agent of a node's instance can be asked, through the cluster's account. Nothing runs there.
    async fn agent(&self, instance: &str) -> Result<(), NodeLost>;

    /// The cluster's account in a Region, to look at; an empty Region is the cluster's own.
    async fn account(&self, region: &str) -> Result<Account, Unsaid>;

    /// The cluster as its account has it.
    async fn control_plane(&self) -> Result<ControlPlane, Unsaid>;
}

#[async_trait]
impl Look for Read {
    async fn get(&self, path: &str) -> Result<Bytes, Error> {
        self.get_path(path).await
    }

    async fn review(&self, path: &str, body: &Value) -> Result<Bytes, Error> {
        Read::review(self, path, body).await
    }

    async fn stream(&self, path: &str) -> Result<BoxStream<'static, Result<Bytes, Error>>, Error> {
        Read::stream(self, path).await
    }

    async fn agent(&self, instance: &str) -> Result<(), NodeLost> {
        self.cluster().agents().await?.online(instance).await
    }

    async fn account(&self, region: &str) -> Result<Account, Unsaid> {
        self.cluster().account(region).await
    }

    async fn control_plane(&self) -> Result<ControlPlane, Unsaid> {
        self.cluster().control_plane().await
    }
}
