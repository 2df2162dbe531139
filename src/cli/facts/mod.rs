//! What is known of a row, as JSON. Field names are a promise: some are added, none is ever renamed.

mod node;
mod object;
mod pod;

use serde_json::{Map, Value, json};

use crate::inventory::{Inventory, Row};
use crate::model::Clean;
use crate::model::facts::Owner;

/// One item of a list.
pub fn of(row: &Row<'_>, inventory: &Inventory) -> Value {
    let id = row.id();
    let mut item = Map::new();
    item.insert("apiVersion".into(), id.kind.api_version().into());
    item.insert("kind".into(), id.kind.name().into());
    item.insert("metadata".into(), metadata(row));
    item.insert("cluster".into(), cluster(row, inventory));
    match row {
        Row::Pod(pod) => pod::add(&mut item, *pod),
        Row::Node(session, node) => node::add(&mut item, node, inventory.pods().on_node(*session, &node.meta.name)),
        Row::Object(_, object) => object::add(&mut item, &object.shape),
    }
    item.insert("hidSomething".into(), row.hid_something().into());
    Value::Object(item)
}

fn metadata(row: &Row<'_>) -> Value {
    let mut metadata = Map::new();
    metadata.insert("name".into(), json!(row.name()));
    if !row.namespace().is_empty() {
        metadata.insert("namespace".into(), json!(row.namespace()));
    }
    metadata.insert("uid".into(), json!(row.id().uid));
    metadata.insert("creationTimestamp".into(), time((row.created() != 0).then(|| row.created())));
    metadata.insert("labels".into(), pairs(row.labels()));
    Value::Object(metadata)
}

/// Where the row comes from: the context's name is for people, the UID decides.
fn cluster(row: &Row<'_>, inventory: &Inventory) -> Value {
    inventory.cluster(row.id().session).map_or(Value::Null, |cluster| {
        json!({
            "name": cluster.label,
            "uid": cluster.id(),
            "account": text(&cluster.account),
            "region": text(&cluster.region),
        })
    })
}

/// A text, or null where there is none.
fn text(text: &Clean) -> Value {
    if text.is_empty() { Value::Null } else { json!(text) }
}

/// RFC 3339 in UTC, or null.
fn time(seconds: Option<i64>) -> Value {
    let time = seconds.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    time.map_or(Value::Null, |time| time.to_string().into())
}

fn pairs(pairs: &[(Clean, Clean)]) -> Value {
    pairs.iter().map(|(key, value)| (key.to_string(), json!(value))).collect::<Map<_, _>>().into()
}

fn owner(owner: Option<&Owner>) -> Value {
    owner.map_or(Value::Null, |owner| json!({"kind": owner.kind, "name": owner.name, "uid": owner.uid}))
}
