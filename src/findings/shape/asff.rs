//! The AWS Security Finding Format of Security Hub. What it says of a GuardDuty finding is GuardDuty's
//! own object taken apart into `a/b/c.0_` members: put together again, it is read as GuardDuty's.
//! (<https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html>)

use serde_json::{Map, Value, json};

use super::super::envelope::Around;
use super::super::member::{at, first, has, is_true, list, number, text, word};
use super::super::moment::moment;
use super::{Shaped, guardduty};
use crate::model::finding::{About, NamedCluster, NamedKey, Source};
use crate::model::{Clean, Finding, Severity};

/// Whether a value is in this format.
pub fn is_one(value: &Value) -> bool {
    has(value, "ProductArn") && (has(value, "Resources") || has(value, "AwsAccountId"))
}

/// Reads it.
pub fn shaped(value: &Value, around: &Around) -> Shaped {
    let passed = ["PASSED", "NOT_AVAILABLE"].contains(&word(value, "Compliance/Status"));
    if passed {
        return Shaped::Unremarkable;
    }
    let from_guardduty = word(value, "ProductArn").ends_with("/guardduty") || word(value, "ProductName") == "GuardDuty";
    let mut finding = if from_guardduty { of_guardduty(value, around) } else { of_another(value) };
    finding.archived = word(value, "RecordState") == "ARCHIVED"
        || ["SUPPRESSED", "RESOLVED"].contains(&word(value, "Workflow/Status"));
    finding.sample |= is_true(value, "Sample");
    finding.severity = severity(value);
    finding.into()
}

fn severity(value: &Value) -> Severity {
    match word(value, "Severity/Label").to_ascii_uppercase().as_str() {
        "CRITICAL" => Severity::Critical,
        "HIGH" => Severity::High,
        "MEDIUM" => Severity::Medium,
        "LOW" => Severity::Low,
        "INFORMATIONAL" => Severity::Info,
        _ => match number(value, "Severity/Normalized") {
            Some(normalized) => Severity::of_score(normalized / 10.0),
            None => Severity::Info,
        },
    }
}

/// `TTPs/Discovery/Discovery:Kubernetes-MaliciousIPCaller` is `Discovery:Kubernetes/MaliciousIPCaller`.
fn kind(value: &Value) -> Clean {
    let written = first(value, &["Types/0", "FindingProviderFields/Types/0"]);
    let last = written.rsplit('/').next().unwrap_or_default();
    match last.split_once(':').and_then(|(tactic, rest)| Some((tactic, rest.split_once('-')?))) {
        Some((tactic, (family, name))) => format!("{tactic}:{family}/{name}").into(),
        None => written,
    }
}

fn of_guardduty(value: &Value, around: &Around) -> Finding {
    let service = together(value, "ProductFields", "aws/guardduty/service/");
    let resources = list(value, "Resources");
    let mut resource = Value::Object(Map::new());
    for one in resources {
        if let Some(Value::Object(other)) = Some(together(one, "Details/Other", "")) {
            other.into_iter().for_each(|(key, part)| put(&mut resource, &[&key], part));
        }
        known(one, &mut resource);
    }
    let original = first(value, &["Id"]);
    let id = original.rsplit('/').next().map(Clean::from).unwrap_or_default();
    let whole = json!({
        "id": &*id, "arn": &*original, "type": &*kind(value), "accountId": &*text(value, "AwsAccountId"),
        "region": &*text(value, "Region"), "title": &*text(value, "Title"), "description": &*text(value, "Description"),
        "createdAt": &*text(value, "CreatedAt"), "updatedAt": &*text(value, "UpdatedAt"),
        "service": service, "resource": resource,
    });
    guardduty::finding(&whole, around)
}

/// What the format has members of its own for.
fn known(resource: &Value, into: &mut Value) {
    let id = word(resource, "Id");
    let text = |path: &str| Value::from(&*text(resource, path));
    match word(resource, "Type") {
        "AwsEksCluster" => {
            put(into, &["resourceType"], "EKSCluster".into());
            put(into, &["eksClusterDetails", "arn"], id.into());
            put(into, &["eksClusterDetails", "name"], text("Details/AwsEksCluster/Name"));
        }
        "AwsEc2Instance" => {
            put(into, &["instanceDetails", "instanceId"], id.rsplit('/').next().unwrap_or_default().into());
        }
        "AwsIamAccessKey" => {
            put(into, &["accessKeyDetails", "accessKeyId"], id.rsplit(':').next().unwrap_or_default().into());
            put(into, &["accessKeyDetails", "principalId"], text("Details/AwsIamAccessKey/PrincipalId"));
            put(into, &["accessKeyDetails", "userName"], text("Details/AwsIamAccessKey/PrincipalName"));
            put(into, &["accessKeyDetails", "userType"], text("Details/AwsIamAccessKey/PrincipalType"));
        }
        "Container" => {
            put(into, &["containerDetails", "id"], id.into());
            put(into, &["containerDetails", "image"], text("Details/Container/ImageName"));
        }
        "AwsS3Bucket" => put(into, &["s3BucketDetails", "0", "arn"], id.into()),
        _ => {}
    }
}

/// Puts the members below a prefix together again. `[]`, `{}` and the empty text stand for nothing.
fn together(value: &Value, path: &str, prefix: &str) -> Value {
    let mut whole = Value::Object(Map::new());
    let Some(Value::Object(members)) = at(value, path) else { return whole };
    for (key, part) in members {
        let Some(key) = key.strip_prefix(prefix) else { continue };
        if part.as_str().is_some_and(|text| ["", "[]", "{}"].contains(&text)) {
            continue;
        }
        let steps: Vec<String> = key.split('/').flat_map(steps).collect();
        put(&mut whole, &steps.iter().map(String::as_str).collect::<Vec<_>>(), part.clone());
    }
    whole
}

/// `groups.0_` is the first of `groups`.
fn steps(word: &str) -> Vec<String> {
    match word.rsplit_once('.') {
        Some((name, number)) => match number.strip_suffix('_').filter(|number| number.parse::<u8>().is_ok()) {
            Some(number) => vec![name.to_owned(), number.to_owned()],
            None => vec![word.to_owned()],
        },
        None => vec![word.to_owned()],
    }
}

/// Puts a value at a path; a number in the path is a place in a list. What is there stays.
fn put(whole: &mut Value, path: &[&str], part: Value) {
    let Some((first, rest)) = path.split_first() else {
        if whole.is_null() {
            *whole = part;
        }
        return;
    };
    let place = first.parse::<u8>().ok().map(usize::from);
    if whole.is_null() {
        *whole = if place.is_some() { Value::Array(Vec::new()) } else { Value::Object(Map::new()) };
    }
    match (whole, place) {
        (Value::Array(items), Some(place)) => {
            while items.len() <= place {
                items.push(Value::Null);
            }
            if let Some(item) = items.get_mut(place) {
                put(item, rest, part);
            }
        }
        (Value::Object(members), _) => put(members.entry((*first).to_owned()).or_insert(Value::Null), rest, part),
        _ => {}
    }
}

fn of_another(value: &Value) -> Finding {
    let mut about = About::default();
    for one in list(value, "Resources") {
        let id = text(one, "Id");
        match word(one, "Type") {
            "AwsEksCluster" => {
                let name = id.rsplit('/').next().map(Clean::from).unwrap_or_default();
                about.cluster.get_or_insert(NamedCluster { name, arn: id });
            }
            "AwsEc2Instance" => about.instances.push(id.rsplit('/').next().map(Clean::from).unwrap_or_default()),
            "AwsIamAccessKey" => {
                let id = id.rsplit(':').next().map(Clean::from).unwrap_or_default();
                about.key.get_or_insert(NamedKey { id, ..NamedKey::default() });
            }
            _ => about.others.extend((!id.is_empty()).then_some(id)),
        }
        if about.resource.is_empty() {
            about.resource = text(one, "Type");
        }
    }
    Finding {
        id: text(value, "Id"),
        source: Source::SecurityHub,
        kind: first(value, &["Compliance/SecurityControlId", "GeneratorId", "Types/0"]),
        title: text(value, "Title"),
        description: text(value, "Description"),
        account: text(value, "AwsAccountId"),
        region: first(value, &["Region", "Resources/0/Region"]),
        first_seen: moment(value, "FirstObservedAt").or_else(|| moment(value, "CreatedAt")),
        last_seen: moment(value, "LastObservedAt"),
        updated: moment(value, "UpdatedAt"),
        count: 1,
        about,
        ..Finding::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_that_were_taken_apart_are_put_together() {
        let value = json!({"P": {"x/a/b.0_": "1", "x/a/b.1_": "2", "x/a/c": "[]", "x/a/d.1_/e": "3", "y": "4"}});
        assert_eq!(together(&value, "P", "x/"), json!({"a": {"b": ["1", "2"], "d": [null, {"e": "3"}]}}));
    }

    #[test]
    fn members_that_cannot_be_put_together_do_no_harm() {
        let value = json!({"P": {"a": "1", "a/b": "2", "a.9999_": "3", "//": "4", "": "5", "b/0": "6", "b/x": "7"}});
        assert!(together(&value, "P", "").is_object());
    }

    #[test]
    fn types_are_those_of_guardduty() {
        for (written, kind_of) in [
            ("TTPs/Discovery/Discovery:Kubernetes-MaliciousIPCaller", "Discovery:Kubernetes/MaliciousIPCaller"),
            ("TTPs/Command and Control/CryptoCurrency:EC2-BitcoinTool.B!DNS", "CryptoCurrency:EC2/BitcoinTool.B!DNS"),
            ("Software and Configuration Checks/x", "Software and Configuration Checks/x"),
        ] {
            assert_eq!(kind(&json!({"Types": [written]})), kind_of);
        }
    }

    #[test]
    fn a_control_that_passed_is_no_alert() {
        let control = |status: &str| {
            json!({"ProductArn": "arn:aws:securityhub:us-east-1::product/aws/securityhub", "AwsAccountId": "1",
                   "Compliance": {"Status": status, "SecurityControlId": "EKS.1"}, "Severity": {"Label": "HIGH"},
                   "Resources": [{"Type": "AwsEksCluster", "Id": "arn:aws:eks:us-east-1:1:cluster/shop"}]})
        };
        assert!(matches!(shaped(&control("PASSED"), &Around::default()), Shaped::Unremarkable));
        let Shaped::Finding(failed) = shaped(&control("FAILED"), &Around::default()) else { panic!() };
        assert_eq!(
            (failed.kind.as_str(), failed.severity, failed.source),
            ("EKS.1", Severity::High, Source::SecurityHub)
        );
        assert_eq!(failed.about.cluster.unwrap().name, "shop");
    }
}
