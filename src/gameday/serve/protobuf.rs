//! Bodies in protobuf, for the few kinds that `kubectl` sends so: reviews, evictions, options.
//!
//! Field numbers are those of the `generated.proto` files of `k8s.io/api` and
//! `k8s.io/apimachinery`, which never change.

use serde_json::{Map, Value, json};

use crate::kubernetes::proto::{Fields, Value as Field};

/// What precedes every object in protobuf.
const MAGIC: &[u8] = b"k8s\0";

/// A field: its number, its name and what it holds.
type Known = (u32, &'static str, Holds);

#[derive(Clone, Copy)]
enum Holds {
    Text,
    Texts,
    Number,
    Flag,
    Message(&'static [Known]),
    Pairs,
}

use Holds::{Flag, Message, Number, Pairs, Text, Texts};

const META: &[Known] = &[
    (1, "name", Text),
    (2, "generateName", Text),
    (3, "namespace", Text),
    (5, "uid", Text),
    (6, "resourceVersion", Text),
    (11, "labels", Pairs),
    (12, "annotations", Pairs),
];
const RESOURCE: &[Known] = &[
    (1, "namespace", Text),
    (2, "verb", Text),
    (3, "group", Text),
    (4, "version", Text),
    (5, "resource", Text),
    (6, "subresource", Text),
    (7, "name", Text),
];
const PATH: &[Known] = &[(1, "path", Text), (2, "verb", Text)];
const OF_ONESELF: &[Known] =
    &[(1, "resourceAttributes", Message(RESOURCE)), (2, "nonResourceAttributes", Message(PATH))];
const OF_ANYBODY: &[Known] = &[
    (1, "resourceAttributes", Message(RESOURCE)),
    (2, "nonResourceAttributes", Message(PATH)),
    (3, "user", Text),
    (4, "groups", Texts),
    (6, "uid", Text),
];
const OPTIONS: &[Known] = &[
    (1, "gracePeriodSeconds", Number),
    (2, "preconditions", Message(&[(1, "uid", Text), (2, "resourceVersion", Text)])),
    (3, "orphanDependents", Flag),
    (4, "propagationPolicy", Text),
    (5, "dryRun", Texts),
];

/// The fields of a kind; `None` for the many that nobody sends here in protobuf.
fn known(kind: &str) -> Option<&'static [Known]> {
    Some(match kind {
        "SelfSubjectAccessReview" => &[(1, "metadata", Message(META)), (2, "spec", Message(OF_ONESELF))],
        "SubjectAccessReview" | "LocalSubjectAccessReview" => {
            &[(1, "metadata", Message(META)), (2, "spec", Message(OF_ANYBODY))]
        }
        "SelfSubjectRulesReview" => &[(1, "metadata", Message(META)), (2, "spec", Message(&[(1, "namespace", Text)]))],
        "SelfSubjectReview" | "Namespace" | "ServiceAccount" => &[(1, "metadata", Message(META))],
        "Eviction" => &[(1, "metadata", Message(META)), (2, "deleteOptions", Message(OPTIONS))],
        "DeleteOptions" => OPTIONS,
        _ => return None,
    })
}

/// Reads an object; `None` where it is none, or of a kind that is not read.
pub(super) fn read(bytes: &[u8]) -> Option<Value> {
    let envelope = bytes.strip_prefix(MAGIC)?;
    let (mut kind, mut version, mut raw) = (String::new(), String::new(), &[][..]);
    for field in Fields::of(envelope) {
        match field.ok()? {
            (1, Field::Bytes(about)) => {
                for field in Fields::of(about) {
                    match field.ok()? {
                        (1, Field::Bytes(text)) => version = String::from_utf8_lossy(text).into_owned(),
                        (2, Field::Bytes(text)) => kind = String::from_utf8_lossy(text).into_owned(),
                        _ => {}
                    }
                }
            }
            (2, Field::Bytes(object)) => raw = object,
            _ => {}
        }
    }
    let mut object = message(raw, known(&kind)?)?;
    super::super::json::set(&mut object, "/kind", kind);
    super::super::json::set(&mut object, "/apiVersion", version);
    Some(object)
}

fn message(bytes: &[u8], fields: &[Known]) -> Option<Value> {
    let mut object = Map::new();
    for field in Fields::of(bytes) {
        let (number, value) = field.ok()?;
        let Some((_, name, holds)) = fields.iter().find(|(known, _, _)| *known == number) else { continue };
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match (holds, value) {
            (Text, Field::Bytes(bytes)) if !bytes.is_empty() => {
                drop(object.insert((*name).to_owned(), text(bytes).into()))
            }
            (Texts, Field::Bytes(bytes)) => {
                let list = object.entry(*name).or_insert_with(|| json!([]));
                list.as_array_mut()?.push(text(bytes).into());
            }
            (Number, Field::Number(number)) => drop(object.insert((*name).to_owned(), number.cast_signed().into())),
            (Flag, Field::Number(number)) => drop(object.insert((*name).to_owned(), (number != 0).into())),
            (Message(fields), Field::Bytes(bytes)) => {
                object.insert((*name).to_owned(), message(bytes, fields)?);
            }
            (Pairs, Field::Bytes(bytes)) => {
                let pair = message(bytes, &[(1, "key", Text), (2, "value", Text)])?;
                let map = object.entry(*name).or_insert_with(|| json!({}));
                let value = super::super::json::text(&pair, "/value");
                map.as_object_mut()?.insert(super::super::json::text(&pair, "/key").to_owned(), value.into());
            }
            _ => {}
        }
    }
    Some(Value::Object(object))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
        let mut out = vec![number << 3 | 2, u8::try_from(bytes.len()).unwrap()];
        out.extend_from_slice(bytes);
        out
    }

    fn envelope(kind: &str, raw: &[u8]) -> Vec<u8> {
        let about = [field(1, b"authorization.k8s.io/v1"), field(2, kind.as_bytes())].concat();
        [MAGIC.to_vec(), field(1, &about), field(2, raw)].concat()
    }

    #[test]
    fn a_review_is_read() {
        let attributes = [field(1, b"shop"), field(2, b"delete"), field(5, b"pods")].concat();
        let raw = field(2, &field(1, &attributes));
        let review = read(&envelope("SelfSubjectAccessReview", &raw)).unwrap();
        let expected = json!({"namespace": "shop", "verb": "delete", "resource": "pods"});
        assert_eq!(review.pointer("/spec/resourceAttributes"), Some(&expected));
        assert_eq!(review.pointer("/kind"), Some(&json!("SelfSubjectAccessReview")));
    }

    #[test]
    fn other_kinds_and_garbage_are_not_read() {
        assert!(read(&envelope("Deployment", &[])).is_none());
        assert!(read(b"{}").is_none());
        assert!(read(b"k8s\0\x12\xff").is_none());
    }
}
