//! Reading and changing JSON objects by JSON pointer (RFC 6901), absent fields included.

use serde_json::{Map, Value};

/// The text there, empty where there is none.
pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The whole number there, 0 where there is none.
pub(super) fn number(value: &Value, pointer: &str) -> i64 {
    value.pointer(pointer).and_then(Value::as_i64).unwrap_or_default()
}

/// Whether `true` stands there.
pub(super) fn is_true(value: &Value, pointer: &str) -> bool {
    value.pointer(pointer).and_then(Value::as_bool).unwrap_or_default()
}

/// The list there, empty where there is none.
pub(super) fn items<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The key and text of every entry of the map there.
pub(super) fn pairs<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
    value
        .pointer(pointer)
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)))
}

/// The text of a label.
pub(super) fn label<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    object.pointer("/metadata/labels")?.get(key)?.as_str()
}

/// Puts a value there, making the objects on the way; an element of a list must be there already.
pub(super) fn set(value: &mut Value, pointer: &str, to: impl Into<Value>) {
    let mut here = value;
    for part in pointer.split('/').skip(1) {
        let part = part.replace("~1", "/").replace("~0", "~");
        if !here.is_object() && !here.is_array() {
            *here = Value::Object(Map::new());
        }
        here = match here {
            Value::Object(map) => map.entry(part).or_insert(Value::Null),
            Value::Array(list) => match part.parse::<usize>().ok().and_then(|place| list.get_mut(place)) {
                Some(element) => element,
                None => return,
            },
            _ => return,
        };
    }
    *here = to.into();
}

/// Takes away what stands there.
pub(super) fn remove(value: &mut Value, pointer: &str) -> Option<Value> {
    let (parent, last) = pointer.rsplit_once('/')?;
    value.pointer_mut(parent)?.as_object_mut()?.remove(last.replace("~1", "/").replace("~0", "~").as_str())
}

/// The list there, made where there is none.
pub(super) fn list_mut<'a>(value: &'a mut Value, pointer: &str) -> Option<&'a mut Vec<Value>> {
    if !value.pointer(pointer).is_some_and(Value::is_array) {
        set(value, pointer, Value::Array(Vec::new()));
    }
    value.pointer_mut(pointer)?.as_array_mut()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn setting_makes_the_way() {
        let mut value = json!({"spec": null});
        set(&mut value, "/spec/a~1b/c", 1);
        assert_eq!(value, json!({"spec": {"a/b": {"c": 1}}}));
        assert_eq!(remove(&mut value, "/spec/a~1b"), Some(json!({"c": 1})));
        assert_eq!(value, json!({"spec": {}}));
        assert_eq!(remove(&mut value, "/spec/none"), None);
        let mut list = json!({"containers": [{"image": "a"}]});
        set(&mut list, "/containers/0/image", "b");
        set(&mut list, "/containers/1/image", "c");
        assert_eq!(list, json!({"containers": [{"image": "b"}]}));
    }
}
