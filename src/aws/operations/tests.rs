use std::collections::HashSet;

use serde_json::json;

use super::super::guard::ALLOWED;
use super::{all, find};

#[test]
fn every_operation_is_named_once_and_none_passes_a_closed_latch() {
    let mut names = HashSet::new();
    for operation in all() {
        let name = operation.name();
        assert!(names.insert(name), "{name} is there twice");
        let (service, operation) = name.split_once(':').unwrap();
        assert!(service.bytes().all(|byte| byte.is_ascii_lowercase()) && operation.chars().all(char::is_alphanumeric));
        let listed = ALLOWED.iter().any(|(_, calls)| calls.contains(&operation));
        assert!(!listed, "{name} is among what a closed latch lets through");
    }
    assert!(find("guardduty:ArchiveFindings").is_some() && find("guardduty:DeleteDetector").is_none());
}

#[test]
fn a_member_that_is_not_known_is_refused() {
    use crate::aws::call::body;
    use crate::aws::reported::Named;
    let call =
        |body| crate::model::Call { target: 0, method: "guardduty:ArchiveFindings".into(), path: "x".into(), body };
    assert!(body::<Named>(&call(json!({"DetectorId": "d", "FindingIds": ["a"]}))).is_ok());
    let said = body::<Named>(&call(json!({"DetectorId": "d", "FindingIds": ["a"], "Force": true}))).unwrap_err();
    assert!(said.to_string().contains("unknown field `Force`"), "{said}");
}
