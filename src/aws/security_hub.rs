//! AWS Security Hub: alerts that other services and other accounts gave it, and what is wrong with clusters, as the
//! service wrote them.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::account::Account;
use super::guardduty::Asked;
use super::signed::{Answer, Question};
use super::told::Unsaid;
use crate::model::Clean;

const CALL: &str = "securityhub:GetFindings";

/// Findings that one call gives at most (the service's limit).
const PAGE: usize = 100;

/// Pages of one question that are read at most, the newest findings first.
const MOST: usize = 50;

/// What checks of the configuration are filed under; thousands of them are no alert.
/// <https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-type-taxonomy.html>
const POSTURE: &str = "Software and Configuration Checks";

/// What came of asking.
#[derive(Debug, Default)]
pub struct Reports {
    /// The answers of `GetFindings`, as they came; none where Security Hub is off.
    pub pages: Vec<String>,
    /// What failed, or was left out, in words; the rest is there.
    pub wrong: Vec<Clean>,
}

impl Account {
    /// What Security Hub has: whatever is no check of the configuration, and of those what is about EKS clusters.
    pub async fn reports(&self, asked: Asked) -> Reports {
        let mut reports = Reports::default();
        for which in [
            json!({"Type": [is("PREFIX_NOT_EQUALS", POSTURE)]}),
            json!({"ResourceType": [is("EQUALS", "AwsEksCluster")]}),
        ] {
            match self.every_page(&filters(which, asked), &mut reports).await {
                Ok(true) => {}
                Ok(false) => break,
                Err(why) => {
                    reports.wrong.push(Clean::capped(&why.to_string(), 600));
                    break;
                }
            }
        }
        reports
    }

    /// Whether Security Hub is on in the Region.
    ///
    /// # Errors
    /// It cannot be asked.
    pub async fn has_security_hub(&self) -> Result<bool, Unsaid> {
        let one = json!({"MaxResults": 1});
        let answer = self.ask(question(&one)).await?;
        if is_off(&answer) { Ok(false) } else { self.page(&answer).map(|_| true) }
    }

    /// Says whether Security Hub is on.
    async fn every_page(&self, filters: &Value, reports: &mut Reports) -> Result<bool, Unsaid> {
        let mut next = Value::Null;
        for _ in 0..MOST {
            let mut body = json!({
                "Filters": filters, "MaxResults": PAGE, "SortCriteria": [{"Field": "UpdatedAt", "SortOrder": "desc"}],
            });
            if let (Some(fields), Value::String(_)) = (body.as_object_mut(), &next) {
                fields.insert("NextToken".to_owned(), next);
            }
            let answer = self.ask(question(&body)).await?;
            if is_off(&answer) {
                return Ok(false);
            }
            next = self.page(&answer)?;
            reports.pages.push(answer.body);
            if !next.is_string() {
                return Ok(true);
            }
        }
        let most = MOST * PAGE;
        let left = format!(
            "Security Hub has more than {most} findings; the older ones were not read (--since asks for fewer)"
        );
        reports.wrong.push(left.into());
        Ok(true)
    }

    /// The token of the next page.
    fn page(&self, answer: &Answer) -> Result<Value, Unsaid> {
        let told: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        if answer.status == 200 && told.get("Findings").is_some_and(Value::is_array) {
            return Ok(told.get("NextToken").filter(|token| **token != "").cloned().unwrap_or_default());
        }
        let said = ["Message", "message"].iter().find_map(|name| told.get(name)?.as_str());
        let said = said.map_or_else(|| Clean::capped(answer.body.trim(), 200), Clean::from);
        let (place, why) = (self.place().clone(), Clean::from(format!("HTTP {} {said}", answer.status).trim_end()));
        Err(if answer.status == 403 {
            Unsaid::Denied { call: CALL, place, why }
        } else {
            Unsaid::Failed { call: CALL, place, why }
        })
    }
}

/// Who never turned Security Hub on is answered with `InvalidAccessException`.
/// <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_GetFindings.html#API_GetFindings_Errors>
fn is_off(answer: &Answer) -> bool {
    answer.status != 200 && (answer.error == "InvalidAccessException" || answer.body.contains("InvalidAccessException"))
}

fn question(body: &Value) -> Question {
    Question {
        service: ("SecurityHub", "securityhub"),
        operation: "GetFindings",
        call: CALL,
        method: "POST",
        path: "/findings".to_owned(),
        headers: vec![("content-type", "application/json")],
        body: body.to_string(),
    }
}

fn filters(mut which: Value, asked: Asked) -> Value {
    let Some(fields) = which.as_object_mut() else { return which };
    if !asked.archived {
        fields.insert("RecordState".to_owned(), json!([is("EQUALS", "ACTIVE")]));
        fields.insert("WorkflowStatus".to_owned(), json!([is("EQUALS", "NEW"), is("EQUALS", "NOTIFIED")]));
    }
    if let Some(start) = asked.since.and_then(|since| Timestamp::from_millisecond(since).ok()) {
        let updated = json!([{"Start": start.to_string(), "End": Timestamp::now().to_string()}]);
        fields.insert("UpdatedAt".to_owned(), updated);
    }
    which
}

fn is(comparison: &str, value: &str) -> Value {
    json!({"Comparison": comparison, "Value": value})
}

#[cfg(test)]
mod tests {
    use super::super::tests::scripted::Scripted;
    use super::*;

    fn page(ids: &[&str], next: Option<&str>) -> String {
        let findings: Vec<_> = ids.iter().map(|id| json!({"Id": id})).collect();
        json!({"Findings": findings, "NextToken": next}).to_string()
    }

    #[tokio::test]
    async fn every_page_is_read_of_alerts_and_of_what_is_about_clusters() {
        let hub = Scripted::new(vec![
            ("\"NextToken\":\"2\"", 200, "", page(&["b"], None)),
            ("AwsEksCluster", 200, "", page(&["c"], None)),
            ("POST /findings", 200, "", page(&["a"], Some("2"))),
        ])
        .await;
        let asked = Asked { since: Some(1_700_000_000_000), archived: false };
        let reports = hub.account().await.reports(asked).await;
        assert_eq!((reports.pages.len(), reports.wrong.len()), (3, 0), "{:?}", reports.wrong);
        for (text, times) in
            [("2023-11-14T22:13:20Z", 3), ("\"ACTIVE\"", 3), ("PREFIX_NOT_EQUALS", 2), ("/securityhub/aws4_request", 3)]
        {
            assert_eq!(hub.saw(text), times, "{text}");
        }
        assert!(hub.account().await.has_security_hub().await.unwrap());
    }

    #[tokio::test]
    async fn where_it_is_off_there_is_nothing_and_nothing_is_wrong() {
        let message = r#"{"Message": "Account 1 is not subscribed to AWS Security Hub"}"#.to_owned();
        let off =
            Scripted::new(vec![("", 401, "x-amzn-ErrorType: InvalidAccessException:http://x/\r\n", message)]).await;
        let account = off.account().await;
        let reports = account.reports(Asked::default()).await;
        assert!(reports.pages.is_empty() && reports.wrong.is_empty(), "{:?}", reports.wrong);
        assert_eq!((off.saw("POST /findings"), account.has_security_hub().await), (1, Ok(false)));
    }

    #[tokio::test]
    async fn what_came_before_a_failure_stays() {
        let denied = r#"{"message": "no"}"#.to_owned();
        let hub = Scripted::new(vec![
            ("\"NextToken\":\"2\"", 403, "", denied),
            ("POST /findings", 200, "", page(&["a"], Some("2"))),
        ])
        .await;
        let reports = hub.account().await.reports(Asked::default()).await;
        let why = reports.wrong.first().unwrap();
        assert!(why.contains("securityhub:GetFindings is not allowed"), "{why}");
        assert_eq!(reports.pages.len(), 1);
    }
}
