//! Lists, whole or in pages, of now or of a revision.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::super::json::text;
use super::super::store::{Gone, Key, Store};
use super::failure::Failure;
use super::query::Query;
use super::route::Place;
use super::shape::Shape;

/// Where a paged list goes on.
struct Page {
    revision: u64,
    after: (String, String),
}

impl Page {
    fn write(&self) -> String {
        let (namespace, name) = &self.after;
        URL_SAFE_NO_PAD
            .encode(json!({"v": "meta.k8s.io/v1", "rv": self.revision, "ns": namespace, "start": name}).to_string())
    }

    fn read(token: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let token: Value = serde_json::from_slice(&bytes).ok()?;
        let revision = token.pointer("/rv")?.as_u64()?;
        Some(Self { revision, after: (text(&token, "/ns").to_owned(), text(&token, "/start").to_owned()) })
    }
}

/// The list that a query asks for.
pub(super) fn list(store: &Store, place: &Place, query: &Query, shape: Shape) -> Result<Value, Failure> {
    let selection = query.selection(place)?;
    let limit = usize::try_from(query.number("limit")?.unwrap_or(0)).unwrap_or(usize::MAX);
    let page = match query.get("continue") {
        "" => None,
        token => Some(
            Page::read(token)
                .ok_or_else(|| Failure::bad_request("continue key is not valid: illegal base64 data or encoding"))?,
        ),
    };
    let revision = match &page {
        Some(_) if !query.get("resourceVersion").is_empty() => {
            return Err(Failure::bad_request("specifying resource version is not allowed when using continue"));
        }
        Some(page) => page.revision,
        None => revision(store, query, limit > 0)?,
    };
    let objects =
        store.list_at(place.resource.kind, place.within(), revision).map_err(|gone| expired(gone, page.as_ref()))?;
    let mut left = objects
        .into_iter()
        .filter(|(key, _)| {
            page.as_ref().is_none_or(|page| (&key.namespace, &key.name) > (&page.after.0, &page.after.1))
        })
        .filter(|(_, object)| selection.has(object));
    let taken: Vec<(Key, Arc<Value>)> = left.by_ref().take(if limit == 0 { usize::MAX } else { limit }).collect();
    let remaining = left.count();

    let mut metadata = json!({"resourceVersion": revision.to_string()});
    if let Some((last, _)) = taken.last().filter(|_| remaining > 0) {
        let next = Page { revision, after: (last.namespace.clone(), last.name.clone()) };
        super::super::json::set(&mut metadata, "/continue", next.write());
        if selection.is_everything() {
            super::super::json::set(&mut metadata, "/remainingItemCount", remaining);
        }
    }
    let objects: Vec<&Value> = taken.iter().map(|(_, object)| object.as_ref()).collect();
    Ok(shape.list(&objects, metadata))
}

/// The revision that a list without `continue` is of.
fn revision(store: &Store, query: &Query, paged: bool) -> Result<u64, Failure> {
    let (matched, current) = (query.get("resourceVersionMatch"), store.revision());
    let asked = query.number("resourceVersion")?;
    match (asked, matched) {
        (None, "") | (Some(0), "" | "NotOlderThan") => Ok(current),
        (None, _) => Err(Failure::bad_request("resourceVersionMatch is forbidden unless resourceVersion is provided")),
        (Some(0), _) => {
            Err(Failure::bad_request("resourceVersionMatch \"Exact\" is forbidden for resourceVersion \"0\""))
        }
        (Some(asked), _) if asked > current => Err(Failure::too_new(asked, current)),
        (Some(asked), "Exact") => Ok(asked),
        (Some(asked), "") if paged => Ok(asked),
        (Some(_), "" | "NotOlderThan") => Ok(current),
        (Some(_), other) => Err(Failure::bad_request(format!("resourceVersionMatch: unsupported value \"{other}\""))),
    }
}

fn expired(gone: Gone, page: Option<&Page>) -> Failure {
    match page {
        None => Failure::from(gone),
        Some(_) => Failure::new(
            http::StatusCode::GONE,
            "Expired",
            "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.",
        ),
    }
}
