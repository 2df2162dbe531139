//! Falco's alerts (`json_output: true`), also as falcosidekick passes them on.
//! (<https://falco.org/docs/outputs/formatting/>)

use serde_json::Value;

use super::super::envelope::Around;
use super::super::member::{at, shown, text, texts, word};
use super::super::moment::moment;
use crate::case::Digest;
use crate::model::finding::{About, Caller, NamedCluster, NamedUser, NamedWorkload, Source};
use crate::model::{Clean, Finding, Severity};

/// Whether a value is one.
pub fn is_one(value: &Value) -> bool {
    ["rule", "output", "priority"].iter().all(|name| !word(value, name).is_empty())
}

/// Reads one.
pub fn finding(value: &Value, around: &Around) -> Finding {
    let about = about(value, around);
    let at_time = moment(value, "time");
    let rule = text(value, "rule");
    let given = text(value, "uuid");
    // Falco gives its alerts no id: what fired, where and when tells them apart.
    let made = || {
        let what = format!("{rule} {} {at_time:?} {}", word(value, "hostname"), word(value, "output"));
        Clean::from(format!("falco-{}", Digest::of(what.as_bytes()).short()))
    };
    Finding {
        id: if given.is_empty() { made() } else { given },
        source: Source::Falco,
        title: rule.clone(),
        kind: rule,
        description: text(value, "output"),
        severity: severity(word(value, "priority")),
        account: around.account.clone(),
        region: around.region.clone(),
        first_seen: at_time,
        last_seen: at_time,
        count: 1,
        caller: caller(value),
        remarks: remarks(value),
        about,
        ..Finding::default()
    }
}

/// Falco's eight priorities in five steps.
fn severity(priority: &str) -> Severity {
    match priority.to_lowercase().as_str() {
        "emergency" | "alert" | "critical" => Severity::Critical,
        "error" => Severity::High,
        "warning" => Severity::Medium,
        "notice" => Severity::Low,
        _ => Severity::Info,
    }
}

/// The first of several output fields that says something; `<NA>` is what Falco writes where it does not know.
fn output(value: &Value, names: &[&str]) -> Clean {
    let fields = at(value, "output_fields").and_then(Value::as_object);
    let known = |name: &&str| fields?.get(*name).map(shown).filter(|text| !text.is_empty() && *text != "<NA>");
    names.iter().find_map(known).unwrap_or_default()
}

fn about(value: &Value, around: &Around) -> About {
    let pod = NamedWorkload {
        kind: "pods".into(),
        namespace: output(value, &["k8s.ns.name", "k8smeta.ns.name"]),
        name: output(value, &["k8s.pod.name", "k8smeta.pod.name"]),
        uid: output(value, &["k8s.pod.uid", "k8smeta.pod.uid", "k8s.pod.id"]).parse().ok(),
        images: Some(image(value)).filter(|image| !image.is_empty()).into_iter().collect(),
        containers: Some(output(value, &["container.full_id", "container.id"]))
            .filter(|id| !id.is_empty() && *id != "host")
            .into_iter()
            .collect(),
        ..NamedWorkload::default()
    };
    let (kind, target) = (output(value, &["ka.target.resource"]), output(value, &["ka.target.name"]));
    let target = NamedWorkload {
        kind,
        namespace: output(value, &["ka.target.namespace"]),
        name: target,
        ..NamedWorkload::default()
    };
    let workloads = [pod, target].into_iter().filter(|one| !one.name.is_empty() || !one.containers.is_empty());
    let user = output(value, &["ka.user.name"]);
    let cluster =
        output(value, &["k8s.cluster.name", "k8smeta.cluster.name", "cluster", "k8s_cluster", "cluster_name"]);
    let cluster = if cluster.is_empty() { around.cluster.clone() } else { cluster };
    let node = [output(value, &["k8s.node.name", "k8smeta.node.name"]), text(value, "hostname")];
    About {
        resource: if word(value, "source") == "k8s_audit" { "Kubernetes API" } else { "container" }.into(),
        cluster: (!cluster.is_empty()).then(|| NamedCluster { name: cluster, arn: Clean::default() }),
        workloads: workloads.collect(),
        user: (!user.is_empty()).then(|| NamedUser { name: user, ..NamedUser::default() }),
        nodes: node.into_iter().find(|name| !name.is_empty()).into_iter().collect(),
        ..About::default()
    }
}

fn image(value: &Value) -> Clean {
    let repository = output(value, &["container.image.repository"]);
    let tag = output(value, &["container.image.tag"]);
    match (repository.is_empty(), tag.is_empty()) {
        (false, false) => format!("{repository}:{tag}").into(),
        _ => repository,
    }
}

fn caller(value: &Value) -> Option<Caller> {
    let addresses = [output(value, &["ka.sourceips"]), output(value, &["fd.rip", "fd.sip", "fd.cip"])];
    let addresses: Vec<Clean> = addresses.into_iter().filter(|address| !address.is_empty()).collect();
    let call = [output(value, &["ka.verb"]), output(value, &["ka.uri"])];
    let call: Vec<_> = call.iter().map(Clean::as_str).filter(|word| !word.is_empty()).collect();
    (!addresses.is_empty() || !call.is_empty()).then(|| Caller {
        addresses,
        call: call.join(" ").into(),
        answer: output(value, &["ka.response.code"]),
        agent: output(value, &["ka.useragent"]),
        ..Caller::default()
    })
}

fn remarks(value: &Value) -> Vec<Clean> {
    let command = output(value, &["proc.cmdline", "proc.exepath", "proc.name"]);
    let user = output(value, &["user.name", "user.uid"]);
    let by = if user.is_empty() { String::new() } else { format!(" as {user}") };
    let process = (!command.is_empty()).then(|| format!("process {command}{by}").into());
    let tags = texts(value, "tags");
    let tags: Vec<_> = tags.iter().map(Clean::as_str).collect();
    process.into_iter().chain((!tags.is_empty()).then(|| format!("tags {}", tags.join(", ")).into())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shell() -> Value {
        json!({
            "hostname": "ip-10-0-1-5.ec2.internal", "priority": "Notice", "rule": "Terminal shell in container",
            "output": "A shell was spawned in a container", "source": "syscall", "time": "2026-11-28T09:00:00.123456789Z",
            "tags": ["container", "shell"],
            "output_fields": {
                "container.id": "3ad7b26ded6d", "container.image.repository": "shop/storefront",
                "container.image.tag": "4.18.2", "k8s.ns.name": "shop", "k8s.pod.name": "web-7d9f", "k8smeta.pod.uid": null,
                "proc.cmdline": "sh -c id", "user.name": "root", "fd.sip": "<NA>",
            },
        })
    }

    #[test]
    fn an_alert_names_its_pod() {
        let finding = finding(&shell(), &Around::default());
        let pod = &finding.about.workloads[0];
        assert_eq!((pod.namespace.as_str(), pod.name.as_str()), ("shop", "web-7d9f"));
        assert_eq!((pod.images[0].as_str(), pod.containers[0].as_str()), ("shop/storefront:4.18.2", "3ad7b26ded6d"));
        assert_eq!((finding.severity, finding.caller.is_none()), (Severity::Low, true));
        assert_eq!(finding.remarks[0], "process sh -c id as root");
    }

    #[test]
    fn the_same_alert_has_the_same_id_and_another_another() {
        let id = |value: &Value| finding(value, &Around::default()).id;
        let mut later = shell();
        later["time"] = json!("2026-11-28T09:00:01Z");
        assert_eq!(id(&shell()), id(&shell()));
        assert_ne!(id(&shell()), id(&later));
    }
}
