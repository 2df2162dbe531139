//! Members of JSON objects, however their writer spells them.
//!
//! The same finding is camelCase on the wire, PascalCase from the SDKs' command
//! lines, and a few abbreviations differ once more (`sourceIPs`, `SourceIps`).
//! Null and the empty string mean the same as absence.

use serde_json::Value;

use crate::model::Clean;

/// Longest text that is taken out of a finding, in characters. The raw JSON keeps all of it.
const LONGEST: usize = 2_048;

/// The value at a path of member names, written with `/` between them.
pub fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('/').try_fold(value, member)
}

fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let found = match value {
        Value::Object(members) => members
            .get(name)
            .or_else(|| members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))?,
        Value::Array(items) => items.get(name.parse::<usize>().ok()?)?,
        _ => return None,
    };
    let nothing = found.is_null() || found.as_str().is_some_and(str::is_empty);
    (!nothing).then_some(found)
}

/// Whether there is something at a path.
pub fn has(value: &Value, path: &str) -> bool {
    at(value, path).is_some()
}

/// The text at a path as it stands, for decisions; it is never shown.
pub fn word<'a>(value: &'a Value, path: &str) -> &'a str {
    at(value, path).and_then(Value::as_str).unwrap_or_default()
}

/// The text at a path; a number or a truth value as text; empty where there is nothing.
pub fn text(value: &Value, path: &str) -> Clean {
    at(value, path).map(shown).unwrap_or_default()
}

/// A scalar as text. Objects and lists are none.
pub fn shown(value: &Value) -> Clean {
    match value {
        Value::String(text) => Clean::capped(text, LONGEST),
        Value::Number(number) => number.to_string().into(),
        Value::Bool(bool) => bool.to_string().into(),
        Value::Null | Value::Array(_) | Value::Object(_) => Clean::default(),
    }
}

/// The first of several paths that has a text.
pub fn first(value: &Value, paths: &[&str]) -> Clean {
    paths.iter().map(|path| text(value, path)).find(|text| !text.is_empty()).unwrap_or_default()
}

/// The number at a path, or in the text there.
pub fn number(value: &Value, path: &str) -> Option<f64> {
    let found = at(value, path)?;
    found.as_f64().or_else(|| found.as_str()?.trim().parse().ok()).filter(|number| number.is_finite())
}

/// The whole number at a path; 0 where there is none or it is below that.
pub fn count(value: &Value, path: &str) -> u64 {
    at(value, path)
        .and_then(Value::as_u64)
        .or_else(|| number(value, path).map(|number| number.max(0.0) as u64))
        .unwrap_or(0)
}

/// Whether the value at a path is true, or a text that says so.
pub fn is_true(value: &Value, path: &str) -> bool {
    at(value, path).is_some_and(|found| {
        found.as_bool().unwrap_or_else(|| found.as_str().is_some_and(|text| text.eq_ignore_ascii_case("true")))
    })
}

/// The items of the list at a path; one value that is no list is a list of one.
pub fn list<'a>(value: &'a Value, path: &str) -> &'a [Value] {
    match at(value, path) {
        Some(Value::Array(items)) => items,
        Some(Value::Object(_) | Value::String(_)) => at(value, path).map_or(&[], std::slice::from_ref),
        _ => &[],
    }
}

/// The texts of the list at a path, none of them empty.
pub fn texts(value: &Value, path: &str) -> Vec<Clean> {
    list(value, path).iter().map(shown).filter(|text| !text.is_empty() && *text != "[]").collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn spelling_does_not_matter() {
        for value in
            [json!({"sourceIPs": ["1.2.3.4"]}), json!({"SourceIps": ["1.2.3.4"]}), json!({"sourceips": "1.2.3.4"})]
        {
            assert_eq!(texts(&value, "sourceIPs"), ["1.2.3.4"]);
        }
    }

    #[test]
    fn nothing_is_nothing_in_every_form() {
        for value in [json!({}), json!({"a": null}), json!({"a": ""}), json!([]), json!(7)] {
            assert!(!has(&value, "a") && !has(&value, "a/b"));
            assert_eq!((text(&value, "a"), count(&value, "a"), list(&value, "a").len()), (Clean::default(), 0, 0));
        }
    }

    #[test]
    fn numbers_may_be_texts() {
        let value = json!({"a": "5", "b": 5, "c": "1.7E9", "d": -1, "e": "true"});
        assert_eq!(
            (count(&value, "a"), count(&value, "b"), count(&value, "c"), count(&value, "d")),
            (5, 5, 1_700_000_000, 0)
        );
        assert!(is_true(&value, "e"));
    }
}
