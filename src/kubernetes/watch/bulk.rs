//! Pods in protobuf: a first page for the first paint, then the whole list,
//! compressed, and decoded on a thread of its own while it arrives.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use flate2::write::GzDecoder;
use futures::TryStreamExt as _;
use http::{Request, Response, StatusCode, header};
use kube::client::Body;
use tokio::sync::mpsc;

use super::feed::{Batch, Feed, Stop};
use super::head_start::HeadStart;
use crate::kubernetes::connect::Cluster;
use crate::kubernetes::error::Error;
use crate::kubernetes::read::unwritable;
use crate::kubernetes::request::{chunks, open};
use crate::kubernetes::wire::ListDecoder;
use crate::model::Clean;

/// Pods of the first page: more than a screen holds. What a server needs for it grows with it.
const FIRST: usize = 100;

/// Time until a list begins to arrive: a server with 50,000 pods thinks first.
const BEGINS: Duration = Duration::from_secs(60);

/// Longest silence inside a list.
const IDLE: Duration = Duration::from_secs(15);

/// Chunks that may wait for the decoder.
const WAITING: usize = 16;

/// The media type of protobuf answers.
const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";

/// Lists all pods and gives the version to watch from.
pub async fn list(cluster: &Cluster, feed: &Feed, head_start: &HeadStart) -> Result<String, Stop> {
    let path = feed.kind.path();
    let page = fetch(cluster, feed, &format!("{path}?limit={FIRST}"), false).await?;
    head_start.over();
    if page.next.is_empty() {
        return Ok(page.version);
    }
    fetch(cluster, feed, &path, true).await.map(|list| list.version)
}

struct Head {
    version: String,
    next: String,
}

async fn fetch(cluster: &Cluster, feed: &Feed, path: &str, compressed: bool) -> Result<Head, Stop> {
    let mut request = Request::get(path).header(header::ACCEPT, PROTOBUF);
    if compressed {
        request = request.header(header::ACCEPT_ENCODING, "gzip");
    }
    let request = request.body(Body::empty()).map_err(|_| unwritable(path))?;
    let response = open(cluster, request, BEGINS).await.map_err(not_offered)?;
    if !is_protobuf(&response) {
        return Err(Stop::NotOffered);
    }
    let gzip = response.headers().get(header::CONTENT_ENCODING).is_some_and(|value| value.as_bytes() == b"gzip");
    let what = Clean::from(format!("GET {}", feed.kind.path()));
    let (into, chunks_for_decoder) = mpsc::channel(WAITING);
    let decoder_feed = feed.clone();
    let decoder = tokio::task::spawn_blocking(move || decode(chunks_for_decoder, gzip, &decoder_feed));
    let mut body = chunks(what.clone(), response, Some(IDLE));
    while let Some(chunk) = body.try_next().await? {
        if into.send(chunk).await.is_err() {
            break;
        }
    }
    drop(into);
    let malformed = |why: String| Stop::Failed(Error::Malformed { what, why: Clean::capped(&why, 300) });
    match decoder.await {
        Ok(Ok(head)) => Ok(head),
        Ok(Err(Decoding::Closed)) => Err(Stop::Closed),
        Ok(Err(Decoding::Broken(error))) => Err(malformed(error.to_string())),
        Err(error) => Err(malformed(error.to_string())),
    }
}

/// A server without protobuf says so in one of three ways.
pub(super) fn not_offered(error: Error) -> Stop {
    match error {
        Error::Rejected { status, .. }
            if [StatusCode::NOT_ACCEPTABLE, StatusCode::UNSUPPORTED_MEDIA_TYPE, StatusCode::BAD_REQUEST]
                .iter()
                .any(|code| code.as_u16() == status) =>
        {
            Stop::NotOffered
        }
        other => Stop::Failed(other),
    }
}

/// Whether an answer is what was asked for: a server may send JSON all the same.
pub(super) fn is_protobuf(response: &Response<Body>) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).map(http::HeaderValue::as_bytes);
    kind.is_some_and(|kind| kind.starts_with(PROTOBUF.as_bytes()))
}

enum Decoding {
    Closed,
    Broken(io::Error),
}

fn decode(mut chunks: mpsc::Receiver<Bytes>, gzip: bool, feed: &Feed) -> Result<Head, Decoding> {
    let mut batch = Batch::of_list(feed);
    let mut closed = false;
    let mut decoder = ListDecoder::new(|item| {
        if batch.take(item) && batch.flush_blocking().is_err() {
            closed = true;
            return Err(io::Error::other("nobody listens"));
        }
        Ok(())
    });
    let decoded = if gzip {
        let mut inflated = GzDecoder::new(&mut decoder);
        pour(&mut chunks, &mut inflated).and_then(|()| inflated.finish().map(drop))
    } else {
        pour(&mut chunks, &mut decoder)
    };
    let complete = decoder.is_complete();
    let head = Head { version: std::mem::take(&mut decoder.version), next: std::mem::take(&mut decoder.next) };
    drop(decoder);
    if closed || batch.flush_blocking().is_err() {
        return Err(Decoding::Closed);
    }
    decoded.map_err(Decoding::Broken)?;
    if complete { Ok(head) } else { Err(Decoding::Broken(io::Error::other("the list ends in the middle"))) }
}

fn pour(chunks: &mut mpsc::Receiver<Bytes>, into: &mut impl io::Write) -> io::Result<()> {
    while let Some(chunk) = chunks.blocking_recv() {
        into.write_all(&chunk)?;
    }
    Ok(())
}
