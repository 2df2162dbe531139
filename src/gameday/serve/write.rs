//! Requests that change something.

use std::sync::Arc;

use http::{Response, StatusCode};
use hyper::body::Incoming;
use serde_json::Value;

use super::super::access::Role;
use super::super::audit::Entry;
use super::super::cluster::Cluster;
use super::super::json::text;
use super::answer::{Body, json};
use super::failure::Failure;
use super::query::Query;
use super::route::Place;
use super::sent::Sent;
use super::shape::Shape;
use super::{change, create, remove};

/// Does what a request wants done and shows the result.
pub(super) async fn write(
    cluster: &Arc<Cluster>,
    role: Role,
    place: &Place,
    (verb, query, shape): (&str, &Query, Shape),
    request: http::Request<Incoming>,
    entry: Entry,
) -> Result<Response<Body>, Failure> {
    let sent = Sent::read(request).await?;
    if verb == "create" && place.part.is_none() {
        // What is refused has a name, too, in the log of what was asked.
        let asked = sent.object().ok().flatten().unwrap_or_default();
        cluster.audit.named(entry, text(&asked, "/metadata/name"));
    }
    let (code, result) = act(cluster, role, place, (verb, query, shape), &sent)?;
    if verb == "create" && place.part.is_none() && place.resource.is_stored() {
        cluster.audit.named(entry, text(&result, "/metadata/name"));
    }
    let own = result.pointer("/kind").is_some_and(|kind| kind == place.resource.kind);
    let result = if own && place.resource.is_stored() { shape.one(&result, true) } else { result };
    Ok(json(code, &result))
}

fn act(
    cluster: &Cluster,
    role: Role,
    place: &Place,
    (verb, query, shape): (&str, &Query, Shape),
    sent: &Sent,
) -> Result<(StatusCode, Value), Failure> {
    let mut store = cluster.store();
    match (verb, place.part.map(|part| part.name)) {
        ("create", Some("eviction")) => remove::evict(&mut store, place, query, &sent.needed()?),
        ("create", _) => create::create(&mut store, role, place, query, sent.needed()?),
        ("update", _) => change::change(&mut store, role, place, query, sent, false),
        ("patch", _) => change::change(&mut store, role, place, query, sent, true),
        ("delete", _) => remove::delete(&mut store, place, query, &sent.object()?.unwrap_or_default()),
        ("deletecollection", _) => {
            remove::delete_all(&mut store, place, query, &sent.object()?.unwrap_or_default(), shape)
        }
        _ => Err(Failure::method_not_allowed()),
    }
}
