//! Watching a cluster: what its connection tells goes to the inventory as news.

mod backoff;
mod bulk;
mod feed;
mod head_start;
mod pages;
mod pulse;
mod tail;
mod task;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::connect::Cluster;
use crate::model::{Health, Kind, News, Update};
use feed::Feed;
use head_start::HeadStart;

/// How long a kind is still watched after nobody wants it any more.
const WARM: Duration = Duration::from_secs(60);

/// The watches of one cluster. Everything ends when it is dropped.
#[derive(Debug)]
pub struct Watches {
    orders: mpsc::UnboundedSender<Order>,
    _supervisor: Owned,
}

#[derive(Debug)]
enum Order {
    Want(Kind),
    Drop(Kind),
}

/// A task that ends with its owner.
#[derive(Debug)]
struct Owned(JoinHandle<()>);

impl Drop for Owned {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Watches {
    /// Starts watching `kinds` and feeling the cluster's pulse. News go to `news`
    /// in the order in which they happen; a full channel makes the watches wait.
    /// Needs a Tokio runtime.
    pub fn start(cluster: Cluster, kinds: &[Kind], news: mpsc::Sender<Update>) -> Self {
        let (orders, asked) = mpsc::unbounded_channel();
        let head_start = HeadStart::new(kinds.contains(&Kind::Pod));
        let mut supervisor = Supervisor { cluster, news, awake: Arc::default(), head_start, watched: HashMap::new() };
        for kind in kinds {
            supervisor.obey(&Order::Want(*kind));
        }
        Self { orders, _supervisor: Owned(tokio::spawn(supervisor.run(asked))) }
    }

    /// Begins to watch a kind, or goes on with one that is still warm.
    pub fn want(&self, kind: Kind) {
        let _ = self.orders.send(Order::Want(kind));
    }

    /// Stops watching a kind a minute from now, unless it is wanted again before.
    pub fn drop(&self, kind: Kind) {
        let _ = self.orders.send(Order::Drop(kind));
    }
}

struct Supervisor {
    cluster: Cluster,
    news: mpsc::Sender<Update>,
    /// Wakes whoever waits to try again, when the server answers after a silence.
    awake: Arc<Notify>,
    head_start: HeadStart,
    watched: HashMap<Kind, Watched>,
}

struct Watched {
    task: Owned,
    until: Option<Instant>,
}

impl Supervisor {
    async fn run(mut self, mut asked: mpsc::UnboundedReceiver<Order>) {
        let (head_start, awake) = (self.head_start.clone(), Arc::clone(&self.awake));
        let pulse = pulse::run(self.cluster.clone(), self.news.clone(), awake);
        let pulse = async move {
            head_start.wait().await;
            pulse.await;
        };
        let _pulse = Owned(tokio::spawn(pulse));
        loop {
            let next = self.watched.values().filter_map(|watched| watched.until).min();
            let cooled = async {
                match next {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                order = asked.recv() => match order {
                    Some(order) => self.obey(&order),
                    None => return,
                },
                () = cooled => self.cool().await,
                () = self.news.closed() => return,
            }
        }
    }

    fn obey(&mut self, order: &Order) {
        match order {
            Order::Drop(kind) => {
                if let Some(watched) = self.watched.get_mut(kind) {
                    watched.until.get_or_insert_with(|| Instant::now() + WARM);
                }
            }
            Order::Want(kind) => {
                if let Some(watched) = self.watched.get_mut(kind)
                    && !watched.task.0.is_finished()
                {
                    watched.until = None;
                    return;
                }
                let feed = Feed::new(self.cluster.session(), *kind, self.news.clone());
                let head_start = self.head_start.clone();
                let task = tokio::spawn(task::run(self.cluster.clone(), feed, Arc::clone(&self.awake), head_start));
                self.watched.insert(*kind, Watched { task: Owned(task), until: None });
            }
        }
    }

    /// Ends what nobody wanted back, and says that it is no longer kept up to date.
    async fn cool(&mut self) {
        let now = Instant::now();
        let cold: Vec<Kind> = self
            .watched
            .iter()
            .filter(|(_, watched)| watched.until.is_some_and(|until| until <= now))
            .map(|(kind, _)| *kind)
            .collect();
        for kind in cold {
            self.watched.remove(&kind);
            let news = News::Watch(kind, Health::Connecting);
            let _ = self.news.send(Update { session: self.cluster.session(), news }).await;
        }
    }
}

#[cfg(test)]
mod tests;
