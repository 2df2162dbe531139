//! Requests that change something.

use std::sync::Arc;

use http::header::WARNING;
use http::{HeaderValue, Response, StatusCode};
use hyper::body::Incoming;
use jiff::Timestamp;
use serde_json::Value;

use super::super::access::{Subject, Tokens};
use super::super::audit::Entry;
use super::super::cluster::Cluster;
use super::super::fields::Manager;
use super::super::json::text;
use super::super::schema::Type;
use super::super::store::Store;
use super::answer::{Body, json};
use super::decode::fit;
use super::failure::Failure;
use super::options::{Options, Strictness};
use super::query::Query;
use super::route::Place;
use super::sent::Sent;
use super::shape::Shape;
use super::{change, create, remove};

/// A request that changes something, with all that it is done with.
pub(super) struct Write<'a> {
    /// What is changed.
    pub(super) store: &'a mut Store,
    /// The tokens that were given out.
    pub(super) tokens: &'a mut Tokens,
    /// Who asks.
    pub(super) who: &'a Subject,
    /// Where.
    pub(super) place: &'a Place,
    /// What the query asks for.
    pub(super) query: &'a Query,
    /// The same, as every write takes it.
    pub(super) options: Options,
    /// What was sent.
    pub(super) sent: &'a Sent,
    /// When.
    pub(super) now: Timestamp,
    /// What the writer is told beside the answer.
    pub(super) warnings: Vec<String>,
}

impl Write<'_> {
    /// The type of the resource's objects.
    pub(super) fn kind(&self) -> Option<Type> {
        Type::of(self.place.resource)
    }

    /// The writer, as managers of fields are told apart.
    pub(super) fn manager(&self, applies: bool) -> Manager {
        Manager {
            name: self.options.manager.clone(),
            applies,
            version: self.place.resource.api_version(),
            part: self.place.part.map_or("", |part| part.name).to_owned(),
        }
    }

    /// Drops the fields that nobody knows, with a warning or a refusal.
    pub(super) fn fitted(&mut self, object: &mut Value) -> Result<(), Failure> {
        let Some(kind) = self.kind() else { return Ok(()) };
        let resource = self.place.resource;
        let cannot = |why: &str| {
            let (kind, version) = (resource.kind, resource.version);
            Failure::bad_request(format!("{kind} in version \"{version}\" cannot be handled as a {kind}: {why}"))
        };
        let unknown: Vec<String> = fit(object, kind)
            .map_err(|why| cannot(&why))?
            .iter()
            .map(|field| format!("unknown field \"{field}\""))
            .collect();
        match self.options.strictness {
            Strictness::Strict if !unknown.is_empty() => {
                Err(cannot(&format!("strict decoding error: {}", unknown.join(", "))))
            }
            Strictness::Warn => {
                self.warnings.extend(unknown);
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// Does what a request wants done and shows the result.
pub(super) async fn write(
    cluster: &Arc<Cluster>,
    who: &Subject,
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
    let options = Options::read(query, verb, &sent.agent, verb == "patch" && sent.applies())?;
    let (code, result, warnings) = {
        let (mut tokens, mut network, mut store) = (cluster.tokens(), cluster.network(), cluster.store());
        let now = Timestamp::now();
        // What went through until now went by the rules that stood until now.
        network.advance(&store, now);
        let warnings = Vec::new();
        let mut write =
            Write { store: &mut store, tokens: &mut tokens, who, place, query, options, sent: &sent, now, warnings };
        let (code, result) = act(&mut write, verb, shape)?;
        (code, result, write.warnings)
    };
    cluster.written.notify_one();
    if verb == "create" && place.part.is_none() && place.resource.is_stored() {
        cluster.audit.named(entry, text(&result, "/metadata/name"));
    }
    let own = result.pointer("/kind").is_some_and(|kind| kind == place.resource.kind);
    let result = if own && place.resource.is_stored() { shape.one(&result, true) } else { result };
    let mut response = json(code, &result);
    for warning in warnings {
        let escaped = warning.replace('\\', "\\\\").replace('"', "\\\"");
        if let Ok(value) = HeaderValue::from_str(&format!("299 - \"{escaped}\"")) {
            response.headers_mut().append(WARNING, value);
        }
    }
    Ok(response)
}

fn act(write: &mut Write<'_>, verb: &str, shape: Shape) -> Result<(StatusCode, Value), Failure> {
    match (verb, write.place.part.map(|part| part.name)) {
        ("create", Some("eviction")) => remove::evict(write),
        ("create", Some("token")) => create::token(write),
        ("create", _) if !write.place.resource.is_stored() => create::review(write),
        ("create", _) => create::create(write),
        ("update", _) => change::replace(write),
        ("patch", _) => change::patch(write),
        ("delete", _) => remove::delete(write),
        ("deletecollection", _) => remove::delete_all(write, shape),
        _ => Err(Failure::method_not_allowed()),
    }
}
