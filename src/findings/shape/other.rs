//! What is no finding, called by its name.

use serde_json::Value;

use super::super::member::{has, text, word};

/// What a value is, in words.
pub fn name(value: &Value) -> String {
    let members = match value {
        Value::Object(members) => members,
        Value::Array(_) => return "a list".to_owned(),
        Value::String(_) => return "a text".to_owned(),
        Value::Null => return "null".to_owned(),
        Value::Number(_) | Value::Bool(_) => return "a number or a truth value".to_owned(),
    };
    if has(value, "FindingIds") {
        return "a list of findings' ids (ListFindings); `aws guardduty get-findings` gives the findings".to_owned();
    }
    if has(value, "DetectorIds") {
        return "a list of detectors' ids (ListDetectors)".to_owned();
    }
    if has(value, "FindingPublishingFrequency") || has(value, "Features") && has(value, "DataSources") {
        return "the settings of a GuardDuty detector (GetDetector)".to_owned();
    }
    if has(value, "eventSource") && has(value, "eventName") {
        return format!("a CloudTrail record ({})", text(value, "eventName"));
    }
    if has(value, "s3/bucket") {
        return "an S3 event; the findings are in the object that it names".to_owned();
    }
    if has(value, "detail-type") {
        return format!("an EventBridge event without a finding ({})", text(value, "detail-type"));
    }
    if !word(value, "apiVersion").is_empty() && !word(value, "kind").is_empty() {
        return format!("a Kubernetes {}", text(value, "kind"));
    }
    let names: Vec<&str> = members.keys().map(String::as_str).take(6).collect();
    match names.is_empty() {
        true => "an empty object".to_owned(),
        false => format!("an object with the members {}", names.join(", ")),
    }
}
