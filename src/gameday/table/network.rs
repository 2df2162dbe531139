//! Services, slices, policies and budgets as `kubectl get` prints them.

use serde_json::{Value, json};

use super::super::json::{items, number, pairs, text};
use super::age::age;
use super::workload::{joined, selector};
use super::{NAME, Table, count, wide, word};

/// Services.
pub(super) const SERVICE: Table = Table {
    columns: &[
        NAME,
        word("Type"),
        word("Cluster-IP"),
        word("External-IP"),
        word("Port(s)"),
        word("Age"),
        wide("Selector"),
    ],
    cells: |object, now| {
        vec![
            text(object, "/metadata/name").into(),
            text(object, "/spec/type").into(),
            or_none(text(object, "/spec/clusterIP")).into(),
            external(object).into(),
            ports(object).into(),
            age(object, now),
            joined(pairs(object, "/spec/selector")),
        ]
    },
};

/// EndpointSlices.
pub(super) const ENDPOINT_SLICE: Table = Table {
    columns: &[NAME, word("AddressType"), word("Ports"), word("Endpoints"), word("Age")],
    cells: |object, now| {
        let ports: Vec<String> = items(object, "/ports").iter().map(|port| number(port, "/port").to_string()).collect();
        let addresses: Vec<&str> = items(object, "/endpoints")
            .iter()
            .flat_map(|endpoint| items(endpoint, "/addresses"))
            .filter_map(Value::as_str)
            .collect();
        vec![
            text(object, "/metadata/name").into(),
            text(object, "/addressType").into(),
            or_unset(shortened(&ports)),
            or_unset(shortened(&addresses)),
            age(object, now),
        ]
    },
};

/// NetworkPolicies.
pub(super) const POLICY: Table = Table {
    columns: &[NAME, word("Pod-Selector"), word("Age")],
    cells: |object, now| {
        vec![text(object, "/metadata/name").into(), selector(object, "/spec/podSelector"), age(object, now)]
    },
};

/// Ingresses.
pub(super) const INGRESS: Table = Table {
    columns: &[NAME, word("Class"), word("Hosts"), word("Address"), word("Ports"), word("Age")],
    cells: |object, now| {
        let hosts: Vec<&str> = items(object, "/spec/rules").iter().map(|rule| text(rule, "/host")).collect();
        let ports = if items(object, "/spec/tls").is_empty() { "80" } else { "80, 443" };
        vec![
            text(object, "/metadata/name").into(),
            or_none(text(object, "/spec/ingressClassName")).into(),
            hosts.join(",").into(),
            text(object, "/status/loadBalancer/ingress/0/hostname").into(),
            ports.into(),
            age(object, now),
        ]
    },
};

/// PodDisruptionBudgets.
pub(super) const BUDGET: Table = Table {
    columns: &[NAME, word("Min Available"), word("Max Unavailable"), count("Allowed Disruptions"), word("Age")],
    cells: |object, now| {
        let amount = |pointer: &str| match object.pointer(pointer) {
            Some(Value::String(text)) => json!(text),
            Some(other) => json!(other.to_string()),
            None => json!("N/A"),
        };
        vec![
            text(object, "/metadata/name").into(),
            amount("/spec/minAvailable"),
            amount("/spec/maxUnavailable"),
            number(object, "/status/disruptionsAllowed").into(),
            age(object, now),
        ]
    },
};

fn or_none(text: &str) -> &str {
    if text.is_empty() { "<none>" } else { text }
}

fn or_unset(text: String) -> Value {
    if text.is_empty() { "<unset>".into() } else { text.into() }
}

fn external(service: &Value) -> String {
    let reached: Vec<&str> = items(service, "/status/loadBalancer/ingress")
        .iter()
        .map(|entry| if text(entry, "/hostname").is_empty() { text(entry, "/ip") } else { text(entry, "/hostname") })
        .collect();
    match text(service, "/spec/type") {
        "ExternalName" => text(service, "/spec/externalName").to_owned(),
        "LoadBalancer" if reached.is_empty() => "<pending>".to_owned(),
        _ if reached.is_empty() => "<none>".to_owned(),
        _ => reached.join(","),
    }
}

fn ports(service: &Value) -> String {
    let ports: Vec<String> = items(service, "/spec/ports")
        .iter()
        .map(|port| {
            let node = number(port, "/nodePort");
            let node = if node > 0 { format!(":{node}") } else { String::new() };
            format!("{}{node}/{}", number(port, "/port"), text(port, "/protocol"))
        })
        .collect();
    if ports.is_empty() { "<none>".to_owned() } else { ports.join(",") }
}

/// The first three, and how many more there are.
fn shortened(of: &[impl AsRef<str>]) -> String {
    let first: Vec<&str> = of.iter().take(3).map(AsRef::as_ref).collect();
    let more = of.len().saturating_sub(3);
    if more > 0 { format!("{} + {more} more...", first.join(",")) } else { first.join(",") }
}
