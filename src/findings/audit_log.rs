//! The audit log of an EKS cluster, as CloudWatch keeps it.

use jiff::Timestamp;
use serde_json::json;

use super::read::{Batch, Trouble, read};
use crate::aws::logs::log_group;
use crate::aws::{Account, Place, Unsaid};
use crate::model::finding::Origin;
use crate::model::{Clean, ReadOnly};

/// Reads the alerts in a cluster's audit log since a moment, from the first of these places that has it. What could
/// not be read stands among the troubles.
pub async fn of_audit_log(places: &[Place], latch: &ReadOnly, cluster: &str, since: Timestamp) -> Batch {
    let mut batch = Batch::default();
    let mut absent = None;
    for place in places {
        match of_place(place, latch, cluster, since, &mut batch).await {
            Ok(()) => return batch,
            Err(why @ Unsaid::Absent { .. }) => absent = Some(why),
            Err(why) => {
                batch.trouble(cluster, why.to_string());
                return batch;
            }
        }
    }
    match absent {
        Some(why) => batch.trouble(cluster, format!("{why}; `podmortem doctor` tells whether audit logging is on")),
        None => batch.trouble(cluster, "there is no account to ask; name one with --profile or --region".to_owned()),
    }
    batch
}

async fn of_place(
    place: &Place,
    latch: &ReadOnly,
    cluster: &str,
    since: Timestamp,
    batch: &mut Batch,
) -> Result<(), Unsaid> {
    let account = Account::at(place, latch.clone()).await?;
    let (group, region) = (log_group(cluster), account.region());
    let label = label(cluster);
    let told = account.audit_log(cluster, since, |messages| {
        // As a subscription delivers them: the group names the cluster.
        let events: Vec<_> = messages.iter().map(|message| json!({"message": message})).collect();
        let wrapped = json!({"logGroup": group, "region": region, "logEvents": events}).to_string();
        if !events.is_empty() {
            batch.extend(without_lines(read(&label, wrapped.as_bytes())));
        }
    });
    if let Some(last) = told.await? {
        batch.trouble(
            cluster,
            format!("the log goes on after {last}, and was read no further; ask for less with --since"),
        );
    }
    Ok(())
}

/// A page has no lines that anybody could look at.
fn without_lines(mut batch: Batch) -> Batch {
    batch.findings.iter_mut().for_each(|finding| finding.origin.line = 0);
    batch.troubles.iter_mut().for_each(|trouble| trouble.origin.line = 0);
    batch
}

fn label(cluster: &str) -> Clean {
    format!("audit log of {}", Clean::from(cluster)).into()
}

impl Batch {
    fn trouble(&mut self, cluster: &str, what: String) {
        let origin = Origin { label: label(cluster), line: 0 };
        self.troubles.push(Trouble { origin, what: Clean::capped(&what, 600) });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::aws::tests::scripted::Scripted;
    use crate::findings::Shelf;
    use crate::model::finding::Source;

    fn exec(user: &str, second: u8) -> Value {
        json!({
            "kind": "Event", "apiVersion": "audit.k8s.io/v1", "stage": "ResponseComplete", "auditID": user, "verb": "create",
            "user": {"username": user}, "sourceIPs": ["203.0.113.9"], "responseStatus": {"code": 101},
            "objectRef": {"resource": "pods", "subresource": "exec", "namespace": "shop", "name": "web-1"},
            "requestReceivedTimestamp": format!("2026-11-28T03:12:{second:02}Z"),
        })
    }

    fn page(messages: &[String], next: Option<&str>) -> String {
        let event =
            |message: &String| json!({"logStreamName": "kube-apiserver-audit-1", "timestamp": 1, "message": message});
        json!({"events": messages.iter().map(event).collect::<Vec<_>>(), "nextToken": next}).to_string()
    }

    async fn read_from(scripted: &Scripted) -> Batch {
        let since = Timestamp::from_second(1_700_000_000).unwrap();
        of_audit_log(std::slice::from_ref(&scripted.place), &ReadOnly::closed(), "shop-prod", since).await
    }

    #[tokio::test]
    async fn every_page_is_read_and_what_is_no_event_is_counted() {
        let quiet = json!({"kind": "Event", "apiVersion": "audit.k8s.io/v1", "verb": "get", "auditID": "q",
            "stage": "ResponseComplete", "user": {"username": "alice"}, "sourceIPs": ["10.0.0.1"], "responseStatus": {"code": 200}});
        let first = [exec("eve", 1).to_string(), quiet.to_string(), "{\"cut\": ".to_owned()];
        let second = [exec("eve", 9).to_string(), exec("mallory", 5).to_string()];
        let scripted = Scripted::new(vec![
            ("\"nextToken\":\"third\"", 200, "", page(&second, None)),
            ("\"nextToken\":\"second\"", 200, "", page(&[], Some("third"))),
            ("FilterLogEvents", 200, "", page(&first, Some("second"))),
        ])
        .await;
        let batch = read_from(&scripted).await;
        assert_eq!((batch.findings.len(), batch.unremarkable, batch.unread), (3, 1, 1), "{:?}", batch.troubles);
        let mut shelf = Shelf::default();
        shelf.take(batch);
        let eve = shelf.iter().find(|one| one.about.user.as_ref().unwrap().name == "eve").unwrap();
        assert_eq!((eve.source, eve.count, eve.region.as_str()), (Source::Audit, 2, "eu-west-1"));
        assert_eq!(eve.about.cluster.as_ref().unwrap().name, "shop-prod");
        assert_eq!(eve.origin.to_string(), "audit log of shop-prod");
        for asked in ["/aws/eks/shop-prod/cluster", "kube-apiserver-audit-", "\"startTime\":1700000000000"] {
            assert_eq!(scripted.saw(asked), 3, "{asked}");
        }
    }

    #[tokio::test]
    async fn a_log_that_is_not_there_and_one_that_may_not_be_read_are_told_apart() {
        let gone = json!({"__type": "ResourceNotFoundException", "message": "The specified log group does not exist."});
        let scripted = Scripted::new(vec![("FilterLogEvents", 400, "", gone.to_string())]).await;
        let told = read_from(&scripted).await.troubles;
        assert!(told[0].what.contains("does not have it") && told[0].what.contains("doctor"), "{told:?}");
        let denied = json!({"__type": "AccessDeniedException", "message": "no"});
        let scripted = Scripted::new(vec![
            ("\"nextToken\":\"second\"", 400, "", denied.to_string()),
            ("FilterLogEvents", 200, "", page(&[exec("eve", 1).to_string()], Some("second"))),
        ])
        .await;
        let batch = read_from(&scripted).await;
        assert_eq!(batch.findings.len(), 1, "what came before stays");
        let why = batch.troubles[0].to_string();
        assert!(why.contains("audit log of shop-prod") && why.contains("logs:FilterLogEvents is not allowed"), "{why}");
        let nowhere = of_audit_log(&[], &ReadOnly::closed(), "shop-prod", Timestamp::UNIX_EPOCH).await;
        assert!(nowhere.troubles[0].what.contains("--profile"), "{:?}", nowhere.troubles);
    }
}
