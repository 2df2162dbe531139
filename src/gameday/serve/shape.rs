//! An object in the form that was asked for.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::json::text;
use super::super::store::Resource;
use super::super::table;
use super::negotiate::Form;

/// What of an object stands beside its row in a table (`includeObject`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beside {
    /// Its metadata, unless something else is asked for.
    Metadata,
    /// All of it.
    Object,
    /// Nothing.
    Nothing,
}

impl Beside {
    /// As the query names it.
    pub(super) fn parse(written: &str) -> Self {
        match written {
            "Object" => Self::Object,
            "None" => Self::Nothing,
            _ => Self::Metadata,
        }
    }
}

/// How objects are to be given.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// Whose objects.
    pub(super) resource: &'static Resource,
    /// In which form.
    pub(super) form: Form,
    /// Beside a row.
    pub(super) beside: Beside,
}

impl Shape {
    /// One object; in a table, a table of one row.
    pub(super) fn one(self, object: &Value, headed: bool) -> Value {
        match self.form {
            Form::Metadata => partial(object),
            Form::Table => {
                let revision = object.pointer("/metadata/resourceVersion").cloned().unwrap_or_default();
                self.table(&[object], json!({"resourceVersion": revision}), headed)
            }
            Form::Plain | Form::Discovery(_) => self.native(object),
        }
    }

    /// A list with its metadata.
    pub(super) fn list(self, objects: &[&Value], metadata: Value) -> Value {
        match self.form {
            Form::Metadata => {
                let items: Vec<Value> = objects.iter().map(|object| partial(object)).collect();
                json!({"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": metadata, "items": items})
            }
            Form::Table => self.table(objects, metadata, true),
            Form::Plain | Form::Discovery(_) => {
                let items: Vec<Value> = objects.iter().map(|object| self.item(object)).collect();
                json!({"kind": format!("{}List", self.resource.kind), "apiVersion": self.resource.api_version(), "metadata": metadata, "items": items})
            }
        }
    }

    fn table(self, objects: &[&Value], metadata: Value, headed: bool) -> Value {
        let now = Timestamp::now();
        let table = table::of(self.resource.kind);
        let rows: Vec<Value> = objects
            .iter()
            .map(|object| {
                let mut row = json!({"cells": table.cells(object, now)});
                let beside = match self.beside {
                    Beside::Metadata => partial(object),
                    Beside::Object => self.native(object),
                    Beside::Nothing => Value::Null,
                };
                super::super::json::set(&mut row, "/object", beside);
                row
            })
            .collect();
        let columns = if headed { table.columns() } else { Value::Null };
        json!({"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata, "columnDefinitions": columns, "rows": rows})
    }

    /// As the resource's group writes it.
    fn native(self, object: &Value) -> Value {
        if self.resource.group == "events.k8s.io" { event(object) } else { object.clone() }
    }

    /// As an item of a list: kind and version are the list's.
    fn item(self, object: &Value) -> Value {
        let mut item = self.native(object);
        if let Some(map) = item.as_object_mut() {
            map.remove("kind");
            map.remove("apiVersion");
        }
        item
    }
}

fn partial(object: &Value) -> Value {
    json!({"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object.get("metadata")})
}

/// A core event as `events.k8s.io` writes it.
fn event(object: &Value) -> Value {
    let at = |pointer: &str| object.pointer(pointer).cloned().unwrap_or_default();
    let mut event = json!({
        "kind": "Event", "apiVersion": "events.k8s.io/v1", "metadata": at("/metadata"), "eventTime": at("/eventTime"),
        "reportingController": at("/reportingComponent"), "reportingInstance": at("/reportingInstance"),
        "reason": at("/reason"), "regarding": at("/involvedObject"), "note": at("/message"), "type": at("/type"),
        "deprecatedSource": at("/source"), "deprecatedFirstTimestamp": at("/firstTimestamp"),
        "deprecatedLastTimestamp": at("/lastTimestamp"), "deprecatedCount": at("/count"),
    });
    if !text(object, "/action").is_empty() {
        super::super::json::set(&mut event, "/action", at("/action"));
    }
    event
}
