//! An object and its events as text.

use serde_json::Value;

use crate::model::{Age, Clean};

/// The object as `kubectl get -o yaml` prints it. What hides in its texts is
/// shown as `Clean` shows it; the raw bytes belong to evidence.
pub fn yaml(raw: &[u8], managed: bool) -> Result<Vec<Clean>, Clean> {
    let mut object: Value = serde_json::from_slice(raw).map_err(|error| unreadable(&error))?;
    if !managed && let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("managedFields");
    }
    let text = serde_yaml::to_string(&object).map_err(|error| unreadable(&error))?;
    Ok(text.lines().map(Clean::from).collect())
}

/// The events of a list, the newest last, one a line.
pub fn events(raw: &[u8], now: i64) -> Result<Vec<Clean>, Clean> {
    let list: Value = serde_json::from_slice(raw).map_err(|error| unreadable(&error))?;
    let items = list.get("items").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if items.is_empty() {
        return Ok(vec!["No events. The API server keeps them for an hour unless it is told otherwise.".into()]);
    }
    let mut events: Vec<(i64, Clean)> = items.iter().map(|event| line(event, now)).collect();
    events.sort_by_key(|(when, _)| *when);
    Ok(events.into_iter().map(|(_, line)| line).collect())
}

fn line(event: &Value, now: i64) -> (i64, Clean) {
    let text = |field: &str| event.get(field).and_then(Value::as_str).unwrap_or("");
    let series = event.pointer("/series/lastObservedTime").and_then(Value::as_str).unwrap_or("");
    let stamps = [series, text("lastTimestamp"), text("deprecatedLastTimestamp"), text("eventTime")];
    let when = stamps.iter().find_map(|stamp| stamp.parse::<jiff::Timestamp>().ok()).map_or(0, |at| at.as_second());
    let count = event.get("count").or_else(|| event.get("deprecatedCount")).and_then(Value::as_u64).unwrap_or(1);
    let times = if count > 1 { format!(" (x{count})") } else { String::new() };
    let age = if when == 0 { "-".to_owned() } else { Age::between(when, now).to_string() };
    let message = if text("message").is_empty() { text("note") } else { text("message") };
    let line = format!("{age:>5} ago  {:<8} {:<20} {message}{times}", text("type"), text("reason"));
    (when, line.into())
}

fn unreadable(error: &dyn std::fmt::Display) -> Clean {
    format!("the server's answer cannot be read ({error}); try again, or ask it with kubectl get -o yaml").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yaml_hides_managed_fields_and_what_terminals_obey() {
        let raw =
            br#"{"metadata":{"name":"web","managedFields":[{"manager":"x"}],"annotations":{"a":"\u001b[31mred"}}}"#;
        let lines = yaml(raw, false).unwrap();
        assert!(lines.iter().any(|line| line.contains("name: web")));
        assert!(!lines.iter().any(|line| line.contains("manager") || line.contains('\u{1b}')));
        assert!(yaml(raw, true).unwrap().iter().any(|line| line.contains("manager")));
    }

    #[test]
    fn events_stand_in_order() {
        let raw = br#"{"items":[
            {"type":"Warning","reason":"BackOff","message":"later","lastTimestamp":"2026-01-01T00:01:00Z","count":3},
            {"type":"Normal","reason":"Pulled","note":"earlier","eventTime":"2026-01-01T00:00:00.000000Z"}]}"#;
        let lines = events(raw, 1_767_225_720).unwrap();
        assert!(lines[0].contains("earlier"));
        assert!(lines[1].contains("later (x3)"));
        assert!(events(b"no json", 0).is_err());
    }
}
