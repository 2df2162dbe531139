//! The Open Cybersecurity Schema Framework, as Prowler, Security Hub and others write findings.
//! (<https://schema.ocsf.io/classes/detection_finding>)

use serde_json::Value;

use super::super::member::{count, first, has, list, text, word};
use super::super::moment::moment;
use super::Shaped;
use crate::model::finding::{About, NamedCluster, NamedWorkload, Source};
use crate::model::{Clean, Finding, Kind, Severity};

/// Whether a value is one of its findings.
pub fn is_one(value: &Value) -> bool {
    has(value, "finding_info") || has(value, "class_uid") && has(value, "metadata/product")
}

/// Reads it. A check that passed, or that a person has to make, is no alert.
pub fn shaped(value: &Value) -> Shaped {
    if ["PASS", "MANUAL"].iter().any(|status| word(value, "status_code").eq_ignore_ascii_case(status)) {
        return Shaped::Unremarkable;
    }
    if !has(value, "finding_info") {
        return Shaped::Other(format!("an OCSF event of class {}", first(value, &["class_name", "class_uid"])));
    }
    let product = word(value, "metadata/product/name");
    let created = |path: &str| moment(value, path);
    Finding {
        id: text(value, "finding_info/uid"),
        source: if product.eq_ignore_ascii_case("guardduty") { Source::GuardDuty } else { Source::Ocsf },
        kind: first(value, &["metadata/event_code", "finding_info/types/0", "finding_info/title"]),
        title: first(value, &["finding_info/title", "message"]),
        description: first(value, &["status_detail", "message", "finding_info/desc"]),
        severity: severity(value),
        account: first(value, &["cloud/account/uid", "cloud/account_uid"]),
        region: first(value, &["cloud/region", "resources/0/region"]),
        first_seen: created("finding_info/first_seen_time_dt")
            .or_else(|| created("finding_info/first_seen_time"))
            .or_else(|| created("finding_info/created_time_dt"))
            .or_else(|| created("finding_info/created_time")),
        last_seen: created("finding_info/last_seen_time_dt").or_else(|| created("finding_info/last_seen_time")),
        updated: created("time_dt").or_else(|| created("time")),
        count: count(value, "count").max(1),
        archived: ["suppressed", "resolved"].contains(&word(value, "status").to_lowercase().as_str()),
        about: about(value),
        ..Finding::default()
    }
    .into()
}

/// `severity_id`: 1 informational to 5 critical, 6 fatal; or the word.
fn severity(value: &Value) -> Severity {
    match (count(value, "severity_id"), word(value, "severity").to_lowercase().as_str()) {
        (5 | 6, _) | (_, "critical" | "fatal") => Severity::Critical,
        (4, _) | (_, "high") => Severity::High,
        (3, _) | (_, "medium") => Severity::Medium,
        (2, _) | (_, "low") => Severity::Low,
        _ => Severity::Info,
    }
}

fn about(value: &Value) -> About {
    let mut about = About { resource: text(value, "resources/0/type"), ..About::default() };
    let kubernetes = word(value, "unmapped/provider") == "kubernetes"
        || word(value, "cloud/provider").eq_ignore_ascii_case("kubernetes")
        || list(value, "resources").iter().any(|one| has(one, "namespace"));
    for one in list(value, "resources") {
        let (uid, name, kind) = (text(one, "uid"), text(one, "name"), word(one, "type"));
        if let Some(cluster) = uid.split_once(":cluster/").filter(|_| uid.contains(":eks:")) {
            about.cluster.get_or_insert(NamedCluster { name: cluster.1.into(), arn: uid });
        } else if uid.contains(":instance/i-") {
            about.instances.push(uid.rsplit('/').next().map(Clean::from).unwrap_or_default());
        } else if kubernetes {
            object(one, kind, name, &mut about);
        } else {
            about.others.extend([uid, name].into_iter().find(|text| !text.is_empty()));
        }
    }
    let cluster = first(value, &["unmapped/cluster", "unmapped/context", "cluster/name"]);
    if kubernetes && !cluster.is_empty() {
        about.cluster.get_or_insert(NamedCluster { name: cluster, arn: Clean::default() });
    }
    about
}

/// An object of a cluster. Prowler writes its namespace as a Region: `namespace: kube-system`.
fn object(resource: &Value, kind: &str, name: Clean, about: &mut About) {
    let spelled = text(resource, "region");
    let namespace = spelled.strip_prefix("namespace:").map(|rest| Clean::from(rest.trim()));
    let namespace =
        [text(resource, "namespace"), text(resource, "data/metadata/namespace"), namespace.unwrap_or_default()];
    let namespace = namespace.into_iter().find(|text| !text.is_empty()).unwrap_or_default();
    let known = kind.strip_prefix("Kubernetes").unwrap_or(kind);
    match Kind::parse(known) {
        Some(Kind::Node) => about.nodes.push(name),
        found => about.workloads.push(NamedWorkload {
            kind: found.map_or_else(|| known.into(), |kind| kind.plural().into()),
            namespace,
            name,
            uid: first(resource, &["data/metadata/uid", "uid"]).parse().ok(),
            ..NamedWorkload::default()
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(status: &str) -> Value {
        json!({
            "metadata": {"event_code": "core_minimize_privileged_containers", "product": {"name": "Prowler"}},
            "severity": "High", "severity_id": 4, "status_code": status, "class_uid": 2004, "time": 1_716_854_656,
            "status_detail": "Pod web-1 has privileged containers.",
            "finding_info": {"uid": "prowler-1", "title": "Privileged containers", "created_time": 1_716_854_656},
            "resources": [{"name": "web-1", "uid": "0b5e8f8e-4a3c-4c86-9d3e-2f3b1c0a9d11", "type": "KubernetesPod", "region": "namespace: shop"}],
            "unmapped": {"provider": "kubernetes"},
        })
    }

    #[test]
    fn a_check_that_failed_names_its_object() {
        let Shaped::Finding(finding) = shaped(&check("FAIL")) else { panic!() };
        assert_eq!((finding.severity, finding.kind.as_str()), (Severity::High, "core_minimize_privileged_containers"));
        let pod = &finding.about.workloads[0];
        assert_eq!((pod.kind.as_str(), pod.namespace.as_str(), pod.name.as_str()), ("pods", "shop", "web-1"));
        assert!(pod.uid.is_some() && finding.first_seen.is_some());
    }

    #[test]
    fn a_check_that_passed_is_counted_and_no_more() {
        assert!(matches!(shaped(&check("PASS")), Shaped::Unremarkable));
        assert!(matches!(shaped(&check("MANUAL")), Shaped::Unremarkable));
    }

    #[test]
    fn an_eks_cluster_is_known_by_its_arn() {
        let mut value = check("FAIL");
        value["unmapped"] = json!({});
        value["resources"] = json!([{"uid": "arn:aws:eks:eu-west-1:1:cluster/shop", "type": "AwsEksCluster"}]);
        let Shaped::Finding(finding) = shaped(&value) else { panic!() };
        assert_eq!(finding.about.cluster.unwrap().name, "shop");
    }
}
