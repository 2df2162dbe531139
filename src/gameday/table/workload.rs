//! Deployments, sets and autoscalers as `kubectl get` prints them.

use serde_json::Value;

use super::super::json::{items, number, pairs, text};
use super::age::age;
use super::{NAME, Table, count, wide, word};

/// Deployments.
pub(super) const DEPLOYMENT: Table = Table {
    columns: &[
        NAME,
        word("Ready"),
        word("Up-to-date"),
        word("Available"),
        word("Age"),
        wide("Containers"),
        wide("Images"),
        wide("Selector"),
    ],
    cells: |object, now| {
        let mut cells = vec![
            text(object, "/metadata/name").into(),
            format!("{}/{}", number(object, "/status/readyReplicas"), number(object, "/spec/replicas")).into(),
            number(object, "/status/updatedReplicas").into(),
            number(object, "/status/availableReplicas").into(),
            age(object, now),
        ];
        cells.extend(template(object));
        cells.push(selector(object, "/spec/selector"));
        cells
    },
};

/// ReplicaSets.
pub(super) const REPLICA_SET: Table = Table {
    columns: &[
        NAME,
        count("Desired"),
        count("Current"),
        count("Ready"),
        word("Age"),
        wide("Containers"),
        wide("Images"),
        wide("Selector"),
    ],
    cells: |object, now| {
        let mut cells = vec![
            text(object, "/metadata/name").into(),
            number(object, "/spec/replicas").into(),
            number(object, "/status/replicas").into(),
            number(object, "/status/readyReplicas").into(),
            age(object, now),
        ];
        cells.extend(template(object));
        cells.push(selector(object, "/spec/selector"));
        cells
    },
};

/// StatefulSets.
pub(super) const STATEFUL_SET: Table = Table {
    columns: &[NAME, word("Ready"), word("Age"), wide("Containers"), wide("Images")],
    cells: |object, now| {
        let mut cells = vec![
            text(object, "/metadata/name").into(),
            format!("{}/{}", number(object, "/status/readyReplicas"), number(object, "/spec/replicas")).into(),
            age(object, now),
        ];
        cells.extend(template(object));
        cells
    },
};

/// DaemonSets.
pub(super) const DAEMON_SET: Table = Table {
    columns: &[
        NAME,
        count("Desired"),
        count("Current"),
        count("Ready"),
        count("Up-to-date"),
        count("Available"),
        word("Node Selector"),
        word("Age"),
        wide("Containers"),
        wide("Images"),
        wide("Selector"),
    ],
    cells: |object, now| {
        let at = |field: &str| Value::from(number(object, &format!("/status/{field}")));
        let mut cells = vec![
            text(object, "/metadata/name").into(),
            at("desiredNumberScheduled"),
            at("currentNumberScheduled"),
            at("numberReady"),
            at("updatedNumberScheduled"),
            at("numberAvailable"),
            joined(pairs(object, "/spec/template/spec/nodeSelector")),
            age(object, now),
        ];
        cells.extend(template(object));
        cells.push(selector(object, "/spec/selector"));
        cells
    },
};

/// ControllerRevisions.
pub(super) const REVISION: Table = Table {
    columns: &[NAME, word("Controller"), word("Revision"), word("Age")],
    cells: |object, now| {
        let owner = items(object, "/metadata/ownerReferences").first();
        let owner = owner.map(|owner| {
            let kind = text(owner, "/kind").to_lowercase();
            format!(
                "{kind}.{}/{}",
                text(owner, "/apiVersion").split('/').next().unwrap_or_default(),
                text(owner, "/name")
            )
        });
        vec![
            text(object, "/metadata/name").into(),
            owner.unwrap_or_else(|| "<none>".to_owned()).into(),
            number(object, "/revision").to_string().into(),
            age(object, now),
        ]
    },
};

/// HorizontalPodAutoscalers.
pub(super) const AUTOSCALER: Table = Table {
    columns: &[
        NAME,
        word("Reference"),
        word("Targets"),
        word("MinPods"),
        word("MaxPods"),
        word("Replicas"),
        word("Age"),
    ],
    cells: |object, now| {
        let target = "/spec/scaleTargetRef";
        let reference =
            format!("{}/{}", text(object, &format!("{target}/kind")), text(object, &format!("{target}/name")));
        let current = number(object, "/status/currentMetrics/0/resource/current/averageUtilization");
        let wanted = number(object, "/spec/metrics/0/resource/target/averageUtilization");
        vec![
            text(object, "/metadata/name").into(),
            reference.into(),
            format!("cpu: {current}%/{wanted}%").into(),
            number(object, "/spec/minReplicas").to_string().into(),
            number(object, "/spec/maxReplicas").to_string().into(),
            number(object, "/status/currentReplicas").to_string().into(),
            age(object, now),
        ]
    },
};

/// Names and images of a template's containers.
pub(super) fn template(object: &Value) -> [Value; 2] {
    let pointer = if text(object, "/kind") == "CronJob" {
        "/spec/jobTemplate/spec/template/spec/containers"
    } else {
        "/spec/template/spec/containers"
    };
    let joined = |field: &str| -> Value {
        let of: Vec<&str> = items(object, pointer).iter().map(|container| text(container, field)).collect();
        of.join(",").into()
    };
    [joined("/name"), joined("/image")]
}

/// `key=value,…`, `<none>` for nothing.
pub(super) fn joined<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Value {
    let pairs: Vec<String> = pairs.map(|(key, value)| format!("{key}={value}")).collect();
    if pairs.is_empty() { "<none>".into() } else { pairs.join(",").into() }
}

/// A label selector as it is written.
pub(super) fn selector(object: &Value, pointer: &str) -> Value {
    let mut parts: Vec<String> =
        pairs(object, &format!("{pointer}/matchLabels")).map(|(key, value)| format!("{key}={value}")).collect();
    for expression in items(object, &format!("{pointer}/matchExpressions")) {
        let key = text(expression, "/key");
        let values: Vec<&str> = items(expression, "/values").iter().filter_map(Value::as_str).collect();
        parts.push(match text(expression, "/operator") {
            "In" => format!("{key} in ({})", values.join(",")),
            "NotIn" => format!("{key} notin ({})", values.join(",")),
            "Exists" => key.to_owned(),
            _ => format!("!{key}"),
        });
    }
    if parts.is_empty() { "<none>".into() } else { parts.join(",").into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use serde_json::json;

    #[test]
    fn a_selector_reads_as_it_is_written() {
        let object = json!({"s": {"matchLabels": {"a": "b"}, "matchExpressions": [{"key": "c", "operator": "In", "values": ["d", "e"]}]}});
        assert_eq!(selector(&object, "/s"), "a=b,c in (d,e)");
        assert_eq!(selector(&json!({"s": {}}), "/s"), "<none>");
    }

    #[test]
    fn a_deployment_prints_its_replicas() {
        let object = json!({"metadata": {"name": "web"}, "spec": {"replicas": 3}, "status": {"readyReplicas": 2}});
        assert_eq!(DEPLOYMENT.cells(&object, Timestamp::UNIX_EPOCH)[1], "2/3");
    }
}
