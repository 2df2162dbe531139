//! One event of a watch.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::frames::Framing;
use super::meta::{MetaWire, Pairs};
use super::proto::Fields;
use super::text::Text;
use super::{Broken, from_json, pod_facts, pod_proto};
use crate::model::facts::Facts;
use crate::model::{Clean, Kind, Uid};

/// The form in which a server sends objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// JSON.
    Json,
    /// Protobuf; only pods are read from it.
    Protobuf,
}

/// What a watch tells. `version` is the resource version to go on from.
#[derive(Debug, PartialEq)]
#[allow(missing_docs, reason = "the fields are what the variants say")]
pub enum Event {
    /// An object is there, new or changed.
    Applied { facts: Facts, version: String },
    /// An object was deleted.
    Gone { uid: Uid, version: String },
    /// Nothing happened up to this version. `listed`: the list that came first is complete.
    Bookmark { version: String, listed: bool },
    /// An object that cannot be read.
    Unreadable,
    /// The server ends the watch: HTTP status and message.
    Failed { status: u16, said: Clean, wait: Option<u64> },
}

/// The annotation on the bookmark that ends a streaming list
/// (<https://kubernetes.io/docs/reference/using-api/api-concepts/#streaming-lists>).
const LISTED: &str = "k8s.io/initial-events-end";

impl Form {
    /// How a watch in this form is cut into events.
    pub const fn framing(self) -> Framing {
        match self {
            Self::Json => Framing::Lines,
            Self::Protobuf => Framing::Lengths,
        }
    }
}

/// Reads one frame of a watch of a kind.
///
/// # Errors
/// The frame is no event.
pub fn event(kind: Kind, form: Form, frame: &[u8]) -> Result<Event, Broken> {
    match form {
        Form::Json => json(kind, frame),
        Form::Protobuf => protobuf(frame),
    }
}

#[derive(Deserialize)]
struct EventWire<'a> {
    #[serde(rename = "type", borrow)]
    kind: Text<'a>,
    #[serde(borrow)]
    object: &'a RawValue,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Bare<'a> {
    #[serde(borrow)]
    metadata: MetaWire<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct BookmarkWire<'a> {
    #[serde(borrow)]
    metadata: BookmarkMeta<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct BookmarkMeta<'a> {
    #[serde(borrow)]
    resource_version: Text<'a>,
    #[serde(borrow)]
    annotations: Pairs<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct StatusWire<'a> {
    code: u16,
    #[serde(borrow)]
    message: Text<'a>,
    details: Option<DetailsWire>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct DetailsWire {
    retry_after_seconds: Option<u64>,
}

fn json(kind: Kind, frame: &[u8]) -> Result<Event, Broken> {
    let event: EventWire<'_> = serde_json::from_slice(frame).map_err(|_| Broken::Form)?;
    let object = event.object.get();
    match &*event.kind {
        "ADDED" | "MODIFIED" => {
            let Ok(facts) = from_json(kind, object) else { return Ok(Event::Unreadable) };
            let bare: Bare<'_> = serde_json::from_str(object).map_err(|_| Broken::Form)?;
            Ok(Event::Applied { facts, version: bare.metadata.resource_version.to_string() })
        }
        "DELETED" => {
            let bare: Bare<'_> = serde_json::from_str(object).map_err(|_| Broken::Form)?;
            Ok(gone(&bare.metadata))
        }
        "BOOKMARK" => {
            let BookmarkWire { metadata } = serde_json::from_str(object).map_err(|_| Broken::Form)?;
            let listed = metadata.annotations.get(LISTED) == "true";
            Ok(Event::Bookmark { version: metadata.resource_version.to_string(), listed })
        }
        "ERROR" => {
            let status: StatusWire<'_> = serde_json::from_str(object).map_err(|_| Broken::Form)?;
            let wait = status.details.and_then(|details| details.retry_after_seconds);
            Ok(Event::Failed { status: status.code, said: Clean::capped(&status.message, 600), wait })
        }
        _ => Err(Broken::Form),
    }
}

fn gone(meta: &MetaWire<'_>) -> Event {
    match meta.uid.parse() {
        Ok(uid) => Event::Gone { uid, version: meta.resource_version.to_string() },
        Err(_) => Event::Unreadable,
    }
}

/// `metav1.WatchEvent`, whose object is a `runtime.RawExtension` around an answer
/// with the usual magic and envelope.
fn protobuf(frame: &[u8]) -> Result<Event, Broken> {
    let (mut what, mut object): (&[u8], &[u8]) = (&[], &[]);
    for field in Fields::of(frame) {
        match field? {
            (1, value) => what = value.bytes()?,
            (2, value) => object = only(value.bytes()?, 1)?,
            _ => {}
        }
    }
    let message = only(object.strip_prefix(b"k8s\0").ok_or(Broken::Form)?, 2)?;
    match what {
        b"ADDED" | b"MODIFIED" => {
            let Ok(pod) = pod_proto::pod(message) else { return Ok(Event::Unreadable) };
            let version = pod.metadata.resource_version.to_string();
            Ok(pod_facts::facts(&pod).map_or(Event::Unreadable, |facts| Event::Applied { facts, version }))
        }
        b"DELETED" => pod_proto::pod(message).map(|pod| gone(&pod.metadata)),
        b"BOOKMARK" => {
            let pod = pod_proto::pod(message)?;
            Ok(Event::Bookmark { version: pod.metadata.resource_version.to_string(), listed: false })
        }
        b"ERROR" => status(message),
        _ => Err(Broken::Form),
    }
}

/// What a refusal says (`metav1.Status`) that came in protobuf: a server answers
/// in the form that it was asked for.
pub fn said_in_protobuf(body: &[u8]) -> Option<Clean> {
    let message = only(body.strip_prefix(b"k8s\0")?, 2).ok()?;
    match status(message).ok()? {
        Event::Failed { said, .. } => Some(said),
        _ => None,
    }
}

/// The last value of a length-prefixed field, empty where it is not there.
fn only(message: &[u8], wanted: u32) -> Result<&[u8], Broken> {
    let mut found: &[u8] = &[];
    for field in Fields::of(message) {
        let (number, value) = field?;
        if number == wanted {
            found = value.bytes()?;
        }
    }
    Ok(found)
}

/// `metav1.Status`
fn status(message: &[u8]) -> Result<Event, Broken> {
    let (mut code, mut said, mut wait) = (0, Clean::default(), None);
    for field in Fields::of(message) {
        match field? {
            (3, value) => said = Clean::capped(&value.text()?, 600),
            (5, value) => {
                for detail in Fields::of(value.bytes()?) {
                    if let (5, seconds) = detail? {
                        wait = Some(seconds.number()?);
                    }
                }
            }
            (6, value) => code = u16::try_from(value.number()?).unwrap_or_default(),
            _ => {}
        }
    }
    Ok(Event::Failed { status: code, said, wait })
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_refusal_in_protobuf_is_read() {
        let status = [&[0x1a, 2][..], b"no"].concat();
        let unknown = [&b"k8s\0"[..], &[0x12, 4], &status].concat();
        assert_eq!(super::said_in_protobuf(&unknown).unwrap(), "no");
        assert_eq!(super::said_in_protobuf(b"{}"), None);
    }

    use super::*;
    use proptest::prelude::*;

    const UID: &str = "0b5e8f8e-4a3c-4c86-9d3e-2f3b1c0a9d11";

    fn read(frame: &str) -> Result<Event, Broken> {
        event(Kind::Namespace, Form::Json, frame.as_bytes())
    }

    #[test]
    fn json_events_are_read() {
        let object = format!(r#"{{"metadata":{{"name":"shop","uid":"{UID}","resourceVersion":"9"}}}}"#);
        let added = read(&format!(r#"{{"type":"ADDED","object":{object}}}"#)).unwrap();
        assert!(matches!(added, Event::Applied { facts, version } if version == "9" && facts.meta().name == "shop"));
        let gone = read(&format!(r#"{{"type":"DELETED","object":{object}}}"#)).unwrap();
        assert_eq!(gone, Event::Gone { uid: UID.parse().unwrap(), version: "9".to_owned() });
        let bookmark = r#"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"12","annotations":{"k8s.io/initial-events-end":"true"}}}}"#;
        assert_eq!(read(bookmark).unwrap(), Event::Bookmark { version: "12".to_owned(), listed: true });
        let failed = r#"{"type":"ERROR","object":{"kind":"Status","code":410,"message":"too old","reason":"Expired"}}"#;
        assert_eq!(read(failed).unwrap(), Event::Failed { status: 410, said: "too old".into(), wait: None });
        assert_eq!(read(r#"{"type":"ADDED","object":{"metadata":{"name":3}}}"#).unwrap(), Event::Unreadable);
    }

    proptest! {
        #[test]
        fn garbage_never_panics(frame in proptest::collection::vec(any::<u8>(), 0..200)) {
            for form in [Form::Json, Form::Protobuf] {
                let _ = event(Kind::Pod, form, &frame);
            }
        }
    }
}
