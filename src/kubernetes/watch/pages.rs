//! A list in pages of JSON: what every server can do.

use std::time::Duration;

use super::feed::{Batch, Feed, Stop};
use crate::kubernetes::connect::Cluster;
use crate::kubernetes::error::Error;
use crate::kubernetes::read::{escaped, get};
use crate::kubernetes::request::whole;
use crate::kubernetes::wire::page;
use crate::model::Clean;

/// Objects a page.
const PAGE: usize = 500;

/// Most bytes of a page: every object as large as etcd lets it be would be more, and is an attack.
const LONGEST: usize = 128 << 20;

/// Time for a page.
const DEADLINE: Duration = Duration::from_secs(30);

/// Lists all objects of a kind and gives the version to watch from.
pub async fn list(cluster: &Cluster, feed: &Feed) -> Result<String, Stop> {
    let path = feed.kind.path();
    let mut next = String::new();
    let mut batch = Batch::of_list(feed);
    loop {
        let mut query = format!("{path}?limit={PAGE}");
        if !next.is_empty() {
            query.push_str("&continue=");
            query.push_str(&escaped(&next));
        }
        let body = whole(cluster, get(&query, "application/json")?, DEADLINE, LONGEST).await?;
        let page = page(feed.kind, &body).map_err(|error| Error::Malformed {
            what: Clean::from(format!("GET {path}")),
            why: Clean::from(error.to_string()),
        })?;
        drop(body);
        let unreadable = (0..page.unreadable).map(|_| Err(crate::kubernetes::wire::Broken::Form));
        for item in page.facts.into_iter().map(Ok).chain(unreadable) {
            if batch.take(item) {
                batch.flush().await?;
            }
        }
        batch.flush().await?;
        if page.next.is_empty() {
            return Ok(page.version);
        }
        next = page.next;
    }
}
