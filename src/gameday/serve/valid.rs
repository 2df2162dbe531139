//! What an object must be beyond its type, and what of it can never change.

use serde_json::{Value, json};

use super::super::json::{items, pairs, text};
use super::super::store::Resource;
use super::failure::{Cause, Failure};

const LABEL: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const NAME: &str = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const POD: &str = "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

/// Refuses an object that cannot be kept; `old` is what stands there, where something does.
pub(super) fn check(resource: &Resource, old: Option<&Value>, new: &Value) -> Result<(), Failure> {
    let mut causes = Vec::new();
    labels(new, "metadata", &mut causes);
    if let Some(old) = old {
        let (has, means) = (text(old, "/metadata/uid"), text(new, "/metadata/uid"));
        if has != means {
            causes.push(Cause::invalid("metadata.uid", &json!(means), "field is immutable"));
        }
    }
    match resource.kind {
        "Deployment" | "ReplicaSet" | "StatefulSet" | "DaemonSet" => workload(old, new, &mut causes),
        "Pod" => pod(old, new, &mut causes),
        "Node" => taints(new, &mut causes),
        "RoleBinding" | "ClusterRoleBinding" => {
            let changed = old.is_some_and(|old| old.get("roleRef") != new.get("roleRef"));
            if changed {
                let at = |part: &str| text(new, &format!("/roleRef/{part}")).to_owned();
                let given = json!({"APIGroup": at("apiGroup"), "Kind": at("kind"), "Name": at("name")});
                causes.push(Cause::invalid("roleRef", &given, "cannot change roleRef"));
            }
        }
        _ => {}
    }
    if causes.is_empty() {
        return Ok(());
    }
    let name = if text(new, "/metadata/name").is_empty() { "" } else { text(new, "/metadata/name") };
    Err(Failure::invalid(resource, name, causes))
}

fn labels(object: &Value, at: &str, causes: &mut Vec<Cause>) {
    let pointer = format!("/{}/labels", at.replace('.', "/"));
    let ends = |text: &str| {
        let edge = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphanumeric());
        edge(text.chars().next()) && edge(text.chars().next_back())
    };
    let plain = |text: &str| text.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter));
    for (key, value) in pairs(object, &pointer) {
        let field = format!("{at}.labels");
        let name = key.rsplit_once('/').map_or(key, |(_, name)| name);
        if name.is_empty() || name.len() > 63 || !plain(name) || !ends(name) {
            causes.push(Cause::invalid(&field, &json!(key), NAME));
        }
        if value.len() > 63 {
            causes.push(Cause::invalid(&field, &json!(value), "must be no more than 63 bytes"));
        } else if !(value.is_empty() || plain(value) && ends(value)) {
            causes.push(Cause::invalid(&field, &json!(value), LABEL));
        }
    }
}

fn workload(old: Option<&Value>, new: &Value, causes: &mut Vec<Cause>) {
    let selector = new.pointer("/spec/selector").cloned().unwrap_or_default();
    if selector.is_null() {
        causes.push(Cause::required("spec.selector", ""));
    }
    let labels = new.pointer("/spec/template/metadata/labels").cloned().unwrap_or_else(|| json!({}));
    let matched = pairs(&selector, "/matchLabels").all(|(key, value)| labels.get(key).is_some_and(|has| has == value));
    if !matched {
        causes.push(Cause::invalid(
            "spec.template.metadata.labels",
            &labels,
            "`selector` does not match template `labels`",
        ));
    }
    if new.pointer("/spec/replicas").and_then(Value::as_i64).is_some_and(|replicas| replicas < 0) {
        let given = new.pointer("/spec/replicas").cloned().unwrap_or_default();
        causes.push(Cause::invalid("spec.replicas", &given, "must be greater than or equal to 0"));
    }
    containers(new, "spec.template.spec", causes);
    if old.is_some_and(|old| old.pointer("/spec/selector") != new.pointer("/spec/selector")) {
        causes.push(Cause::invalid("spec.selector", &selector, "field is immutable"));
    }
}

fn containers(object: &Value, at: &str, causes: &mut Vec<Cause>) {
    let pointer = format!("/{}/containers", at.replace('.', "/"));
    let all = items(object, &pointer);
    if all.is_empty() {
        causes.push(Cause::required(&format!("{at}.containers"), ""));
    }
    for (place, container) in all.iter().enumerate() {
        for part in ["name", "image"] {
            if text(container, &format!("/{part}")).is_empty() {
                causes.push(Cause::required(&format!("{at}.containers[{place}].{part}"), ""));
            }
        }
    }
}

fn pod(old: Option<&Value>, new: &Value, causes: &mut Vec<Cause>) {
    containers(new, "spec", causes);
    if old.is_some_and(|old| fixed(old) != fixed(new)) {
        causes.push(Cause::forbidden("spec", POD));
    }
}

/// What of a pod's spec can never change.
fn fixed(pod: &Value) -> Value {
    let mut spec = pod.get("spec").cloned().unwrap_or_default();
    for free in ["tolerations", "activeDeadlineSeconds", "terminationGracePeriodSeconds"] {
        super::super::json::remove(&mut spec, &format!("/{free}"));
    }
    for list in ["/containers", "/initContainers"] {
        let containers = spec.pointer_mut(list).and_then(Value::as_array_mut);
        for container in containers.into_iter().flatten() {
            super::super::json::remove(container, "/image");
        }
    }
    spec
}

fn taints(node: &Value, causes: &mut Vec<Cause>) {
    let all = items(node, "/spec/taints");
    for (place, taint) in all.iter().enumerate() {
        let (key, effect) = (text(taint, "/key"), text(taint, "/effect"));
        if key.is_empty() {
            causes.push(Cause::required(&format!("spec.taints[{place}].key"), ""));
        }
        if !["NoSchedule", "PreferNoSchedule", "NoExecute"].contains(&effect) {
            let field = format!("spec.taints[{place}].effect");
            causes.push(Cause::unsupported(&field, effect, &["NoSchedule", "PreferNoSchedule", "NoExecute"]));
        }
        let same = |other: &Value| text(other, "/key") == key && text(other, "/effect") == effect;
        if all.iter().take(place).any(same) {
            causes.push(Cause::duplicate(&format!("spec.taints[{place}]"), taint));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::store::by_kind;
    use super::*;

    fn said(kind: &str, old: Option<&Value>, new: &Value) -> Option<String> {
        let refused = check(by_kind(kind).unwrap(), old, new).err()?;
        Some(text(&refused.status(), "/message").to_owned())
    }

    #[test]
    fn a_label_must_be_one() {
        let pod = |value: &str| json!({"metadata": {"name": "p", "labels": {"a": value}}, "spec": {"containers": [{"name": "c", "image": "i"}]}});
        assert_eq!(said("Pod", None, &pod("fine-1.2_3")), None);
        let refused = said("Pod", None, &pod("-bad-")).unwrap();
        assert!(
            refused.starts_with("Pod \"p\" is invalid: metadata.labels: Invalid value: \"-bad-\": a valid label"),
            "{refused}"
        );
        assert!(said("Pod", None, &pod(&"x".repeat(64))).unwrap().contains("63"));
    }

    #[test]
    fn what_can_never_change_does_not() {
        let deployment = |app: &str| {
            json!({"metadata": {"name": "d"}, "spec": {"selector": {"matchLabels": {"app": app}}, "template": {
                "metadata": {"labels": {"app": "d"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}}})
        };
        let refused = said("Deployment", Some(&deployment("d")), &deployment("other")).unwrap();
        assert_eq!(
            refused,
            "Deployment.apps \"d\" is invalid: [spec.template.metadata.labels: Invalid value: {\"app\":\"d\"}: `selector` does not match template `labels`, spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"other\"}}: field is immutable]"
        );
    }

    #[test]
    fn a_taint_has_one_of_three_effects_and_stands_once() {
        let taint = |effect: &str| json!({"key": "ir", "effect": effect});
        let node = |taints: Value| json!({"metadata": {"name": "n"}, "spec": {"taints": taints}});
        assert_eq!(said("Node", None, &node(json!([taint("NoSchedule"), taint("NoExecute")]))), None);
        assert!(said("Node", None, &node(json!([taint("Never")]))).unwrap().contains("Unsupported value: \"Never\""));
        let twice = said("Node", None, &node(json!([taint("NoExecute"), taint("NoExecute")]))).unwrap();
        assert!(twice.contains("spec.taints[1]: Duplicate value"), "{twice}");
    }
}
