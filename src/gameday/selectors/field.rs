//! Field selectors: `spec.nodeName=n,status.phase!=Running`, for the fields that each kind supports.

use serde_json::Value;

/// A conjunction of comparisons.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct FieldSelector(Vec<Comparison>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Comparison {
    pointer: String,
    equal: bool,
    value: String,
}

impl FieldSelector {
    /// Reads one as it stands in a query, for objects of a kind.
    ///
    /// # Errors
    /// What cannot be read or is not supported, in the server's words.
    pub(in super::super) fn parse(kind: &str, written: &str) -> Result<Self, String> {
        let mut comparisons = Vec::new();
        for part in written.split(',').filter(|part| !part.is_empty()) {
            let read = part.split_once("!=").map(|(field, value)| (field, false, value));
            let read = read.or_else(|| part.split_once("==").map(|(field, value)| (field, true, value)));
            let read = read.or_else(|| part.split_once('=').map(|(field, value)| (field, true, value)));
            let (field, equal, value) =
                read.ok_or_else(|| format!("invalid selector: '{part}'; can't understand '{part}'"))?;
            let pointer = pointer(kind, field).ok_or_else(|| format!("field label not supported: {field}"))?;
            comparisons.push(Comparison { pointer, equal, value: value.to_owned() });
        }
        Ok(Self(comparisons))
    }

    /// Whether it is met by everything.
    pub(in super::super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an object meets it.
    pub(in super::super) fn matches(&self, object: &Value) -> bool {
        self.0.iter().all(|comparison| {
            let has = match object.pointer(&comparison.pointer) {
                Some(Value::String(text)) => text.clone(),
                Some(Value::Bool(is)) => is.to_string(),
                Some(Value::Number(number)) => number.to_string(),
                _ if DEFAULT_FALSE.contains(&comparison.pointer.as_str()) => "false".to_owned(),
                _ => String::new(),
            };
            (has == comparison.value) == comparison.equal
        })
    }
}

const DEFAULT_FALSE: &[&str] = &["/spec/unschedulable", "/spec/hostNetwork"];

fn pointer(kind: &str, field: &str) -> Option<String> {
    let supported: &[&str] = match kind {
        "Pod" => &[
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
            "status.nominatedNodeName",
        ],
        "Node" => &["spec.unschedulable"],
        "Event" => &[
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "reportingComponent",
            "source",
            "type",
        ],
        "Namespace" => &["status.phase"],
        "Secret" => &["type"],
        "ReplicaSet" | "ReplicationController" => &["status.replicas"],
        "Job" => &["status.successful"],
        _ => &[],
    };
    let known = ["metadata.name", "metadata.namespace"].contains(&field) || supported.contains(&field);
    let field = match field {
        "source" => "source.component",
        "status.successful" => "status.succeeded",
        other => other,
    };
    known.then(|| format!("/{}", field.replace('.', "/")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn meets(selector: &str) -> bool {
        let object = json!({"metadata": {"name": "a"}, "spec": {"nodeName": "n"}, "status": {"phase": "Running"}});
        FieldSelector::parse("Pod", selector).unwrap().matches(&object)
    }

    #[test]
    fn fields_select() {
        assert!(meets("spec.nodeName=n,status.phase!=Failed,status.phase!=Succeeded"));
        assert!(meets("metadata.name==a"));
        assert!(meets("spec.hostNetwork=false"));
        assert!(meets("status.podIP="));
        assert!(!meets("status.phase=Pending"));
    }

    #[test]
    fn fields_that_a_kind_does_not_support_are_refused() {
        assert_eq!(
            FieldSelector::parse("Pod", "spec.image=x"),
            Err("field label not supported: spec.image".to_owned())
        );
        assert!(FieldSelector::parse("Node", "spec.nodeName=x").is_err());
        assert!(FieldSelector::parse("Pod", "nonsense").is_err());
    }
}
