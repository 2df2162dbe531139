//! Addresses that answer, so that their silence means something.

use std::net::{IpAddr, SocketAddr};

use k8s_openapi::api::core::v1::Service;
use k8s_openapi::api::discovery::v1::EndpointSlice;

use super::super::super::frame::{ActionError, Ask, Choice, Look, Spec, decode, list, wrong};
use crate::kubernetes;
use crate::model::{Clean, Kind};

/// What connections are tried to. Never an address that the attacker could own: a
/// connection to it would tell them that somebody is looking.
pub const CANARY: Choice = Choice {
    name: "canary",
    doc: "ADDRESS:PORT that answers TCP and is nobody's but yours, to try to reach; without it, the API server",
    default: "",
    asked: false,
};

/// An address and a port.
pub type End = (IpAddr, u16);

/// What TCP is tried with: the address that was named, or the API server's, one of each
/// family: whoever has the cluster's workloads does not have these.
pub async fn tcp(spec: &Spec, ask: &Ask<'_>) -> Result<Vec<End>, ActionError> {
    match ask.options.get(CANARY.name) {
        "" => api_server(ask.look).await,
        named => {
            let end: SocketAddr = named
                .parse()
                .map_err(|_| wrong(spec, format!("canary is ADDRESS:PORT and not {}", Clean::from(named))))?;
            Ok(vec![(end.ip(), end.port())])
        }
    }
}

async fn api_server(look: &dyn Look) -> Result<Vec<End>, ActionError> {
    let path =
        format!("{}?labelSelector=kubernetes.io%2Fservice-name%3Dkubernetes", Kind::EndpointSlice.path_in("default"));
    let slices: Vec<EndpointSlice> = match list(look, &path).await {
        Err(ActionError::Cluster(kubernetes::Error::Forbidden { .. } | kubernetes::Error::NotFound { .. })) => {
            return Ok(Vec::new());
        }
        read => read?,
    };
    let mut found: Vec<End> = Vec::new();
    for slice in slices {
        let port = slice.ports.iter().flatten().find_map(|port| port.port);
        let Some(port) = port.and_then(|port| u16::try_from(port).ok()) else { continue };
        let listed = slice.endpoints.iter().flatten().flat_map(|endpoint| endpoint.addresses.iter());
        found.extend(listed.filter_map(|address| Some((address.parse().ok()?, port))));
    }
    Ok(one_of_each_family(found))
}

/// The cluster's own name service, one address of each family, where it is there.
pub async fn names(look: &dyn Look) -> Result<Vec<End>, ActionError> {
    let path = format!("{}/kube-dns", Kind::Service.path_in("kube-system"));
    let service: Service = match look.get(&path).await {
        Err(kubernetes::Error::NotFound { .. } | kubernetes::Error::Forbidden { .. }) => return Ok(Vec::new()),
        read => decode(&path, &read?)?,
    };
    let spec = service.spec.unwrap_or_default();
    let port = spec.ports.iter().flatten().find(|port| port.protocol.as_deref() == Some("UDP")).map(|port| port.port);
    let Some(port) = port.and_then(|port| u16::try_from(port).ok()) else { return Ok(Vec::new()) };
    let addresses = spec.cluster_ips.into_iter().flatten();
    Ok(one_of_each_family(addresses.filter_map(|address| Some((address.parse().ok()?, port))).collect()))
}

fn one_of_each_family(mut found: Vec<End>) -> Vec<End> {
    found.sort_unstable();
    let (four, six): (Vec<_>, Vec<_>) = found.into_iter().partition(|(address, _)| address.is_ipv4());
    four.into_iter().take(1).chain(six.into_iter().take(1)).collect()
}
