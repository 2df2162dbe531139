//! One kind's life: list, watch, and begin again when something breaks.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::backoff::{Backoff, jittered};
use super::feed::{Feed, Stop};
use super::head_start::HeadStart;
use super::tail::{self, Start};
use super::{bulk, pages};
use crate::kubernetes::connect::Cluster;
use crate::kubernetes::error::Error;
use crate::kubernetes::wire::Form;
use crate::model::{Clean, Health, Kind, News};

/// How long a kind that we may not read, or that is not there, is left alone.
const CLOSED: Duration = Duration::from_secs(60);

/// A watch that lasted so long was no failure.
const LASTED: Duration = Duration::from_secs(10);

/// Ways to list, best first. A server that does not offer one gets the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// The whole list in gzipped protobuf, decoded while it arrives.
    Bulk,
    /// A watch that begins with all objects.
    Stream,
    /// Pages of JSON.
    Pages,
}

/// Lists and watches a kind until nobody listens.
pub async fn run(cluster: Cluster, feed: Feed, awake: Arc<Notify>, head_start: HeadStart) {
    let mut way = if feed.kind == Kind::Pod { Way::Bulk } else { Way::Stream };
    let mut version = None;
    let mut backoff = Backoff::default();
    if feed.health(Health::Connecting).await.is_err() {
        return;
    }
    if feed.kind != Kind::Pod {
        head_start.wait().await;
    }
    loop {
        let began = Instant::now();
        let outcome = turn(&cluster, &feed, way, &mut version, &head_start).await;
        head_start.over();
        if began.elapsed() > LASTED {
            backoff.reset();
        }
        let (health, wait) = match outcome {
            Ok(Turn::Listed) => continue,
            Ok(Turn::WatchEnded) if began.elapsed() > LASTED => continue,
            Ok(Turn::WatchEnded) => (None, backoff.step()),
            Err(Stop::Closed) => return,
            Err(Stop::NotOffered) => {
                way = if way == Way::Bulk { Way::Stream } else { Way::Pages };
                continue;
            }
            Err(Stop::Failed(Error::Expired { .. })) => {
                version = None;
                (None, backoff.step())
            }
            Err(Stop::Failed(error)) => {
                let (health, wait) = trouble(&error, &mut backoff);
                (Some(health), wait)
            }
        };
        if let Some(health) = health
            && feed.health(health).await.is_err()
        {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = awake.notified() => {}
        }
    }
}

enum Turn {
    Listed,
    WatchEnded,
}

async fn turn(
    cluster: &Cluster,
    feed: &Feed,
    way: Way,
    version: &mut Option<String>,
    head_start: &HeadStart,
) -> Result<Turn, Stop> {
    let form = if way == Way::Bulk { Form::Protobuf } else { Form::Json };
    if version.is_some() {
        return tail::follow(cluster, feed, form, Start::After, version).await.map(|()| Turn::WatchEnded);
    }
    feed.send(News::Relist(feed.kind)).await?;
    feed.health(Health::Listing(0)).await?;
    match way {
        Way::Bulk => *version = Some(bulk::list(cluster, feed, head_start).await?),
        Way::Pages => *version = Some(pages::list(cluster, feed).await?),
        Way::Stream => {
            return tail::follow(cluster, feed, form, Start::WithList, version).await.map(|()| Turn::WatchEnded);
        }
    }
    feed.send(News::Listed(feed.kind)).await?;
    Ok(Turn::Listed)
}

/// What a failure means for this kind, and how long to wait.
fn trouble(error: &Error, backoff: &mut Backoff) -> (Health, Duration) {
    match error {
        Error::Forbidden { said, .. } => (Health::Forbidden(said.clone()), jittered(CLOSED)),
        Error::NotFound { .. } => (Health::Absent, jittered(CLOSED)),
        Error::Throttled { wait, .. } => {
            let wait = (*wait).max(backoff.step());
            (Health::Throttled(wait), wait)
        }
        other => {
            let retry_in = backoff.step();
            (Health::Failing { why: Clean::from(other.to_string()), retry_in }, retry_in)
        }
    }
}
