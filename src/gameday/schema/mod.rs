//! Kubernetes' types as its API server describes them: the source of merge keys, field owners,
//! validation, OpenAPI and protobuf. Where the data comes from, `README.md` beside this file tells.

mod document;
mod kind;
mod protobuf;

use std::sync::LazyLock;

use serde_json::Value;

pub(super) use self::document::{document, documents};
pub(super) use self::kind::{List, Type};
pub(super) use self::protobuf::read as read_protobuf;

/// All of it, read when it is first needed.
static KNOWN: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("kubernetes.json")).unwrap_or_default());

/// Where schemas refer to each other.
const PREFIX: &str = "#/components/schemas/";

/// A schema by its name.
fn schema(name: &str) -> Option<&'static Value> {
    KNOWN.get("schemas")?.get(name)
}
