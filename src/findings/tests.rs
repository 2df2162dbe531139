//! Real findings, and files that are broken in every way.

use std::path::PathBuf;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::inventory::Inventory;
use crate::model::finding::Source;
use crate::model::{Clean, Finding, Severity};

fn data(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests/data", name].iter().collect()
}

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(data(name)).unwrap()
}

fn only(batch: Batch) -> Finding {
    assert_eq!((batch.findings.len(), batch.seen()), (1, 1), "{:?}", batch.troubles);
    batch.findings.into_iter().next().unwrap()
}

fn told(batch: &Batch) -> String {
    batch.troubles.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_command_line_s_finding_names_everything() {
    let finding = only(read_file(&data("guardduty/cli-get-findings.json")).unwrap());
    let workload = &finding.about.workloads[0];
    assert_eq!((finding.source, finding.severity, finding.count), (Source::GuardDuty, Severity::Medium, 1));
    assert_eq!(finding.about.cluster.as_ref().unwrap().name, "guardduty-blueprint");
    assert_eq!(
        (workload.kind.as_str(), workload.namespace.as_str(), workload.name.as_str()),
        ("pods", "argocd", "privileged-pod")
    );
    assert!(workload.uid.is_some() && workload.given == ["privileged"] && workload.images == ["centos"]);
    assert_eq!(finding.about.user.as_ref().unwrap().groups.len(), 3);
    let caller = finding.caller.as_ref().unwrap();
    assert_eq!((caller.addresses[0].as_str(), caller.organization.as_str(), caller.asn), ("10.0.205.129", "", 0));
    assert_eq!(caller.call, "create /api/v1/namespaces/argocd/pods");
    assert_eq!(finding.when().unwrap().to_string(), "2023-03-22T21:27:18.63Z");
    assert_eq!(catalogue::look_up(&finding).unwrap().playbook, "privileged-container");
    assert_eq!(finding.origin.line, 3);
}

#[test]
fn a_security_hub_event_names_cluster_user_and_caller_and_no_workload() {
    let finding = only(read_file(&data("guardduty/security-hub-custom-action.asff.json")).unwrap());
    assert_eq!((finding.kind.as_str(), finding.severity), ("Discovery:Kubernetes/MaliciousIPCaller", Severity::Medium));
    assert_eq!((finding.source, finding.id.as_str()), (Source::GuardDuty, "1234"));
    let about = &finding.about;
    assert_eq!(about.cluster.as_ref().unwrap().name, "cleanroom-test-eks");
    assert_eq!(about.user.as_ref().unwrap().name, "system:anonymous");
    assert!(about.workloads.is_empty() && about.user.as_ref().unwrap().sessions.is_empty());
    let caller = finding.caller.as_ref().unwrap();
    assert_eq!((caller.addresses.as_slice(), caller.asn), (&["167.94.146.63".into()][..], 398_705));
    assert!(catalogue::look_up(&finding).is_some_and(|entry| !entry.means.is_empty()));
    let networks = Networks::default();
    let inventory = Inventory::new();
    let found = Resolver::new(&inventory, &[], &networks).resolve(&finding);
    assert!(found.of(Step::Workload).any(|link| link.how == "no workload in the finding"));
    assert_eq!(found.who.unwrap().kind, UserKind::Anonymous);
}

#[test]
fn findings_about_other_things_say_what_they_are_about() {
    let batch = read_file(&data("guardduty/panther-guardduty.jsonl")).unwrap();
    assert_eq!((batch.findings.len(), batch.seen()), (8, 8), "{}", told(&batch));
    let (networks, inventory) = (Networks::default(), Inventory::new());
    let resolver = Resolver::new(&inventory, &[], &networks);
    for finding in &batch.findings {
        assert!(!finding.about.is_kubernetes() && !finding.resource().is_empty(), "{finding:?}");
        assert!(resolver.resolve(finding).of(Step::Cluster).all(|link| link.how == "not about a cluster"));
        assert_eq!(resolver.place(finding), Place::None);
    }
    assert!(
        batch.findings.iter().any(|finding| finding.sample) && batch.findings.iter().any(|finding| !finding.sample)
    );
    assert!(
        batch
            .findings
            .iter()
            .any(|finding| finding.remarks.iter().any(|remark| remark.contains("its ARN is of Region us-west-2")))
    );
}

#[test]
fn what_is_no_finding_is_named_as_what_it_is() {
    for (file, what) in [
        ("guardduty/cli-list-findings.json", "a list of findings' ids"),
        ("guardduty/cli-list-detectors.json", "a list of detectors' ids"),
        ("guardduty/cli-get-detector.json", "the settings of a GuardDuty detector"),
    ] {
        let batch = read_file(&data(file)).unwrap();
        assert_eq!((batch.findings.len(), batch.unread), (0, 1));
        assert!(told(&batch).contains(what) && told(&batch).contains(":1: "), "{}", told(&batch));
    }
    let nowhere = read_file(&data("guardduty/absent.json")).unwrap_err().to_string();
    assert!(nowhere.contains("absent.json"), "{nowhere}");
}

#[test]
fn one_finding_in_every_wrapping_is_the_same() {
    let text = String::from_utf8(bytes("guardduty/cli-get-findings.json")).unwrap();
    let pascal: Value = serde_json::from_str::<Value>(&text).unwrap()["Findings"][0].take();
    let wire = camel(&pascal);
    let event = json!({"version": "0", "detail-type": "GuardDuty Finding", "source": "aws.guardduty", "account": "999999999999",
        "region": "us-east-1", "detail": wire});
    let sns = json!({"Type": "Notification", "MessageId": "m", "TopicArn": "t", "Message": event.to_string()});
    let lines = format!("{wire}\n{wire}\n");
    let expected = only(read(&"x".into(), text.as_bytes()));
    for (what, text) in [("wire", wire.to_string()), ("event", event.to_string()), ("sns", sns.to_string())] {
        let found = only(read(&"x".into(), text.as_bytes()));
        assert_eq!(
            (&found.about, &found.caller, &found.kind),
            (&expected.about, &expected.caller, &expected.kind),
            "{what}"
        );
        assert_eq!(found.remarks.len(), usize::from(what != "wire"), "{what}: {:?}", found.remarks);
    }
    use std::io::Write as _;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(lines.as_bytes()).unwrap();
    let batch = read(&"x".into(), &packed.finish().unwrap());
    assert_eq!((batch.findings.len(), batch.findings[1].origin.line), (2, 2));
}

/// The same value with its members named as on the wire.
fn camel(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let lower = |key: &String| {
                let mut letters = key.chars();
                letters.next().map(|first| first.to_lowercase().chain(letters).collect::<String>()).unwrap_or_default()
            };
            Value::Object(members.iter().map(|(key, value)| (lower(key), camel(value))).collect())
        }
        Value::Array(items) => items.iter().map(camel).collect(),
        other => other.clone(),
    }
}

#[test]
fn audit_events_are_alerts_where_others_say_so_too() {
    let text = String::from_utf8(bytes("audit/panther-k8s-audit.jsonl")).unwrap();
    // What only an enrichment with owners of addresses can tell, and what is no business of a responder's.
    let differs = ["legitimate EKS node from AWS IP - should not alert", "EKS Legitimate Node from AWS IP"];
    let unknown = ["EKS Activity from Tor Exit Node"];
    let mut judged = 0;
    for line in text.lines() {
        let wrapped: Value = serde_json::from_str(line).unwrap();
        let (name, expected) = (wrapped["name"].as_str().unwrap(), wrapped["expected"].as_bool().unwrap());
        let batch = read(&"audit".into(), line.as_bytes());
        assert_eq!(batch.seen(), 1, "{name}");
        let is_eks = batch.unread == 0 && !name.starts_with("AKS");
        // A rule that does not fire says nothing of the others; one that does is an alert here, too.
        if is_eks && expected && !unknown.contains(&name) {
            assert_eq!(batch.findings.len(), 1, "{name}: {line}");
            judged += 1;
        } else if is_eks && !expected && !differs.contains(&name) {
            let quiet = batch.findings.iter().all(|finding| finding.severity <= Severity::Low);
            assert!(quiet, "{name}: {:?}", batch.findings);
        }
    }
    assert!(judged > 35, "{judged}");
}

#[test]
fn what_can_be_read_is_read_and_the_rest_is_named() {
    let good = r#"{"id":"1","type":"A:Kubernetes/B","severity":5,"resource":{"resourceType":"KubernetesCluster","kubernetesDetails":{"kubernetesWorkloadDetails":""}},"service":null,"arn":"arn:aws:guardduty:eu-west-1:1:detector/d/finding/1"}"#;
    let text = format!("{good}\n{{\"id\": \n{{\"a\": 1}}\nnull\n[{good}, 7]\n{good}");
    let batch = read(&"mixed.json".into(), text.as_bytes());
    assert_eq!((batch.findings.len(), batch.unread, batch.seen()), (3, 4, 7), "{}", told(&batch));
    for part in ["mixed.json:2: this is no JSON", "mixed.json:3: ", "mixed.json:4: ", "mixed.json:5: "] {
        assert!(told(&batch).contains(part), "{part} is not in {}", told(&batch));
    }
    let finding = &batch.findings[0];
    assert_eq!(
        (finding.account.as_str(), finding.region.as_str(), finding.severity),
        ("1", "eu-west-1", Severity::Medium)
    );
    assert!(finding.about.workloads.is_empty() && finding.about.cluster.is_none());
}

#[test]
fn a_list_that_breaks_off_gives_what_is_whole() {
    let text = String::from_utf8(bytes("guardduty/cli-get-findings.json")).unwrap();
    let one: Value = serde_json::from_str::<Value>(&text).unwrap()["Findings"][0].take();
    let whole = json!({"Findings": vec![one; 5]}).to_string();
    let batch = read(&"torn".into(), &whole.as_bytes()[..whole.len() * 7 / 10]);
    assert_eq!((batch.findings.len(), batch.unread), (3, 1), "{}", told(&batch));
}

#[test]
fn hostile_words_are_shown_and_never_obeyed() {
    let text = json!({"id": "1\u{1b}[2J", "type": "A:B/\u{202e}C", "severity": 8, "title": "x\u{7}", "resource": {"resourceType": "\u{200b}"},
        "service": {"serviceName": "guardduty", "archived": "true", "count": "3"}}).to_string();
    let finding = only(read(&"../../etc/passwd\n".into(), text.as_bytes()));
    assert!(finding.id.hid_something() && finding.kind.hid_something());
    assert!(finding.archived && finding.count == 3);
    let networks = Networks::default();
    let inventory = Inventory::new();
    let lines = explain(&finding, &Resolver::new(&inventory, &[], &networks).resolve(&finding));
    assert!(lines.iter().all(|line| !line.text.chars().any(|letter| letter.is_control())));
}

proptest! {
    #[test]
    fn no_bytes_are_a_reason_to_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let batch = read(&"x".into(), &bytes);
        prop_assert_eq!(batch.seen(), batch.findings.len() + batch.unremarkable + batch.unread);
    }

    /// A real finding with one value replaced by another of any kind is still read, or named.
    #[test]
    fn no_member_is_taken_for_granted(place in 0usize..120, with in 0usize..8, asff: bool) {
        let file = if asff { "guardduty/security-hub-custom-action.asff.json" } else { "guardduty/cli-get-findings.json" };
        let mut value: Value = serde_json::from_slice(&bytes(file)).unwrap();
        let strange = [json!(null), json!(""), json!([]), json!({}), json!(-1), json!("\u{202e}"), json!([[1]]), json!(1e300)];
        let mut left = place;
        replace(&mut value, &mut left, &strange[with]);
        let batch = read(&"x".into(), value.to_string().as_bytes());
        let (networks, inventory) = (Networks::default(), Inventory::new());
        let resolver = Resolver::new(&inventory, &[], &networks);
        for finding in &batch.findings {
            explain(finding, &resolver.resolve(finding));
        }
    }

    #[test]
    fn every_prefix_of_a_file_is_read(cut in 0usize..12_000) {
        let text = bytes("guardduty/panther-guardduty.jsonl");
        let batch = read(&"x".into(), &text[..cut.min(text.len())]);
        let whole = text[..cut.min(text.len())].iter().filter(|byte| **byte == b'\n').count();
        prop_assert!(batch.findings.len() >= whole.min(8), "{} of {}", batch.findings.len(), whole);
    }
}

/// Replaces the value that comes after so many others.
fn replace(value: &mut Value, left: &mut usize, with: &Value) {
    if *left == 0 {
        *value = with.clone();
        *left = usize::MAX;
        return;
    }
    if *left == usize::MAX {
        return;
    }
    *left -= 1;
    match value {
        Value::Object(members) => members.values_mut().for_each(|value| replace(value, left, with)),
        Value::Array(items) => items.iter_mut().for_each(|value| replace(value, left, with)),
        _ => {}
    }
}

#[test]
fn a_label_is_never_a_path() {
    let batch = read(&Clean::from("a\u{1b}b"), b"nonsense");
    assert!(told(&batch).contains("a␛b:1: this is no JSON"), "{}", told(&batch));
}
