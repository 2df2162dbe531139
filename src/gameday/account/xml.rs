//! Answers in XML, from the JSON that they would be elsewhere.

use serde_json::Value;

/// A document: fields become elements, the elements of a list are named `item` or `member` by the protocol.
pub(super) fn document(name: &str, namespace: &str, listed: &str, value: &Value) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let namespace = if namespace.is_empty() { String::new() } else { format!(" xmlns=\"{namespace}\"") };
    out.push_str(&format!("<{name}{namespace}>"));
    content(&mut out, listed, value);
    out.push_str(&format!("</{name}>"));
    out
}

fn content(out: &mut String, listed: &str, value: &Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
                element(out, name, listed, value);
            }
        }
        Value::Array(elements) => elements.iter().for_each(|value| element(out, listed, listed, value)),
        Value::String(text) => {
            for letter in text.chars() {
                match letter {
                    '&' => out.push_str("&amp;"),
                    '<' => out.push_str("&lt;"),
                    '>' => out.push_str("&gt;"),
                    other => out.push(other),
                }
            }
        }
        Value::Null => {}
        other => out.push_str(&other.to_string()),
    }
}

fn element(out: &mut String, name: &str, listed: &str, value: &Value) {
    out.push_str(&format!("<{name}>"));
    content(out, listed, value);
    out.push_str(&format!("</{name}>"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_elements_and_what_is_null_is_left_out() {
        let value = serde_json::json!({"a": [{"b": 1}, {"b": "<&"}], "c": null, "d": true});
        let document = document("X", "", "item", &value);
        assert!(
            document.ends_with("<X><a><item><b>1</b></item><item><b>&lt;&amp;</b></item></a><d>true</d></X>"),
            "{document}"
        );
    }
}
