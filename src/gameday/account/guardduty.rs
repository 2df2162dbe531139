//! Amazon GuardDuty as far as findings are read and sorted: detectors, lists, findings and filters over its REST API.

mod archive;
mod criteria;
mod story;
#[cfg(test)]
mod tests;

use http::Method;
use serde_json::{Value, json};

use super::super::json::{items, number, text};
use super::super::random::Random;
use super::request::Request;
use super::{Account, Fault};

pub(super) use self::archive::Archive;

/// Findings that one call gives at most.
const PAGE: usize = 50;

/// Does what is asked of a path below `/detector`, in the Region that the request was signed for.
pub(super) fn operate(account: &Account, request: &Request) -> Result<Value, Fault> {
    let (region, body) = (request.region.as_str(), &request.body);
    let steps: Vec<&str> = request.path.iter().map(String::as_str).collect();
    let detector = account.detector(region);
    let known = |id: &str| {
        detector.as_deref().filter(|detector| *detector == id).map(drop).ok_or_else(|| {
            let message = "The request is rejected because the input detectorId is not owned by the current account.";
            Fault::new("BadRequestException", message)
        })
    };
    match (&request.method, steps.as_slice()) {
        (&Method::GET, ["detector"]) => {
            Ok(json!({"detectorIds": detector.iter().collect::<Vec<_>>(), "nextToken": ""}))
        }
        (&Method::GET, ["detector", id]) => known(id).map(|()| settings()),
        (&Method::POST, ["detector", id, "findings"]) => {
            known(id)?;
            let found = criteria::selected(findings(account, region, id), body)?;
            Ok(page(&found, body))
        }
        (&Method::POST, ["detector", id, "findings", "get"]) => {
            known(id)?;
            let wanted = items(body, "/findingIds");
            if wanted.is_empty() || wanted.len() > PAGE {
                let message = "The request is rejected because the parameter findingIds has an invalid value.";
                return Err(Fault::new("BadRequestException", message));
            }
            let found = findings(account, region, id);
            let found: Vec<_> =
                found.into_iter().filter(|one| wanted.iter().any(|id| id.as_str() == Some(text(one, "/id")))).collect();
            Ok(json!({"findings": found}))
        }
        (&Method::POST, ["detector", id, "findings", "archive"]) => {
            known(id).and_then(|()| account.archive.put(body, true))
        }
        (&Method::POST, ["detector", id, "findings", "unarchive"]) => {
            known(id).and_then(|()| account.archive.put(body, false))
        }
        (&Method::POST, ["detector", id, "findings", "create"]) => {
            known(id).map(|()| account.archive.sample(region, id, body))
        }
        (&Method::POST, ["detector", id, "filter"]) => known(id).and_then(|()| account.archive.create(region, body)),
        (&Method::GET, ["detector", id, "filter"]) => known(id).map(|()| account.archive.names(region)),
        (&Method::GET, ["detector", id, "filter", name]) => known(id).and_then(|()| account.archive.get(region, name)),
        (&Method::DELETE, ["detector", id, "filter", name]) => {
            known(id)?;
            account.archive.delete(region, name, &findings(account, region, id))
        }
        _ => Err(Fault::new("UnknownOperationException", format!("{} /{}", request.method, steps.join("/")))),
    }
}

/// The findings of a Region, each in the archive or not.
fn findings(account: &Account, region: &str, detector: &str) -> Vec<Value> {
    account.archive.sorted(region, story::findings(account, region, detector))
}

impl Account {
    /// The detector of a Region in which the account has a cluster.
    fn detector(&self, region: &str) -> Option<String> {
        let here = self.clusters.iter().any(|cluster| cluster.region == region);
        here.then(|| Random::named(0x9d, region).hex(32))
    }
}

/// As `GetDetector` tells it.
fn settings() -> Value {
    let feature = |name: &str| json!({"name": name, "status": "ENABLED", "updatedAt": 1_767_225_600.0});
    let names =
        ["CLOUD_TRAIL", "DNS_LOGS", "FLOW_LOGS", "EKS_AUDIT_LOGS", "RUNTIME_MONITORING", "EBS_MALWARE_PROTECTION"];
    json!({
        "status": "ENABLED", "findingPublishingFrequency": "FIFTEEN_MINUTES", "createdAt": "2026-01-01T00:00:00.000Z",
        "updatedAt": "2026-01-01T00:00:00.000Z", "tags": {},
        "serviceRole": "arn:aws:iam::111122223333:role/aws-service-role/guardduty.amazonaws.com/AWSServiceRoleForAmazonGuardDuty",
        "features": names.map(feature),
    })
}

fn page(found: &[Value], body: &Value) -> Value {
    let from = text(body, "/nextToken").parse::<usize>().unwrap_or(0);
    let most =
        usize::try_from(number(body, "/maxResults")).ok().filter(|most| (1..=PAGE).contains(most)).unwrap_or(PAGE);
    let ids: Vec<_> = found.iter().skip(from).take(most).filter_map(|one| one.get("id").cloned()).collect();
    let next = if from + ids.len() < found.len() { (from + ids.len()).to_string() } else { String::new() };
    json!({"findingIds": ids, "nextToken": next})
}
