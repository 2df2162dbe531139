//! Whether an object is of its type: fields that nobody knows, values of another kind.

use serde_json::Value;

use super::super::schema::Type;

/// Takes away the fields that the type does not have, and names them.
///
/// # Errors
/// A value that cannot be read as its field's type, in the words of the real server.
pub(super) fn fit(object: &mut Value, kind: Type) -> Result<Vec<String>, String> {
    let mut unknown = Vec::new();
    walk(object, kind, "", "", &mut unknown)?;
    Ok(unknown)
}

fn walk(value: &mut Value, kind: Type, path: &str, within: &str, unknown: &mut Vec<String>) -> Result<(), String> {
    let right = match kind.shape() {
        "string" => value.is_string() || value.is_null(),
        "integer" => value.is_i64() || value.is_u64() || value.is_null(),
        "boolean" => value.is_boolean() || value.is_null(),
        "number" => value.is_number() || value.is_null(),
        "object" => value.is_object() || value.is_null(),
        "array" => value.is_array() || value.is_null(),
        _ => true,
    };
    if !right {
        let sort = match value {
            Value::String(_) => "string",
            Value::Number(_) => "number",
            Value::Bool(_) => "bool",
            Value::Array(_) => "array",
            _ => "object",
        };
        return Err(format!(
            "json: cannot unmarshal {sort} into Go struct field {within}.{path} of type {}",
            kind.go_name()
        ));
    }
    let step = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::Object(map) => {
            let free = kind.fields().is_none() && kind.values().is_none();
            let strange: Vec<String> = map.keys().filter(|name| !free && kind.below(name).is_none()).cloned().collect();
            for name in strange {
                map.remove(&name);
                unknown.push(step(&name));
            }
            for (name, value) in map.iter_mut() {
                if let Some(below) = kind.field(name) {
                    walk(value, below, &step(name), kind.name(), unknown)?;
                } else if let Some(below) = kind.values() {
                    // Go names the field that holds the map, not the key.
                    walk(value, below, path, within, unknown)?;
                }
            }
        }
        Value::Array(list) => {
            if let Some(items) = kind.items() {
                for (place, item) in list.iter_mut().enumerate() {
                    walk(item, items, &format!("{path}[{place}]"), within, unknown)?;
                }
            }
        }
        _ => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fitted(mut object: Value) -> (Result<Vec<String>, String>, Value) {
        let fitted = fit(&mut object, Type::named("apps", "v1", "Deployment").unwrap());
        (fitted, object)
    }

    #[test]
    fn unknown_fields_are_named_and_dropped() {
        let (unknown, object) = fitted(json!({
            "metadata": {"labels": {"anything": "goes"}},
            "spec": {"nope": 1, "template": {"spec": {"containers": [{"name": "a", "imge": "x"}]}}},
        }));
        assert_eq!(unknown.unwrap(), ["spec.nope", "spec.template.spec.containers[0].imge"]);
        assert_eq!(object.pointer("/spec/template/spec/containers/0"), Some(&json!({"name": "a"})));
    }

    #[test]
    fn a_value_of_another_kind_is_refused() {
        let (refused, _) = fitted(json!({"spec": {"replicas": "two"}}));
        let words = "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32";
        assert_eq!(refused.unwrap_err(), words);
        let amounts = json!({"spec": {"strategy": {"rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 1}}}});
        assert!(fitted(amounts).0.unwrap().is_empty());
    }
}
