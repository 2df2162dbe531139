//! The transport's own refusal: what read-only forbids does not reach the socket.

use std::task::{Context, Poll};

use futures::future::{Either, Ready, ready};
use http::{HeaderMap, Method, Request, header};
use tower::{BoxError, Layer, Service};

use super::asked::Asked;
use crate::model::{ReadOnly, Refused};

/// Puts [`Guarded`] around a service.
#[derive(Clone, Debug)]
pub struct Guard(pub ReadOnly);

/// A service that refuses, before the inner one sees it, whatever could change
/// something while the latch is closed, and the values of secrets always.
#[derive(Clone, Debug)]
pub struct Guarded<S> {
    latch: ReadOnly,
    inner: S,
}

impl<S> Layer<S> for Guard {
    type Service = Guarded<S>;

    fn layer(&self, inner: S) -> Guarded<S> {
        Guarded { latch: self.0.clone(), inner }
    }
}

impl<S, B> Service<Request<B>> for Guarded<S>
where
    S: Service<Request<B>>,
    S::Error: Into<BoxError>,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future =
        Either<Ready<Result<S::Response, BoxError>>, futures::future::MapErr<S::Future, fn(S::Error) -> BoxError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        match permitted(&self.latch, request.method(), request.uri().path(), request.headers()) {
            Ok(()) => {
                use futures::TryFutureExt as _;
                Either::Right(self.inner.call(request).map_err(Into::into as fn(S::Error) -> BoxError))
            }
            Err(refused) => Either::Left(ready(Err(Box::new(refused) as BoxError))),
        }
    }
}

/// Whether a request may be sent, decided on the parsed resource and sub-resource.
///
/// # Errors
/// Says what was refused and why.
pub fn permitted(latch: &ReadOnly, method: &Method, path: &str, headers: &HeaderMap) -> Result<(), Refused> {
    let refuse = |why: &str| Err(Refused { what: format!("{method} {path}"), why: why.to_owned() });
    let Some(asked) = Asked::parse(path) else {
        return refuse("this path is not read with certainty, so it is not sent");
    };
    if let Asked::Resource { resource: "secrets", .. } = asked
        && !only_metadata(headers)
    {
        return refuse("secrets are read as metadata only, in every mode");
    }
    if !latch.is_closed() {
        return Ok(());
    }
    if headers.contains_key(header::UPGRADE) || headers.get_all(header::CONNECTION).iter().any(upgrades) {
        return refuse("podmortem is read-only, and a connection that is taken over can carry anything");
    }
    match (method, asked) {
        (&Method::GET | &Method::HEAD, Asked::Resource { sub: "exec" | "attach" | "portforward" | "proxy", .. }) => {
            refuse(
                "podmortem is read-only, and this sub-resource runs commands or carries traffic although it is a read by name",
            )
        }
        (&Method::GET | &Method::HEAD, _) => Ok(()),
        (&Method::POST, asked) if is_review(asked) => Ok(()),
        _ => refuse("podmortem is read-only; start it without --read-only to change anything"),
    }
}

/// Reviews are questions although they are POSTed: nothing is stored.
pub(super) fn is_review(asked: Asked<'_>) -> bool {
    matches!(
        asked,
        Asked::Resource {
            group: "authorization.k8s.io",
            resource: "selfsubjectaccessreviews"
                | "selfsubjectrulesreviews"
                | "subjectaccessreviews"
                | "localsubjectaccessreviews",
            name: None,
            sub: "",
        } | Asked::Resource { group: "authentication.k8s.io", resource: "selfsubjectreviews", name: None, sub: "" }
    )
}

/// Whether every form that the client would take is an object without its content.
fn only_metadata(headers: &HeaderMap) -> bool {
    let mut forms = 0;
    for value in headers.get_all(header::ACCEPT) {
        let Ok(value) = value.to_str() else { return false };
        if value.contains('"') {
            return false;
        }
        for form in value.split(',') {
            let mut parameters = form.split(';').skip(1).map(str::trim);
            if !parameters.any(|one| matches!(one, "as=PartialObjectMetadata" | "as=PartialObjectMetadataList")) {
                return false;
            }
            forms += 1;
        }
    }
    forms > 0
}

fn upgrades(value: &http::HeaderValue) -> bool {
    value.as_bytes().to_ascii_lowercase().windows(7).any(|part| part == b"upgrade")
}

#[cfg(test)]
mod tests;
