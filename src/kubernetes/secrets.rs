//! Metadata of secrets without their annotations: `kubectl apply` keeps the whole
//! object, values included, in one of them.

use bytes::Bytes;
use http::{HeaderMap, Response, header};
use http_body_util::{BodyExt as _, Limited};
use kube::client::Body;
use serde_json::Value;
use tower::BoxError;

use super::asked::Asked;
use super::error::Error;
use crate::model::Clean;

/// Most bytes taken of an answer about secrets.
const LONGEST: usize = 64 << 20;

/// Whether a request asks for secrets.
pub fn asked_for(path: &str) -> bool {
    matches!(Asked::parse(path), Some(Asked::Resource { resource: "secrets", .. }))
}

/// The same answer without annotations, before anybody sees it.
///
/// # Errors
/// It is no JSON, or too long; nothing of it is given on then.
pub async fn stripped(path: &str, response: Response<Body>) -> Result<Response<Body>, BoxError> {
    let (mut parts, body) = response.into_parts();
    let body = Limited::new(body, LONGEST).collect().await?.to_bytes();
    let body = without_annotations(&parts.headers, &body).ok_or_else(|| Error::Malformed {
        what: Clean::capped(path, 300),
        why: Clean::from("the answer is not the JSON that was asked for, and what it says of secrets is not kept"),
    })?;
    parts.headers.remove(header::CONTENT_LENGTH);
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn without_annotations(headers: &HeaderMap, body: &Bytes) -> Option<Vec<u8>> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    if !kind.starts_with("application/json") || headers.contains_key(header::CONTENT_ENCODING) {
        return None;
    }
    let mut answer: Value = serde_json::from_slice(body).ok()?;
    strip(&mut answer);
    if let Some(items) = answer.get_mut("items").and_then(Value::as_array_mut) {
        items.iter_mut().for_each(strip);
    }
    serde_json::to_vec(&answer).ok()
}

fn strip(object: &mut Value) {
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("annotations");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    async fn through(kind: &str, body: &str) -> Result<String, String> {
        let response =
            Response::builder().header(header::CONTENT_TYPE, kind).body(Body::from(body.as_bytes().to_vec())).unwrap();
        let stripped = stripped("/api/v1/secrets", response).await.map_err(|error| error.to_string())?;
        let bytes = stripped.into_body().collect().await.unwrap().to_bytes();
        Ok(String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn annotations_of_secrets_go_no_further() {
        let secret = json!({"metadata": {"name": "db", "uid": "u", "labels": {"app": "web"},
            "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "aHVudGVyMg=="}}});
        for body in [secret.to_string(), json!({"items": [secret], "metadata": {"resourceVersion": "7"}}).to_string()] {
            let seen = through("application/json", &body).await.unwrap();
            assert!(seen.contains("\"db\"") && seen.contains("\"web\""), "{seen}");
            assert!(!seen.contains("aHVudGVyMg"), "{seen}");
        }
    }

    #[tokio::test]
    async fn what_cannot_be_read_is_not_given_on() {
        for (kind, body) in
            [("application/vnd.kubernetes.protobuf", "k8s\0aHVudGVyMg"), ("application/json", "{\"a\":")]
        {
            assert!(through(kind, body).await.unwrap_err().contains("not kept"));
        }
    }

    #[test]
    fn secrets_are_known_by_their_path() {
        assert!(asked_for("/api/v1/namespaces/shop/secrets/db") && asked_for("/api/v1/secrets"));
        assert!(!asked_for("/api/v1/namespaces/secrets/pods"));
    }
}
