//! Watches: what changes from a revision on, until the client has enough.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::stream;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::Instant;

use super::super::cluster::Cluster;
use super::super::json::set;
use super::super::store::{Change, Gone, Store};
use super::answer::Body;
use super::failure::Failure;
use super::query::{Query, Selection};
use super::route::Place;
use super::shape::Shape;

/// How long after the last event a bookmark says how far the watch has come.
const BOOKMARK: Duration = Duration::from_secs(30);

/// How long a watch goes on that names no end.
const LONGEST: Duration = Duration::from_secs(3600);

struct Watch {
    cluster: Arc<Cluster>,
    selection: Selection,
    shape: Shape,
    bookmarks: bool,
    seen: u64,
    latest: watch::Receiver<u64>,
    ready: VecDeque<Bytes>,
    headed: bool,
    over: bool,
    ends: Instant,
}

/// The answer to a watch.
pub(super) fn watch(
    cluster: &Arc<Cluster>,
    place: &Place,
    query: &Query,
    shape: Shape,
) -> Result<Response<Body>, Failure> {
    let selection = query.selection(place)?;
    let initial = query.is("sendInitialEvents");
    check(query)?;
    let asked = query.number("resourceVersion")?.unwrap_or(0);
    let length = query.number("timeoutSeconds")?.filter(|seconds| *seconds > 0).map_or(LONGEST, Duration::from_secs);
    let store = cluster.store();
    if initial && asked > store.revision() {
        return Err(Failure::too_new(asked, store.revision()));
    }
    let mut watch = Watch {
        cluster: Arc::clone(cluster),
        selection,
        shape,
        bookmarks: query.is("allowWatchBookmarks"),
        seen: asked,
        latest: store.subscribe(),
        ready: VecDeque::new(),
        headed: true,
        over: false,
        ends: Instant::now() + length,
    };
    if initial || (asked == 0 && !query.has("sendInitialEvents")) {
        watch.begin(&store, initial);
    } else if asked == 0 {
        watch.seen = store.revision();
    }
    drop(store);
    let body = StreamBody::new(stream::unfold(watch, |mut watch| async move {
        let line = watch.next().await?;
        Some((Ok::<_, Infallible>(Frame::data(line)), watch))
    }));
    let mut response = Response::new(body.boxed_unsync());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

fn check(query: &Query) -> Result<(), Failure> {
    let matched = query.get("resourceVersionMatch");
    let forbidden = |why: &str| {
        let message = format!("ListOptions.meta.k8s.io \"\" is invalid: {why}");
        Err(Failure::new(http::StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message))
    };
    match (query.has("sendInitialEvents"), matched) {
        (false, "") | (true, "NotOlderThan") => {}
        (false, _) => {
            return forbidden(
                "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
            );
        }
        (true, _) => {
            return forbidden(
                "resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
            );
        }
    }
    Ok(())
}

impl Watch {
    /// Everything that is there, as additions; with `end`, followed by the bookmark that ends a streamed list.
    fn begin(&mut self, store: &Store, end: bool) {
        let namespace = (!self.selection.namespace.is_empty()).then_some(self.selection.namespace.as_str());
        for object in store.list(self.shape.resource.kind, namespace) {
            if self.selection.has(&object) {
                self.push("ADDED", &object);
            }
        }
        self.seen = store.revision();
        if end && self.bookmarks {
            self.bookmark(true);
        }
    }

    fn push(&mut self, event: &str, object: &Value) {
        let object = self.shape.one(object, std::mem::take(&mut self.headed));
        self.line(event, &object);
    }

    fn line(&mut self, event: &str, object: &Value) {
        self.ready.push_back(Bytes::from(format!("{}\n", json!({"type": event, "object": object}))));
    }

    fn bookmark(&mut self, initial_events_end: bool) {
        let resource = self.shape.resource;
        let mut object = json!({
            "kind": resource.kind, "apiVersion": resource.api_version(),
            "metadata": {"resourceVersion": self.seen.to_string(), "creationTimestamp": null},
        });
        if initial_events_end {
            set(&mut object, "/metadata/annotations", json!({"k8s.io/initial-events-end": "true"}));
        }
        self.line("BOOKMARK", &object);
    }

    fn take(&mut self, changes: Result<Vec<Change>, Gone>) {
        let changes = match changes {
            Ok(changes) => changes,
            Err(gone) => {
                self.line("ERROR", &Failure::from(gone).status());
                self.over = true;
                return;
            }
        };
        for change in changes {
            self.seen = change.revision;
            if change.key.kind == self.shape.resource.kind {
                self.change(&change);
            }
        }
    }

    /// What a change is to who sees only the selection.
    fn change(&mut self, change: &Change) {
        let old = change.old.as_ref().filter(|object| self.selection.has(object));
        let new = change.new.as_ref().filter(|object| self.selection.has(object));
        match (old, new) {
            (None, Some(new)) => self.push("ADDED", new),
            (Some(_), Some(new)) => self.push("MODIFIED", new),
            (Some(old), None) => {
                let mut last = Value::clone(old);
                set(&mut last, "/metadata/resourceVersion", change.revision.to_string());
                self.push("DELETED", &last);
            }
            (None, None) => {}
        }
    }

    /// The next line; `None` at the end.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(line) = self.ready.pop_front() {
                return Some(line);
            }
            if self.over {
                return None;
            }
            self.latest.borrow_and_update();
            let changes = self.cluster.store().changes_after(self.seen);
            self.take(changes);
            if !self.ready.is_empty() || self.over {
                continue;
            }
            let now = Instant::now();
            if now >= self.ends {
                self.over = true;
                if self.bookmarks {
                    self.bookmark(false);
                }
                continue;
            }
            let pause = BOOKMARK.min(self.ends - now);
            match tokio::time::timeout(pause, self.latest.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return None,
                Err(_) if self.bookmarks && Instant::now() < self.ends => self.bookmark(false),
                Err(_) => {}
            }
        }
    }
}
