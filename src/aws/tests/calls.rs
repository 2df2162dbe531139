//! Calls that change something: once, by name, and never past a latch that was closed.

use serde_json::json;

use super::scripted::{Line, Scripted};
use crate::aws::{CallError, operations};
use crate::model::{Call, ReadOnly};

const DETECTOR: &str = "arn:aws:guardduty:eu-west-1:1:detector/d";

fn archive() -> Call {
    Call {
        target: 0,
        method: "guardduty:ArchiveFindings".into(),
        path: DETECTOR.into(),
        body: json!({"DetectorId": "d", "FindingIds": ["f"]}),
    }
}

/// Sends the call to an account that answers so.
async fn sent(aws: &Scripted, latch: &ReadOnly) -> Result<crate::aws::Accepted, CallError> {
    let held = ReadOnly::open();
    let right = held.write_right().unwrap();
    if latch.is_closed() {
        held.close();
    }
    let account = aws.account().await.called("podmortem/1.2.3 case/inc-42").acting(&right);
    operations::find("guardduty:ArchiveFindings").unwrap().send(&account, &archive()).await
}

fn answer(status: u16, code: &'static str, message: &str) -> Vec<Line> {
    let body = json!({"__type": code, "message": message}).to_string();
    vec![("findings/archive", status, "Content-Type: application/json\r\n", body)]
}

#[tokio::test]
async fn a_call_is_made_once_and_names_its_case() {
    let headers = "Content-Type: application/json\r\nx-amzn-requestid: 0a1b\r\n";
    let aws = Scripted::new(vec![("findings/archive", 200, headers, "{}".to_owned())]).await;
    assert_eq!(sent(&aws, &ReadOnly::open()).await.unwrap().request, "0a1b");
    assert_eq!(aws.saw(r#"{"findingIds":["f"]}"#), 1);
    assert_eq!(aws.saw("app/podmortem-1.2.3_case-inc-42"), 1);
}

#[tokio::test]
async fn a_closed_latch_lets_nothing_leave_whatever_right_was_given_before() {
    let aws = Scripted::new(answer(200, "", "")).await;
    let refused = sent(&aws, &ReadOnly::closed()).await.unwrap_err();
    assert!(refused.to_string().contains("read-only") && !refused.is_silence(), "{refused}");
    assert_eq!(aws.saw("archive"), 0);
}

#[tokio::test]
async fn what_is_not_allowed_names_the_policy_that_would() {
    let aws = Scripted::new(answer(403, "AccessDeniedException", "not authorized")).await;
    let denied = sent(&aws, &ReadOnly::open()).await.unwrap_err();
    let said = denied.to_string();
    assert!(matches!(denied, CallError::Denied { .. }), "{said}");
    assert!(said.contains(&format!("allows guardduty:ArchiveFindings on {DETECTOR}")), "{said}");
}

#[tokio::test]
async fn a_refusal_is_known_and_a_failure_is_not() {
    let aws = Scripted::new(answer(400, "BadRequestException", "no")).await;
    let refused = sent(&aws, &ReadOnly::open()).await.unwrap_err();
    assert!(!refused.is_silence() && refused.to_string().contains("nothing was changed"), "{refused}");
    let aws = Scripted::new(answer(500, "InternalServerErrorException", "sorry")).await;
    let unknown = sent(&aws, &ReadOnly::open()).await.unwrap_err();
    assert!(unknown.is_silence(), "{unknown}");
    assert_eq!(aws.saw("archive"), 1, "it was sent again, though it may have been done");
}
