//! One request and what its answer means.

use std::time::Duration;

use bytes::Bytes;
use futures::TryStreamExt as _;
use http::{HeaderMap, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Limited};
use kube::client::Body;
use serde::Deserialize;
use tower::BoxError;

use super::connect::Cluster;
use super::error::Error;
use super::wire::said_in_protobuf;
use crate::model::{Clean, Refused};

/// Time for an ordinary request and its whole answer.
pub(super) const DEADLINE: Duration = Duration::from_secs(15);

/// Most bytes taken of an answer that is an error.
const ERROR_BODY: usize = 64 * 1024;

/// The deadline of an answer's first byte, where the whole has none of its own.
pub(super) const FIRST_BYTE: Duration = Duration::from_secs(15);

/// The part of `metav1.Status` that tells a person what happened.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Status {
    message: String,
    reason: String,
    details: Option<Details>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Details {
    retry_after_seconds: u64,
}

/// `GET /api/v1/pods`: how errors name a request. The query is left out: it is long and says little.
fn named(request: &Request<Body>) -> Clean {
    Clean::capped(&format!("{} {}", request.method(), request.uri().path()), 300)
}

/// Sends a request and hands the open answer back when it is a success.
pub(super) async fn open(cluster: &Cluster, request: Request<Body>, first: Duration) -> Result<Response<Body>, Error> {
    let what = named(&request);
    let answer = tokio::time::timeout(first, async {
        let response = cluster.call(request).await.map_err(|error| unsent(&what, &error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let (parts, body) = response.into_parts();
        let body = Limited::new(body, ERROR_BODY).collect().await.map(|body| body.to_bytes()).unwrap_or_default();
        Err(refused_by_server(cluster, what.clone(), parts.status, &parts.headers, &body))
    });
    answer.await.map_err(|_| silent(&what, first))?
}

/// Sends a request and takes the whole answer, at most `longest` bytes of it.
pub(super) async fn whole(
    cluster: &Cluster,
    request: Request<Body>,
    deadline: Duration,
    longest: usize,
) -> Result<Bytes, Error> {
    let what = named(&request);
    let answer = tokio::time::timeout(deadline, async {
        let response = open(cluster, request, deadline).await?;
        let body = Limited::new(response.into_body(), longest).collect().await;
        body.map(|body| body.to_bytes()).map_err(|error| cut_off(&what, &*error))
    });
    answer.await.map_err(|_| silent(&what, deadline))?
}

/// The answer as it arrives; every wait for more of it has a deadline.
pub(super) fn chunks(
    what: Clean,
    response: Response<Body>,
    idle: Option<Duration>,
) -> impl futures::Stream<Item = Result<Bytes, Error>> + Send + Unpin {
    let body = Box::pin(response.into_body().into_data_stream().map_err(|error| Box::new(error) as BoxError));
    Box::pin(futures::stream::try_unfold((body, what), move |(mut body, what)| async move {
        let next = match idle {
            Some(idle) => tokio::time::timeout(idle, body.try_next()).await.map_err(|_| silent(&what, idle))?,
            None => body.try_next().await,
        };
        match next.map_err(|error| cut_off(&what, &*error))? {
            Some(chunk) => Ok(Some((chunk, (body, what)))),
            None => Ok(None),
        }
    }))
}

fn silent(what: &Clean, waited: Duration) -> Error {
    Error::Unreachable { what: what.clone(), why: Clean::from(format!("no answer within {} s", waited.as_secs())) }
}

fn cut_off(what: &Clean, error: &(dyn std::error::Error + 'static)) -> Error {
    Error::Unreachable {
        what: what.clone(),
        why: Clean::capped(&format!("the answer broke off: {}", causes(error)), 400),
    }
}

/// A request that got no answer: refused here, no credential, or no connection.
fn unsent(what: &Clean, error: &BoxError) -> Error {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&**error);
    while let Some(error) = cause {
        if let Some(refused) = error.downcast_ref::<Refused>() {
            return Error::Refused(refused.clone());
        }
        if let Some(ours) = error.downcast_ref::<Error>() {
            return ours.clone();
        }
        cause = error.source();
    }
    Error::Unreachable { what: what.clone(), why: Clean::capped(&causes(&**error), 400) }
}

/// An error's causes without repetition; the innermost often is the only one that says something.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut cause = Some(error);
    while let Some(error) = cause {
        let text = error.to_string();
        if !texts.iter().any(|known| known.contains(&text)) {
            texts.push(text);
        }
        cause = error.source();
    }
    texts.retain(|text| !text.starts_with("ServiceError") && !text.starts_with("HyperError"));
    if texts.is_empty() { error.to_string() } else { texts.join(": ") }
}

fn refused_by_server(cluster: &Cluster, what: Clean, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Error {
    let parsed: Status = serde_json::from_slice(body).unwrap_or_default();
    let said = if let Some(said) = said_in_protobuf(body) {
        said
    } else if parsed.message.is_empty() {
        Clean::bytes(body.trim_ascii(), 300)
    } else {
        Clean::capped(&parsed.message, 600)
    };
    let asked = headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let wait = asked.or(parsed.details.map(|details| details.retry_after_seconds).filter(|seconds| *seconds > 0));
    match status {
        StatusCode::NOT_FOUND => Error::NotFound { what, said },
        StatusCode::FORBIDDEN => Error::Forbidden { what, said },
        StatusCode::UNAUTHORIZED => {
            let why = format!("the server does not take the credential ({said}); {}", cluster.renewal());
            Error::Unauthenticated { what, why: Clean::from(why) }
        }
        StatusCode::GONE => Error::Expired { what },
        StatusCode::TOO_MANY_REQUESTS => {
            // A disruption budget answers 429, too, and its message is what matters there.
            Error::Throttled { what, wait: Duration::from_secs(wait.unwrap_or(1).min(300)), said }
        }
        StatusCode::SERVICE_UNAVAILABLE if wait.is_some() => {
            Error::Throttled { what, wait: Duration::from_secs(wait.unwrap_or(1).min(300)), said }
        }
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
            Error::Unreachable { what, why: Clean::from(format!("{status}: {said}")) }
        }
        _ => Error::Rejected { what, status: status.as_u16(), reason: Clean::capped(&parsed.reason, 100), said },
    }
}
