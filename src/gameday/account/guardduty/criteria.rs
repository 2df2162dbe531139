//! Which findings a list asks for, and in which order.

use jiff::Timestamp;
use serde_json::Value;

use super::super::super::json::{items, text};
use super::super::Fault;

/// Findings that fulfil every criterion, in the order that is asked for.
pub(super) fn selected(findings: Vec<Value>, body: &Value) -> Result<Vec<Value>, Fault> {
    let mut found = findings;
    let criteria = body.pointer("/findingCriteria/criterion").and_then(Value::as_object);
    for (attribute, condition) in criteria.into_iter().flatten() {
        for (word, wanted) in condition.as_object().into_iter().flatten() {
            let test = test(word).ok_or_else(|| {
                Fault::new(
                    "BadRequestException",
                    format!("The request is rejected because the condition {word} has an invalid value."),
                )
            })?;
            found.retain(|finding| test(at(finding, attribute), wanted));
        }
    }
    let sorted = text(body, "/sortCriteria/attributeName").to_owned();
    if !sorted.is_empty() {
        found.sort_by_key(|finding| measure(at(finding, &sorted)));
        if text(body, "/sortCriteria/orderBy") == "DESC" {
            found.reverse();
        }
    }
    Ok(found)
}

type Test = fn(&Value, &Value) -> bool;

fn test(word: &str) -> Option<Test> {
    Some(match word {
        "eq" | "equals" => |held, wanted| is_any(held, wanted),
        "neq" | "notEquals" => |held, wanted| !is_any(held, wanted),
        "gt" | "greaterThan" => |held, wanted| measure(held) > measure(wanted),
        "gte" | "greaterThanOrEqual" => |held, wanted| measure(held) >= measure(wanted),
        "lt" | "lessThan" => |held, wanted| measure(held) < measure(wanted),
        "lte" | "lessThanOrEqual" => |held, wanted| measure(held) <= measure(wanted),
        _ => return None,
    })
}

fn is_any(held: &Value, wanted: &Value) -> bool {
    let held = held.as_str().map_or_else(|| held.to_string(), str::to_owned);
    items(wanted, "").iter().any(|one| one.as_str() == Some(&held))
}

/// A number, or the milliseconds of a moment.
fn measure(value: &Value) -> i64 {
    let moment = || value.as_str()?.parse::<Timestamp>().ok().map(Timestamp::as_millisecond);
    value.as_f64().map(|number| number as i64).or_else(moment).unwrap_or(0)
}

fn at<'a>(finding: &'a Value, attribute: &str) -> &'a Value {
    finding.pointer(&format!("/{}", attribute.replace('.', "/"))).unwrap_or(&Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_criterion_has_to_hold() {
        let findings = || {
            vec![
                json!({"id": "a", "service": {"archived": false}, "severity": 8, "updatedAt": "2026-01-01T00:00:00Z"}),
                json!({"id": "b", "service": {"archived": true}, "severity": 2, "updatedAt": "2026-01-02T00:00:00Z"}),
            ]
        };
        let ids = |body: Value| {
            selected(findings(), &body)
                .unwrap()
                .iter()
                .map(|one| one["id"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        let criterion = |criterion: Value| json!({"findingCriteria": {"criterion": criterion}});
        assert_eq!(ids(json!({})), ["a", "b"]);
        assert_eq!(ids(criterion(json!({"service.archived": {"equals": ["false"]}}))), ["a"]);
        assert_eq!(ids(criterion(json!({"updatedAt": {"greaterThanOrEqual": 1_767_312_000_000_i64}}))), ["b"]);
        assert_eq!(
            ids(criterion(json!({"severity": {"gte": 4}, "service.archived": {"eq": ["true"]}}))),
            Vec::<String>::new()
        );
        assert_eq!(ids(json!({"sortCriteria": {"attributeName": "updatedAt", "orderBy": "DESC"}})), ["b", "a"]);
        assert!(selected(findings(), &criterion(json!({"severity": {"like": 1}}))).is_err());
    }
}
