//! What answers at an address.

use std::sync::Arc;

use serde_json::Value;

use super::super::json::{items, text};
use super::super::store::Store;
use super::{OUTSIDE, PORT, sinkhole};

/// What an address answers to a connection that gets through to it.
#[derive(Clone, Debug)]
pub(in super::super) enum Answer {
    /// Somebody listens; the pod behind it, where it is one.
    Listens(Option<Arc<Value>>),
    /// A host is there, and nobody listens.
    Refuses(Arc<Value>),
    /// Nobody is there.
    Silent,
}

/// The port that a pod listens at, where it does.
pub(in super::super) fn listening(pod: &Value) -> Option<u16> {
    let mut ports = items(pod, "/spec/containers").iter().flat_map(|container| items(container, "/ports"));
    ports.find_map(|port| u16::try_from(port.get("containerPort")?.as_u64()?).ok())
}

/// Finds what answers at an address and a port.
pub(in super::super) fn reached(store: &Store, address: &str, port: u16) -> Answer {
    if address == OUTSIDE && port == PORT {
        return sinkhole(store).map_or(Answer::Silent, |pod| Answer::Listens(Some(pod)));
    }
    let pods = store.list("Pod", None);
    let running = |pod: &&Arc<Value>| text(pod, "/status/podIP") == address && text(pod, "/status/phase") == "Running";
    if let Some(pod) = pods.iter().find(running) {
        let listens = listening(pod) == Some(port);
        return if listens { Answer::Listens(Some(Arc::clone(pod))) } else { Answer::Refuses(Arc::clone(pod)) };
    }
    let slices = store.list("EndpointSlice", None);
    let served = slices.iter().any(|slice| {
        let at = |endpoint: &Value| items(endpoint, "/addresses").iter().any(|one| one == address);
        let ports = items(slice, "/ports");
        items(slice, "/endpoints").iter().any(at)
            && ports.iter().any(|one| one.get("port").and_then(Value::as_u64) == Some(port.into()))
    });
    let services = store.list("Service", None);
    let service = services.iter().any(|service| {
        let ports = items(service, "/spec/ports");
        text(service, "/spec/clusterIP") == address
            && ports.iter().any(|one| one.get("port").and_then(Value::as_u64) == Some(port.into()))
    });
    if served || service { Answer::Listens(None) } else { Answer::Silent }
}
