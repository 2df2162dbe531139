//! What a client sent along.

use http::StatusCode;
use http::header::{CONTENT_TYPE, USER_AGENT};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use serde_json::Value;

use super::super::schema;
use super::failure::Failure;

/// As the real server's limit.
const LARGEST: usize = 3 * 1024 * 1024;

/// What an apply is called.
const APPLY: &str = "application/apply-patch+yaml";

/// A body with the type that it is said to be of, and who sent it.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    /// Media type without parameters; empty where none is named.
    pub(super) media: String,
    /// The client's `User-Agent`.
    pub(super) agent: String,
    bytes: Vec<u8>,
}

impl Sent {
    /// Reads a request's body.
    pub(super) async fn read(request: http::Request<Incoming>) -> Result<Self, Failure> {
        let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let media = header(CONTENT_TYPE).split(';').next().unwrap_or_default().trim().to_owned();
        let agent = header(USER_AGENT).to_owned();
        let body = Limited::new(request.into_body(), LARGEST)
            .collect()
            .await
            .map_err(|_| Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", "limit is 3145728"))?;
        Ok(Self { media, agent, bytes: body.to_bytes().to_vec() })
    }

    /// Whether it is a configuration to be applied.
    pub(super) fn applies(&self) -> bool {
        self.media == APPLY
    }

    /// The body as an object; `None` where nothing was sent.
    pub(super) fn object(&self) -> Result<Option<Value>, Failure> {
        if self.bytes.is_empty() {
            return Ok(None);
        }
        match self.media.as_str() {
            "application/yaml" | APPLY => serde_yaml::from_slice(&self.bytes)
                .map(Some)
                .map_err(|error| Failure::bad_request(format!("error decoding YAML: {error}"))),
            ""
            | "application/json"
            | "application/json-patch+json"
            | "application/merge-patch+json"
            | "application/strategic-merge-patch+json" => {
                serde_json::from_slice(&self.bytes).map(Some).map_err(|error| {
                    Failure::bad_request(format!("the object provided is unrecognized (must be of type JSON): {error}"))
                })
            }
            "application/vnd.kubernetes.protobuf" => {
                schema::read_protobuf(&self.bytes).map(Some).ok_or_else(unsupported)
            }
            _ => Err(unsupported()),
        }
    }

    /// The body as an object that must be there.
    pub(super) fn needed(&self) -> Result<Value, Failure> {
        self.object()?.ok_or_else(|| Failure::bad_request("the request has no body; an object is needed"))
    }
}

fn unsupported() -> Failure {
    Failure::unsupported(&["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"])
}
