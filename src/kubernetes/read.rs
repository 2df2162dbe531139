//! What can be read of a cluster. Nothing here can change anything.

use std::fmt::Write as _;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, header};
use kube::client::Body;

use super::asked::Asked;
use super::connect::Cluster;
use super::error::Error;
use super::request::{DEADLINE, whole};
use super::wire;
use crate::model::facts::Facts;
use crate::model::{Clean, Kind, Uid};

pub use super::identify::Review;
pub use super::logs::{LogOptions, LogStream};

/// Most bytes of one object: etcd holds 1.5 MiB, an aggregated API may hold more.
const OBJECT: usize = 16 << 20;

/// Most bytes of a list.
const LIST: usize = 256 << 20;

/// Time for a list.
const LIST_DEADLINE: Duration = Duration::from_secs(60);

/// Reading access to one cluster. Clones are cheap.
#[derive(Clone, Debug)]
pub struct Read {
    pub(super) cluster: Cluster,
}

/// Whose events are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Events<'a> {
    /// Those about one object; nodes' events stand in the namespace `default`.
    Of(Uid),
    /// Those in a namespace.
    In(&'a str),
    /// All.
    All,
}

impl Read {
    pub(super) const fn new(cluster: Cluster) -> Self {
        Self { cluster }
    }

    /// The cluster that is read.
    pub const fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// The cluster's own health, within three seconds.
    ///
    /// # Errors
    /// It does not answer, or answers that it is not well.
    pub async fn livez(&self) -> Result<(), Error> {
        let request = get("/livez", "*/*")?;
        whole(&self.cluster, request, Duration::from_secs(3), 64 << 10).await.map(drop)
    }

    /// One object as JSON, as the server sent it. `namespace` is empty for kinds without one.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it is not there, and every other [`Error`].
    pub async fn get(&self, kind: Kind, namespace: &str, name: &str) -> Result<Bytes, Error> {
        let path = format!("{}/{}", kind.path_in(&segment(namespace)?), segment(name)?);
        self.get_path(&path).await
    }

    /// Whatever a path leads to, as JSON. The path may have a query.
    ///
    /// # Errors
    /// Every [`Error`]; a path that the guard refuses is [`Error::Refused`].
    pub async fn get_path(&self, path: &str) -> Result<Bytes, Error> {
        whole(&self.cluster, get(path, "application/json")?, DEADLINE, OBJECT).await
    }

    /// A list as JSON. An empty namespace is all of them, empty selectors select everything.
    ///
    /// # Errors
    /// Every [`Error`].
    pub async fn list(&self, kind: Kind, namespace: &str, labels: &str, fields: &str) -> Result<Bytes, Error> {
        let path = if namespace.is_empty() { kind.path() } else { kind.path_in(&segment(namespace)?) };
        let mut query = String::from("?");
        for (name, selector) in [("labelSelector", labels), ("fieldSelector", fields)] {
            if !selector.is_empty() {
                let _ = write!(query, "{name}={}&", escaped(selector));
            }
        }
        let path = format!("{path}{}", query.trim_end_matches(['?', '&']));
        whole(&self.cluster, get(&path, "application/json")?, LIST_DEADLINE, LIST).await
    }

    /// A collection as a JSON list, or its first objects only; its metadata tell whether there are more.
    ///
    /// # Errors
    /// Every [`Error`].
    pub async fn page(&self, collection: &str, limit: Option<usize>) -> Result<Bytes, Error> {
        let limit = limit.map(|limit| format!("?limit={limit}")).unwrap_or_default();
        whole(&self.cluster, get(&format!("{collection}{limit}"), "application/json")?, LIST_DEADLINE, LIST).await
    }

    /// An object or a list without its content: metadata as JSON. The only way in which a secret is read.
    ///
    /// # Errors
    /// Every [`Error`].
    pub async fn metadata(&self, path: &str) -> Result<Bytes, Error> {
        let one = path.split('?').next().and_then(Asked::parse);
        let accept = match one {
            Some(Asked::Resource { name: None, .. }) => {
                "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
            }
            _ => "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
        };
        whole(&self.cluster, get(path, accept)?, DEADLINE, OBJECT).await
    }

    /// Events as a JSON list.
    ///
    /// # Errors
    /// Every [`Error`].
    pub async fn events(&self, events: Events<'_>) -> Result<Bytes, Error> {
        let path = match events {
            Events::Of(uid) => {
                format!("/api/v1/events?fieldSelector={}", escaped(&format!("involvedObject.uid={uid}")))
            }
            Events::In(namespace) => format!("/api/v1/namespaces/{}/events", segment(namespace)?),
            Events::All => "/api/v1/events".to_owned(),
        };
        whole(&self.cluster, get(&path, "application/json")?, LIST_DEADLINE, LIST).await
    }
}

/// The facts of one object, from the JSON that [`Read::get`] gives.
///
/// # Errors
/// It is no object of that kind, or has no UID or no name.
pub fn facts(kind: Kind, json: &[u8]) -> Result<Facts, Error> {
    let text = std::str::from_utf8(json).map_err(|_| wire::Broken::Form);
    text.and_then(|text| wire::from_json(kind, text)).map_err(|why| malformed(kind, why))
}

/// The facts of every object of a list, from the JSON that [`Read::list`] gives,
/// and how many objects of it cannot be read.
///
/// # Errors
/// It is no list.
pub fn facts_of_list(kind: Kind, json: &[u8]) -> Result<(Vec<Facts>, usize), Error> {
    let page = wire::page(kind, json).map_err(|why| malformed(kind, why))?;
    Ok((page.facts, page.unreadable))
}

fn malformed(kind: Kind, why: wire::Broken) -> Error {
    Error::Malformed { what: Clean::from(kind.plural()), why: Clean::from(why.to_string()) }
}

pub(super) fn get(path: &str, accept: &str) -> Result<Request<Body>, Error> {
    Request::get(path).header(header::ACCEPT, accept).body(Body::empty()).map_err(|_| unwritable(path))
}

pub(super) fn unwritable(path: &str) -> Error {
    Error::Malformed { what: Clean::capped(path, 300), why: Clean::from("this is no path") }
}

/// A name from outside as one segment of a path, or an error: Kubernetes names
/// have no character that would need escaping, so one that does is a trick.
pub(super) fn segment(name: &str) -> Result<String, Error> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b':' | b'_' | b'@' | b'+');
    if !name.bytes().all(plain) || matches!(name, "." | "..") {
        return Err(unwritable(name));
    }
    Ok(name.to_owned())
}

/// A text as the value of a query parameter.
pub fn escaped(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(byte as char);
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_segment_or_nothing() {
        assert_eq!(segment("system:node-1.example").as_deref(), Ok("system:node-1.example"));
        for trick in ["../secrets", "a/b", "a?b", "a#b", "a%2fb", ".."] {
            assert!(segment(trick).is_err(), "{trick}");
        }
    }

    #[test]
    fn selectors_are_escaped() {
        assert_eq!(escaped("app in (a,b)"), "app%20in%20%28a%2Cb%29");
    }
}
