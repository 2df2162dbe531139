//! What network policies allow: nothing but what some policy names, for a pod that any policy selects.

use std::net::IpAddr;
use std::sync::Arc;

use serde_json::Value;

use super::super::json::{items, text};
use super::super::selectors::LabelSelector;
use super::super::store::Store;

/// One end of a connection.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct End<'a> {
    pod: Option<&'a Value>,
    address: &'a str,
}

impl<'a> End<'a> {
    /// A pod.
    pub(in super::super) fn of(pod: &'a Value) -> Self {
        Self { pod: Some(pod), address: text(pod, "/status/podIP") }
    }

    /// An address, and the pod behind it where there is one.
    pub(in super::super) const fn at(pod: Option<&'a Value>, address: &'a str) -> Self {
        Self { pod, address }
    }
}

/// Whether a connection may be made.
pub(in super::super) fn allows(store: &Store, from: &End<'_>, to: &End<'_>, port: u16) -> bool {
    let one_way = |own: &End<'_>, other: &End<'_>, way: Way| {
        let Some(pod) = own.pod else { return true };
        let policies = selecting(store, pod, way);
        policies.is_empty() || policies.iter().any(|policy| names(store, policy, way, other, to.pod, port))
    };
    one_way(from, to, Way::Egress) && one_way(to, from, Way::Ingress)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Ingress,
    Egress,
}

/// The policies that speak of a pod's traffic one way.
fn selecting(store: &Store, pod: &Value, way: Way) -> Vec<Arc<Value>> {
    let mut policies = store.list("NetworkPolicy", Some(text(pod, "/metadata/namespace")));
    policies.retain(|policy| {
        let types = items(policy, "/spec/policyTypes");
        let speaks = match way {
            Way::Ingress => types.is_empty() || types.iter().any(|one| one == "Ingress"),
            Way::Egress => {
                types.iter().any(|one| one == "Egress")
                    || (types.is_empty() && policy.pointer("/spec/egress").is_some())
            }
        };
        speaks && LabelSelector::of(policy.pointer("/spec/podSelector")).is_some_and(|selector| selector.matches(pod))
    });
    policies
}

/// Whether a rule of a policy names the other end and the port.
fn names(store: &Store, policy: &Value, way: Way, other: &End<'_>, listener: Option<&Value>, port: u16) -> bool {
    let (rules, peers) = match way {
        Way::Ingress => ("/spec/ingress", "/from"),
        Way::Egress => ("/spec/egress", "/to"),
    };
    items(policy, rules).iter().any(|rule| {
        let (peers, ports) = (items(rule, peers), items(rule, "/ports"));
        (peers.is_empty() || peers.iter().any(|peer| is_peer(store, policy, peer, other)))
            && (ports.is_empty() || ports.iter().any(|one| is_port(one, listener, port)))
    })
}

fn is_peer(store: &Store, policy: &Value, peer: &Value, other: &End<'_>) -> bool {
    if let Some(block) = peer.get("ipBlock") {
        let within = |cidr: &str| contains(cidr, other.address);
        return within(text(block, "/cidr")) && !items(block, "/except").iter().filter_map(Value::as_str).any(within);
    }
    let Some(pod) = other.pod else { return false };
    let namespace = text(pod, "/metadata/namespace");
    let here = match peer.get("namespaceSelector") {
        None => namespace == text(policy, "/metadata/namespace"),
        Some(selector) => {
            let object = store.get("Namespace", "", namespace);
            let matches =
                |object: &Value| LabelSelector::of(Some(selector)).is_some_and(|selector| selector.matches(object));
            object.is_some_and(|object| matches(&object))
        }
    };
    let is = match peer.get("podSelector") {
        None => true,
        Some(selector) => LabelSelector::of(Some(selector)).is_some_and(|selector| selector.matches(pod)),
    };
    here && is
}

fn is_port(rule: &Value, listener: Option<&Value>, port: u16) -> bool {
    match rule.get("port") {
        None => true,
        Some(Value::String(name)) => {
            let containers = listener.map(|pod| items(pod, "/spec/containers")).unwrap_or_default();
            let mut ports = containers.iter().flat_map(|container| items(container, "/ports"));
            ports.any(|one| {
                text(one, "/name") == name && one.get("containerPort").and_then(Value::as_u64) == Some(port.into())
            })
        }
        Some(first) => {
            let last = rule.get("endPort").unwrap_or(first);
            let number = |value: &Value| value.as_u64().unwrap_or(0);
            (number(first)..=number(last)).contains(&u64::from(port))
        }
    }
}

/// Whether an address is of a block.
fn contains(cidr: &str, address: &str) -> bool {
    let Some((base, length)) = cidr.split_once('/') else { return false };
    let bits = |address: &str| match address.parse::<IpAddr>().ok()? {
        IpAddr::V4(four) => Some((u128::from(four.to_bits()) << 96, true)),
        IpAddr::V6(six) => Some((six.to_bits(), false)),
    };
    let (Some((base, four)), Some((address, also)), Ok(length)) = (bits(base), bits(address), length.parse::<u32>())
    else {
        return false;
    };
    four == also && (length == 0 || (base ^ address).checked_shr(128 - length).unwrap_or(0) == 0)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::gameday::random::Random;

    fn pod(name: &str, labels: Value) -> Value {
        json!({"kind": "Pod", "metadata": {"name": name, "namespace": "shop", "labels": labels}, "status": {"podIP": "10.0.0.9"}})
    }

    fn allowed(policies: &[Value], from: &Value, address: &str, port: u16) -> bool {
        let mut store = Store::new(Random::new(1));
        for (place, spec) in policies.iter().enumerate() {
            let policy = json!({"kind": "NetworkPolicy", "metadata": {"name": format!("p{place}"), "namespace": "shop"}, "spec": spec});
            store.put(policy, Timestamp::UNIX_EPOCH);
        }
        allows(&store, &End::of(from), &End::at(None, address), port)
    }

    #[test]
    fn policies_add_up_and_none_allows_everything() {
        let web = pod("web", json!({"app": "web", "tier": "front"}));
        let deny = json!({"podSelector": {"matchLabels": {"app": "web"}}, "policyTypes": ["Ingress", "Egress"]});
        let front =
            json!({"podSelector": {"matchLabels": {"tier": "front"}}, "policyTypes": ["Egress"], "egress": [{}]});
        let ingress = json!({"podSelector": {}, "policyTypes": ["Ingress"]});
        assert!(allowed(&[], &web, "192.0.2.1", 443));
        assert!(allowed(&[ingress], &web, "192.0.2.1", 443));
        assert!(!allowed(std::slice::from_ref(&deny), &web, "192.0.2.1", 443));
        assert!(allowed(&[deny, front], &web, "192.0.2.1", 443));
    }

    #[test]
    fn blocks_and_ports_are_looked_at() {
        let web = pod("web", json!({}));
        let egress = json!({"podSelector": {}, "policyTypes": ["Egress"], "egress": [{
            "to": [{"ipBlock": {"cidr": "192.0.2.0/24", "except": ["192.0.2.128/25"]}}], "ports": [{"port": 443, "endPort": 445}],
        }]});
        let allowed = |address: &str, port: u16| allowed(std::slice::from_ref(&egress), &web, address, port);
        assert!(allowed("192.0.2.5", 443) && allowed("192.0.2.5", 445));
        assert!(!allowed("192.0.2.5", 446) && !allowed("192.0.2.200", 443) && !allowed("198.51.100.1", 443));
        assert!(contains("0.0.0.0/0", "8.8.8.8") && !contains("0.0.0.0/0", "::1") && contains("::/0", "::1"));
    }
}
