//! From a request to its answer.

use std::convert::Infallible;
use std::io::Write;
use std::sync::Arc;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, USER_AGENT, VARY};
use http::{HeaderValue, Method, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use jiff::Timestamp;
use serde_json::Value;

use super::super::access::Subject;
use super::super::audit::{Entry, Request};
use super::super::cluster::Cluster;
use super::super::schema;
use super::failure::Failure;
use super::gate::{admit, caller};
use super::query::Query;
use super::route::{Place, Route, route};
use super::shape::{Beside, Shape};
use super::{change, discovery, list, log, negotiate, watch, write};

/// A body that may go on for as long as the client listens.
pub(super) type Body = http_body_util::combinators::UnsyncBoxBody<Bytes, Infallible>;

/// Answers shorter than this are not compressed, as by the real server.
const WORTH_COMPRESSING: usize = 128 * 1024;

/// Answers a request; a refusal is an answer, too.
pub(super) async fn answer(cluster: Arc<Cluster>, request: http::Request<Incoming>) -> Response<Body> {
    let who = {
        let (tokens, store) = (cluster.tokens(), cluster.store());
        caller(&store, &tokens, request.headers(), Timestamp::now())
    };
    let entry = cluster.audit.received(noted(&cluster, who.as_ref().ok(), &request));
    let gzip = request
        .headers()
        .get_all(ACCEPT_ENCODING)
        .iter()
        .any(|value| value.to_str().is_ok_and(|value| value.contains("gzip")));
    let served = match who {
        Ok(who) => serve(&cluster, &who, request, gzip, entry).await,
        Err(refusal) => Err(refusal),
    };
    let response = match served {
        Ok(response) => response,
        Err(failure) => json(failure.code, &failure.status()),
    };
    cluster.audit.answered(entry, response.status().as_u16());
    response
}

fn noted(cluster: &Cluster, who: Option<&Subject>, request: &http::Request<Incoming>) -> Request {
    let method = request.method();
    let watching = Query::parse(request.uri().query().unwrap_or_default()).is("watch");
    let place = match route(request.uri().path()) {
        Ok(Route::Resource(place)) => Some(place),
        _ => None,
    };
    let verb = place.as_ref().and_then(|place| place.verb(method, watching && place.part.is_none()));
    let agent = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok());
    Request {
        cluster: cluster.name.to_owned(),
        method: method.to_string(),
        verb: verb.map_or_else(|| method.as_str().to_lowercase(), str::to_owned),
        path: request.uri().path_and_query().map(ToString::to_string).unwrap_or_default(),
        object: place.as_ref().map(Place::reference),
        user: who.map(|who| who.user.clone()).unwrap_or_default(),
        agent: agent.unwrap_or_default().to_owned(),
        at: Timestamp::now(),
        code: None,
    }
}

async fn serve(
    cluster: &Arc<Cluster>,
    who: &Subject,
    request: http::Request<Incoming>,
    gzip: bool,
    entry: Entry,
) -> Result<Response<Body>, Failure> {
    match route(request.uri().path())? {
        Route::Version => Ok(json(StatusCode::OK, &discovery::version())),
        Route::Health => Ok(Response::new(Full::from("ok").boxed_unsync())),
        Route::Discovery(parts) => {
            let form = negotiate::form(request.headers())?;
            let mut response = packed(&discovery::discovery(&parts, form), gzip);
            if let Ok(content_type) = form.content_type().parse() {
                response.headers_mut().insert(CONTENT_TYPE, content_type);
            }
            Ok(response)
        }
        Route::OpenApi(path) if path.is_empty() => Ok(packed(&schema::documents(), gzip)),
        Route::OpenApi(path) => {
            let document = schema::document(&path).ok_or_else(Failure::no_such_path)?;
            Ok(packed(&document, gzip))
        }
        Route::Resource(place) => resource(cluster, who, &place, request, gzip, entry).await,
    }
}

async fn resource(
    cluster: &Arc<Cluster>,
    who: &Subject,
    place: &Place,
    request: http::Request<Incoming>,
    gzip: bool,
    entry: Entry,
) -> Result<Response<Body>, Failure> {
    let query = Query::parse(request.uri().query().unwrap_or_default());
    let watching = query.is("watch") && place.part.is_none();
    let verb = place.verb(request.method(), watching).ok_or_else(Failure::method_not_allowed)?;
    admit(&cluster.store(), who, place, verb)?;
    if !place.serves(verb) {
        return Err(Failure::method_not_allowed());
    }
    let form = negotiate::form(request.headers())?;
    let shape = Shape { resource: place.resource, form, beside: Beside::parse(query.get("includeObject")) };
    if request.method() != Method::GET {
        return write::write(cluster, who, place, (verb, &query, shape), request, entry).await;
    }
    match verb {
        "watch" => watch::watch(cluster, place, &query, shape),
        "list" => {
            let listed = list::list(&cluster.store(), place, &query, shape)?;
            Ok(packed(&listed, gzip))
        }
        _ if watching => watch::watch(cluster, place, &query, shape),
        _ => {
            let object = cluster.store().get(place.resource.kind, &place.namespace, &place.name);
            let object = object.ok_or_else(|| Failure::not_found(place.resource, &place.name))?;
            Ok(match place.part.map(|part| part.name) {
                Some("log") => return log::log(cluster, object, &query),
                Some("scale") => packed(&change::scale(&object), gzip),
                _ => packed(&shape.one(&object, true), gzip),
            })
        }
    }
}

/// An answer in JSON.
pub(super) fn json(code: StatusCode, value: &Value) -> Response<Body> {
    let mut response = Response::new(Full::from(format!("{value}\n")).boxed_unsync());
    *response.status_mut() = code;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// An answer in JSON, compressed where that is asked for and worth it.
fn packed(value: &Value, gzip: bool) -> Response<Body> {
    let text = format!("{value}\n");
    let packed = (gzip && text.len() > WORTH_COMPRESSING).then(|| compressed(text.as_bytes())).flatten();
    let zipped = packed.is_some();
    let body = packed.map_or_else(|| Full::from(text), Full::from);
    let mut response = Response::new(body.boxed_unsync());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(VARY, HeaderValue::from_static("Accept"));
    if zipped {
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

fn compressed(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}
