//! `pods/NAME/log`

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::stream;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response};
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::Frame;
use jiff::Timestamp;
use serde_json::Value;

use super::super::cluster::Cluster;
use super::super::json::{items, text};
use super::super::logs::{Line, Log};
use super::answer::Body;
use super::failure::Failure;
use super::query::Query;

/// How often a log that is followed is looked at.
const LOOK: Duration = Duration::from_millis(250);

/// How much of a log is wanted.
struct Wanted {
    timestamps: bool,
    tail: Option<usize>,
    since: Option<Timestamp>,
    bytes: Option<usize>,
}

impl Wanted {
    fn read(query: &Query, now: Timestamp) -> Result<Self, Failure> {
        let seconds = query.number("sinceSeconds")?.and_then(|seconds| i64::try_from(seconds).ok());
        let since = match seconds {
            Some(seconds) => now.checked_sub(jiff::SignedDuration::from_secs(seconds)).ok(),
            None => query.get("sinceTime").parse().ok(),
        };
        let size = |key: &str| Ok::<_, Failure>(query.number(key)?.and_then(|number| usize::try_from(number).ok()));
        Ok(Self { timestamps: query.is("timestamps"), tail: size("tailLines")?, since, bytes: size("limitBytes")? })
    }

    fn line(&self, line: &Line) -> String {
        if self.timestamps {
            format!("{} {}\n", line.at.strftime("%Y-%m-%dT%H:%M:%S.%9fZ"), line.text)
        } else {
            format!("{}\n", line.text)
        }
    }

    fn text(&self, lines: &[Line]) -> String {
        let lines: Vec<&Line> = lines.iter().filter(|line| self.since.is_none_or(|since| line.at >= since)).collect();
        let skipped = self.tail.map_or(0, |tail| lines.len().saturating_sub(tail));
        let mut text: String = lines.iter().skip(skipped).map(|line| self.line(line)).collect();
        if let Some(bytes) = self.bytes.filter(|bytes| *bytes < text.len()) {
            let end = (0..=bytes).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
            text.truncate(end);
        }
        text
    }
}

/// The answer to a request for a container's log.
pub(super) fn log(cluster: &Arc<Cluster>, pod: Arc<Value>, query: &Query) -> Result<Response<Body>, Failure> {
    let now = Timestamp::now();
    let wanted = Wanted::read(query, now)?;
    let status = container(&pod, query.get("container"))?;
    let previous = query.is("previous");
    let log = Log::of(&pod, status, previous).ok_or_else(|| {
        let (name, pod) = (text(status, "/name"), text(&pod, "/metadata/name"));
        let reason = text(status, "/state/waiting/reason");
        Failure::bad_request(if previous {
            format!("previous terminated container \"{name}\" in pod \"{pod}\" not found")
        } else {
            format!("container \"{name}\" in pod \"{pod}\" is waiting to start: {reason}")
        })
    })?;
    let first = wanted.text(&log.until(now, || heard(cluster, now)));
    let body = if query.is("follow") && !previous && wanted.bytes.is_none() {
        follow(cluster, &pod, log, wanted, first, now)
    } else {
        Full::from(first).boxed_unsync()
    };
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    Ok(response)
}

/// What the sinkhole heard until a moment.
fn heard(cluster: &Cluster, now: Timestamp) -> Vec<Line> {
    let (mut network, store) = (cluster.network(), cluster.store());
    network.advance(&store, now);
    network.heard()
}

/// Tells what the log says from a moment on, until the pod is gone.
fn follow(cluster: &Arc<Cluster>, pod: &Value, log: Log, wanted: Wanted, first: String, from: Timestamp) -> Body {
    let (namespace, name) = (text(pod, "/metadata/namespace").to_owned(), text(pod, "/metadata/name").to_owned());
    let cluster = Arc::clone(cluster);
    let state = (log, wanted, Some(first).filter(|first| !first.is_empty()), from);
    let lines = stream::unfold(state, move |(log, wanted, first, mut from)| {
        let (cluster, namespace, name) = (Arc::clone(&cluster), namespace.clone(), name.clone());
        async move {
            let mut out = first.unwrap_or_default();
            while out.is_empty() {
                cluster.store().get("Pod", &namespace, &name)?;
                tokio::time::sleep(LOOK).await;
                let now = Timestamp::now();
                out = log
                    .until(now, || heard(&cluster, now))
                    .iter()
                    .filter(|line| line.at > from)
                    .map(|line| wanted.line(line))
                    .collect();
                from = now;
            }
            Some((Ok::<_, Infallible>(Frame::data(Bytes::from(out))), (log, wanted, None, from)))
        }
    });
    StreamBody::new(lines).boxed_unsync()
}

/// The status of the container that is meant; there must be no doubt which.
fn container<'a>(pod: &'a Value, named: &str) -> Result<&'a Value, Failure> {
    let all = |list: &str| items(pod, &format!("/spec/{list}")).iter().map(|container| text(container, "/name"));
    let own: Vec<&str> = all("containers").collect();
    let initial: Vec<&str> = all("initContainers").collect();
    let name = match (named, own.as_slice()) {
        ("", [only]) => *only,
        ("", _) => {
            let mut message = format!(
                "a container name must be specified for pod {}, choose one of: [{}]",
                text(pod, "/metadata/name"),
                own.join(" ")
            );
            if !initial.is_empty() {
                message.push_str(&format!(" or one of the init containers: [{}]", initial.join(" ")));
            }
            return Err(Failure::bad_request(message));
        }
        (named, _) => named,
    };
    let statuses = items(pod, "/status/containerStatuses").iter().chain(items(pod, "/status/initContainerStatuses"));
    let mut statuses = statuses;
    statuses.find(|status| text(status, "/name") == name).ok_or_else(|| {
        let known = own.contains(&name) || initial.contains(&name);
        let pod = text(pod, "/metadata/name");
        Failure::bad_request(if known {
            format!("container \"{name}\" in pod \"{pod}\" is waiting to start: ContainerCreating")
        } else {
            format!("container {name} is not valid for pod {pod}")
        })
    })
}
