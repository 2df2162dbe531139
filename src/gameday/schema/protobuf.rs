//! Objects as protobuf writes them (`k8s\0` and an envelope), read into JSON.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::KNOWN;

/// What stands before every object.
const MAGIC: &[u8] = b"k8s\0";

/// Deeper than any object that Kubernetes knows.
const DEEPEST: u32 = 64;

/// Reads an object; `None` where it is none, or of a kind that is not known.
pub(in super::super) fn read(bytes: &[u8]) -> Option<Value> {
    let envelope = bytes.strip_prefix(MAGIC)?;
    let (mut kind, mut version, mut raw) = (String::new(), String::new(), &[][..]);
    for field in Fields(envelope) {
        match field? {
            (1, Field::Bytes(about)) => {
                for field in Fields(about) {
                    match field? {
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
    let mut object = message(raw, &message_of(&version, &kind)?, DEEPEST)?;
    super::super::json::set(&mut object, "/kind", kind);
    super::super::json::set(&mut object, "/apiVersion", version);
    Some(object)
}

/// The full name of a kind's message.
fn message_of(version: &str, kind: &str) -> Option<String> {
    if kind == "DeleteOptions" {
        return Some("k8s.io.apimachinery.pkg.apis.meta.v1.DeleteOptions".to_owned());
    }
    let (group, version) = version.rsplit_once('/').unwrap_or(("core", version));
    // Groups are called by the first part of their names, but for one that has lost the rest of it.
    let package = group.split('.').next()?;
    Some(format!("k8s.io.api.{package}.{version}.{kind}"))
}

fn message(bytes: &[u8], name: &str, depth: u32) -> Option<Value> {
    let plain = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    match plain(name).as_str() {
        "Time" | "MicroTime" => return moment(bytes, plain(name) == "MicroTime"),
        "Quantity" => return text_at(bytes, 1),
        "IntOrString" => return int_or_string(bytes),
        "FieldsV1" | "RawExtension" => return raw(bytes),
        _ => {}
    }
    let fields = KNOWN.get("protobuf")?.get(name)?;
    let depth = depth.checked_sub(1)?;
    let mut object = Map::new();
    for field in Fields(bytes) {
        let (number, value) = field?;
        let known = fields.get(number.to_string()).and_then(Value::as_array).map(Vec::as_slice);
        let Some([Value::String(name), Value::String(kind), left_out_when_zero @ ..]) = known else {
            continue;
        };
        if let Some(kind) = kind.strip_prefix("repeated ") {
            let list = object.entry(name.as_str()).or_insert_with(|| json!([])).as_array_mut()?;
            match value {
                // Numbers may come packed.
                Field::Bytes(mut packed) if kind.starts_with("int") => {
                    while !packed.is_empty() {
                        list.push(varint(&mut packed)?.cast_signed().into());
                    }
                }
                value => list.push(one(value, kind, depth)?),
            }
        } else if let Some(held) = kind.strip_prefix("map<string,") {
            let Field::Bytes(entry) = value else { return None };
            let (mut key, mut held_value) = (Value::from(""), None);
            for field in Fields(entry) {
                match field? {
                    (1, value) => key = one(value, "string", depth)?,
                    (2, value) => held_value = Some(one(value, held.trim_end_matches('>'), depth)?),
                    _ => {}
                }
            }
            let map = object.entry(name.as_str()).or_insert_with(|| json!({})).as_object_mut()?;
            map.insert(key.as_str()?.to_owned(), held_value.unwrap_or_else(|| "".into()));
        } else if name.is_empty() {
            // Go embeds it: JSON has its fields without its name.
            let Value::Object(embedded) = one(value, kind, depth)? else { return None };
            object.extend(embedded);
        } else {
            let value = one(value, kind, depth)?;
            // Go writes what is not a pointer even where it is not set; JSON leaves it out.
            let zero = !left_out_when_zero.is_empty() && (value == json!(false) || value == json!(0));
            let unset = zero || value == json!("") || value.is_null();
            if !unset {
                object.insert(name.clone(), value);
            }
        }
    }
    Some(Value::Object(object))
}

fn one(value: Field<'_>, kind: &str, depth: u32) -> Option<Value> {
    Some(match (kind, value) {
        ("string", Field::Bytes(bytes)) => String::from_utf8_lossy(bytes).into_owned().into(),
        ("bytes", Field::Bytes(bytes)) => STANDARD.encode(bytes).into(),
        ("bool", Field::Number(number)) => (number != 0).into(),
        ("int32" | "int64", Field::Number(number)) => number.cast_signed().into(),
        (_, Field::Bytes(bytes)) => message(bytes, kind, depth)?,
        _ => return None,
    })
}

fn text_at(bytes: &[u8], wanted: u64) -> Option<Value> {
    let mut found = Value::from("");
    for field in Fields(bytes) {
        if let (number, Field::Bytes(text)) = field?
            && number == wanted
        {
            found = String::from_utf8_lossy(text).into_owned().into();
        }
    }
    Some(found)
}

/// `null` where it is not set.
fn moment(bytes: &[u8], micro: bool) -> Option<Value> {
    let (mut seconds, mut nanos) = (None, 0);
    for field in Fields(bytes) {
        match field? {
            (1, Field::Number(number)) => seconds = Some(number.cast_signed()),
            (2, Field::Number(number)) => nanos = i32::try_from(number.cast_signed()).ok()?,
            _ => {}
        }
    }
    let Some(seconds) = seconds else { return Some(Value::Null) };
    let at = Timestamp::new(seconds, nanos).ok()?;
    Some(at.strftime(if micro { "%Y-%m-%dT%H:%M:%S.%6fZ" } else { "%Y-%m-%dT%H:%M:%SZ" }).to_string().into())
}

fn int_or_string(bytes: &[u8]) -> Option<Value> {
    let (mut is_text, mut number, mut text) = (false, 0, Value::from(""));
    for field in Fields(bytes) {
        match field? {
            (1, Field::Number(kind)) => is_text = kind == 1,
            (2, Field::Number(value)) => number = value.cast_signed(),
            (3, Field::Bytes(value)) => text = String::from_utf8_lossy(value).into_owned().into(),
            _ => {}
        }
    }
    Some(if is_text { text } else { number.into() })
}

fn raw(bytes: &[u8]) -> Option<Value> {
    for field in Fields(bytes) {
        if let (1, Field::Bytes(text)) = field? {
            return serde_json::from_slice(text).ok();
        }
    }
    Some(json!({}))
}

enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// The fields of a message with their numbers; `None` where the bytes are none.
struct Fields<'a>(&'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = Option<(u64, Field<'a>)>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_none() {
            self.0 = &[];
        }
        Some(field)
    }
}

impl<'a> Fields<'a> {
    fn field(&mut self) -> Option<(u64, Field<'a>)> {
        let tag = varint(&mut self.0)?;
        let value = match tag & 7 {
            0 => Field::Number(varint(&mut self.0)?),
            1 => Field::Number(u64::from_le_bytes(self.take(8)?.try_into().ok()?)),
            2 => {
                let length = usize::try_from(varint(&mut self.0)?).ok()?;
                Field::Bytes(self.take(length)?)
            }
            5 => Field::Number(u64::from(u32::from_le_bytes(self.take(4)?.try_into().ok()?))),
            _ => return None,
        };
        Some((tag >> 3, value))
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for place in 0..10 {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(first & 0x7f) << (7 * place);
        if first & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
        let mut out = vec![number << 3 | 2, u8::try_from(bytes.len()).unwrap()];
        out.extend_from_slice(bytes);
        out
    }

    fn envelope(version: &str, kind: &str, raw: &[u8]) -> Vec<u8> {
        let about = [field(1, version.as_bytes()), field(2, kind.as_bytes())].concat();
        [MAGIC.to_vec(), field(1, &about), field(2, raw)].concat()
    }

    #[test]
    fn a_review_is_read() {
        let attributes = [field(1, b"shop"), field(2, b"delete"), field(5, b"pods")].concat();
        let raw = field(2, &field(1, &attributes));
        let review = read(&envelope("authorization.k8s.io/v1", "SelfSubjectAccessReview", &raw)).unwrap();
        let expected = json!({"namespace": "shop", "verb": "delete", "resource": "pods"});
        assert_eq!(review.pointer("/spec/resourceAttributes"), Some(&expected));
        assert_eq!(review.pointer("/kind"), Some(&json!("SelfSubjectAccessReview")));
    }

    #[test]
    fn embedded_types_maps_and_amounts_are_read_as_json_has_them() {
        let port = [vec![0x18, 0x90, 0x3f], field(4, b"TCP")].concat();
        let amount = [field(1, b"cpu"), field(2, &field(1, b"100m"))].concat();
        let container = [field(1, b"web"), field(6, &port), field(8, &field(1, &amount))].concat();
        let host_path = field(2, &field(1, &field(1, b"/")));
        let volume = [field(1, b"host"), host_path].concat();
        let spec = [field(1, &volume), field(2, &container)].concat();
        let pod = read(&envelope("v1", "Pod", &field(2, &spec))).unwrap();
        assert_eq!(pod.pointer("/spec/volumes/0"), Some(&json!({"name": "host", "hostPath": {"path": "/"}})));
        let expected = json!({
            "name": "web", "ports": [{"containerPort": 8080, "protocol": "TCP"}],
            "resources": {"limits": {"cpu": "100m"}},
        });
        assert_eq!(pod.pointer("/spec/containers/0"), Some(&expected));
    }

    #[test]
    fn other_kinds_and_garbage_are_not_read() {
        assert!(read(&envelope("example.com/v1", "Widget", &[])).is_none());
        assert!(read(b"{}").is_none());
        assert!(read(b"k8s\0\x12\xff").is_none());
        let endless = (0..100).fold(Vec::new(), |inner, _| field(1, &inner[..inner.len().min(100)]));
        assert!(read(&envelope("v1", "Pod", &endless)).is_none_or(|pod| pod.is_object()));
    }
}
