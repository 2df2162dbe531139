//! Events, as controllers and kubelets record them.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::super::json::{number, set, text};
use super::super::store::{Store, rfc3339};
use super::Life;

/// Events that are kept at most; the oldest go first.
const KEPT: usize = 600;

/// What happened.
pub(super) struct Event<'a> {
    /// To what.
    pub(super) about: &'a Value,
    /// `spec.containers{web}`, empty for the whole object.
    pub(super) part: &'a str,
    /// Whether it is a warning.
    pub(super) warning: bool,
    /// In a word.
    pub(super) reason: &'a str,
    /// In a sentence.
    pub(super) message: String,
    /// Who says so.
    pub(super) by: &'a str,
}

/// Records an event; one that happened before is counted, not recorded again.
pub(super) fn record(store: &mut Store, life: &Life, event: &Event<'_>, at: Timestamp) {
    if life.remembers_from.is_some_and(|from| at < from) {
        return;
    }
    let about = event.about;
    let namespace = match text(about, "/metadata/namespace") {
        "" => "default",
        namespace => namespace,
    };
    let name = text(about, "/metadata/name");
    let before = store.list("Event", Some(namespace)).into_iter().find(|old| {
        text(old, "/reason") == event.reason
            && text(old, "/message") == event.message
            && text(old, "/involvedObject/name") == name
            && text(old, "/involvedObject/fieldPath") == event.part
    });
    if let Some(before) = before {
        let mut again = Value::clone(&before);
        set(&mut again, "/count", number(&before, "/count") + 1);
        set(&mut again, "/lastTimestamp", rfc3339(at));
        store.put(again, at);
        return;
    }
    let host = if event.by == "kubelet" { text(about, "/spec/nodeName") } else { "" };
    let suffix = store.random.hex(16);
    let mut object = json!({
        "kind": "Event", "apiVersion": "v1",
        "metadata": {"name": format!("{name}.{suffix}"), "namespace": namespace},
        "involvedObject": {
            "kind": text(about, "/kind"), "apiVersion": text(about, "/apiVersion"), "name": name,
            "uid": text(about, "/metadata/uid"), "resourceVersion": text(about, "/metadata/resourceVersion"),
        },
        "type": if event.warning { "Warning" } else { "Normal" }, "reason": event.reason, "message": event.message,
        "source": {"component": event.by}, "reportingComponent": event.by, "reportingInstance": host,
        "firstTimestamp": rfc3339(at), "lastTimestamp": rfc3339(at), "count": 1, "eventTime": null,
    });
    if !text(about, "/metadata/namespace").is_empty() {
        set(&mut object, "/involvedObject/namespace", namespace);
    }
    if !event.part.is_empty() {
        set(&mut object, "/involvedObject/fieldPath", event.part);
    }
    if !host.is_empty() {
        set(&mut object, "/source/host", host);
    }
    store.put(object, at);
}

/// Lets events older than an hour go, and the oldest where there are too many.
pub(super) fn prune(store: &mut Store, at: Timestamp) {
    let end = at.checked_sub(SignedDuration::from_hours(1)).map(rfc3339).unwrap_or_default();
    let mut events = store.list("Event", None);
    events.sort_by(|one, other| text(other, "/lastTimestamp").cmp(text(one, "/lastTimestamp")));
    for (place, event) in events.iter().enumerate() {
        if place >= KEPT || text(event, "/lastTimestamp") < end.as_str() {
            store.remove("Event", text(event, "/metadata/namespace"), text(event, "/metadata/name"));
        }
    }
}
