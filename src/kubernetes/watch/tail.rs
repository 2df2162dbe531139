//! A watch: what changes, as it happens.

use std::time::Duration;

use futures::TryStreamExt as _;
use http::{StatusCode, header};

use super::bulk::{is_protobuf, not_offered};
use super::feed::{Batch, Feed, Stop};
use crate::kubernetes::connect::Cluster;
use crate::kubernetes::error::Error;
use crate::kubernetes::read::get;
use crate::kubernetes::request::{FIRST_BYTE, chunks, open};
use crate::kubernetes::wire::{Event, Form, Frames, event};
use crate::model::{Clean, Health, News};

/// The server ends a watch after so long, so that one that is silent longer is dead.
const TIMEOUT: Duration = Duration::from_secs(45);

/// Longest silence: the server's own end, and a margin for a slow network.
const IDLE: Duration = Duration::from_secs(55);

/// A streaming list that pauses so long before its closing bookmark never sends
/// one: the server is older than streaming lists, and ignored the question.
const LIST_IDLE: Duration = Duration::from_secs(8);

/// Where a watch begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// After the version that is known.
    After,
    /// With all objects that are there.
    WithList,
}

/// Follows a kind until the server ends the watch, keeping `version` at what was
/// seen last.
pub async fn follow(
    cluster: &Cluster,
    feed: &Feed,
    form: Form,
    start: Start,
    version: &mut Option<String>,
) -> Result<(), Stop> {
    let mut path =
        format!("{}?watch=true&allowWatchBookmarks=true&timeoutSeconds={}", feed.kind.path(), TIMEOUT.as_secs());
    match start {
        Start::After => path.push_str(&format!("&resourceVersion={}", version.as_deref().unwrap_or_default())),
        Start::WithList => path.push_str("&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"),
    }
    let mut request = get(&path, "application/json")?;
    if form == Form::Protobuf {
        let accept = http::HeaderValue::from_static("application/vnd.kubernetes.protobuf;stream=watch");
        request.headers_mut().insert(header::ACCEPT, accept);
    }
    let response = open(cluster, request, FIRST_BYTE).await.map_err(|error| refused(error, form, start))?;
    if form == Form::Protobuf && !is_protobuf(&response) {
        return Err(Stop::NotOffered);
    }
    let what = Clean::from(format!("watch of {}", feed.kind.plural()));
    let mut listing = start == Start::WithList;
    if !listing {
        feed.health(Health::Live).await?;
        feed.send(News::Heard(feed.kind)).await?;
    }
    let mut frames = Frames::new(form.framing());
    let mut body = chunks(what.clone(), response, Some(IDLE));
    let mut batch = if listing { Batch::of_list(feed) } else { Batch::of_changes(feed) };
    loop {
        let chunk = if listing {
            match tokio::time::timeout(LIST_IDLE, body.try_next()).await {
                Ok(chunk) => chunk?,
                Err(_) => return Err(Stop::NotOffered),
            }
        } else {
            body.try_next().await?
        };
        let Some(chunk) = chunk else { break };
        frames.push(&chunk);
        let malformed =
            |why: &dyn std::fmt::Display| Error::Malformed { what: what.clone(), why: Clean::from(why.to_string()) };
        let mut heard = false;
        while let Some(frame) = frames.next().map_err(|error| malformed(&error))? {
            heard = true;
            match event(feed.kind, form, frame).map_err(|error| malformed(&error))? {
                Event::Applied { facts, version: seen } => {
                    if batch.turns(false) {
                        batch.flush().await?;
                    }
                    if batch.take(Ok(facts)) {
                        batch.flush().await?;
                    }
                    if !listing {
                        *version = Some(seen);
                    }
                }
                Event::Gone { uid, version: seen } => {
                    if batch.turns(true) {
                        batch.flush().await?;
                    }
                    batch.take_gone(uid);
                    if !listing {
                        *version = Some(seen);
                    }
                }
                Event::Unreadable => drop(batch.take(Err(crate::kubernetes::wire::Broken::Form))),
                Event::Bookmark { version: seen, listed } => {
                    if !listing || listed {
                        *version = Some(seen);
                    }
                    if listing && listed {
                        listing = false;
                        batch.flush().await?;
                        batch = Batch::of_changes(feed);
                        feed.send(News::Listed(feed.kind)).await?;
                        feed.health(Health::Live).await?;
                    }
                }
                Event::Failed { status, said, wait } => {
                    batch.flush().await?;
                    return Err(Stop::Failed(ended(what, status, said, wait)));
                }
            }
        }
        batch.flush().await?;
        if heard && !listing {
            feed.send(News::Heard(feed.kind)).await?;
        }
    }
    if listing {
        return Err(Stop::NotOffered);
    }
    Ok(())
}

/// A watch that is not even opened: it may be the form, or the list before it, that the server does not know.
fn refused(error: Error, form: Form, start: Start) -> Stop {
    match (&error, start, form) {
        (Error::Rejected { status, .. }, Start::WithList, _) if (400..500).contains(status) => Stop::NotOffered,
        (_, Start::After, Form::Protobuf) => not_offered(error),
        _ => Stop::Failed(error),
    }
}

fn ended(what: Clean, status: u16, said: Clean, wait: Option<u64>) -> Error {
    match StatusCode::from_u16(status) {
        Ok(StatusCode::GONE) => Error::Expired { what },
        Ok(StatusCode::TOO_MANY_REQUESTS) => {
            Error::Throttled { what, wait: Duration::from_secs(wait.unwrap_or(1).min(300)), said }
        }
        Ok(StatusCode::FORBIDDEN) => Error::Forbidden { what, said },
        _ => Error::Rejected { what, status, reason: Clean::from("the watch was ended"), said },
    }
}
