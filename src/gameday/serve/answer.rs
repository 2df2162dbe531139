//! From a request to its answer.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use serde_json::Value;

use super::super::access::Role;
use super::super::cluster::{Cluster, Request};
use super::discovery;
use super::failure::Failure;
use super::negotiate;
use super::route::{Route, route};

/// A body that may go on for as long as the client listens.
pub(super) type Body = http_body_util::combinators::UnsyncBoxBody<Bytes, Infallible>;

/// Answers a request; a refusal is an answer, too.
pub(super) async fn answer(cluster: Arc<Cluster>, request: http::Request<Incoming>) -> Response<Body> {
    let role = caller(&request);
    cluster.note(Request {
        cluster: cluster.name.to_owned(),
        method: request.method().to_string(),
        path: request.uri().to_string(),
        user: role.map(|role| role.name().to_owned()).unwrap_or_default(),
    });
    match serve(&cluster, role, request).await {
        Ok(response) => response,
        Err(failure) => json(failure.code, &failure.status()),
    }
}

fn caller<B>(request: &http::Request<B>) -> Option<Role> {
    let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    Role::of_token(header.strip_prefix("Bearer ")?.trim())
}

async fn serve(
    _cluster: &Arc<Cluster>,
    role: Option<Role>,
    request: http::Request<Incoming>,
) -> Result<Response<Body>, Failure> {
    let _role = role.ok_or_else(Failure::unauthorized)?;
    match route(request.uri().path())? {
        Route::Version => Ok(json(StatusCode::OK, &discovery::version())),
        Route::Health => Ok(Response::new(Full::from("ok").boxed_unsync())),
        Route::Discovery(parts) => {
            let form = negotiate::form(request.headers())?;
            let mut response = json(StatusCode::OK, &discovery::discovery(&parts, form));
            if let Ok(content_type) = form.content_type().parse() {
                response.headers_mut().insert(CONTENT_TYPE, content_type);
            }
            Ok(response)
        }
        Route::Resource(_) => Err(Failure::no_such_path()),
    }
}

/// An answer in JSON.
pub(super) fn json(code: StatusCode, value: &Value) -> Response<Body> {
    let mut response = Response::new(Full::from(format!("{value}\n")).boxed_unsync());
    *response.status_mut() = code;
    response.headers_mut().insert(CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    response
}
