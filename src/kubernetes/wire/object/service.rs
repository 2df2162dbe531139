//! Services and their endpoints.

use std::net::IpAddr;

use serde::Deserialize;

use super::super::Broken;
use super::super::meta::{MetaWire, Pairs};
use super::super::text::{Text, nullable};
use super::parse;
use crate::model::Clean;
use crate::model::facts::{Endpoint, ServicePort, Shape};

#[derive(Default, Deserialize)]
#[serde(default)]
struct ServiceWire<'a> {
    #[serde(borrow)]
    spec: SpecWire<'a>,
    #[serde(borrow)]
    status: StatusWire<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct SpecWire<'a> {
    #[serde(rename = "type", borrow)]
    kind: Text<'a>,
    #[serde(rename = "clusterIP", borrow)]
    cluster_ip: Text<'a>,
    #[serde(rename = "clusterIPs", borrow, deserialize_with = "nullable")]
    cluster_ips: Vec<Text<'a>>,
    #[serde(rename = "externalIPs", borrow, deserialize_with = "nullable")]
    external_ips: Vec<Text<'a>>,
    #[serde(borrow)]
    external_name: Text<'a>,
    #[serde(borrow)]
    selector: Pairs<'a>,
    #[serde(borrow, deserialize_with = "nullable")]
    ports: Vec<PortWire<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PortWire<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    protocol: Text<'a>,
    port: i64,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct StatusWire<'a> {
    #[serde(borrow, deserialize_with = "nullable")]
    load_balancer: LoadBalancerWire<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LoadBalancerWire<'a> {
    #[serde(borrow, deserialize_with = "nullable")]
    ingress: Vec<IngressWire<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct IngressWire<'a> {
    #[serde(borrow)]
    ip: Text<'a>,
    #[serde(borrow)]
    hostname: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SliceWire<'a> {
    #[serde(borrow, deserialize_with = "nullable")]
    endpoints: Vec<EndpointWire<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct EndpointWire<'a> {
    #[serde(borrow, deserialize_with = "nullable")]
    addresses: Vec<Text<'a>>,
    #[serde(borrow, deserialize_with = "nullable")]
    target_ref: TargetWire<'a>,
    #[serde(deserialize_with = "nullable")]
    conditions: ConditionsWire,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TargetWire<'a> {
    #[serde(borrow)]
    kind: Text<'a>,
    #[serde(borrow)]
    uid: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ConditionsWire {
    ready: Option<bool>,
}

/// A service.
pub fn service(json: &str) -> Result<Shape, Broken> {
    let ServiceWire { spec, status } = parse(json)?;
    let mut cluster_ips: Vec<_> = spec.cluster_ips.iter().filter_map(|ip| ip.parse().ok()).collect();
    if cluster_ips.is_empty() {
        cluster_ips.extend(spec.cluster_ip.parse::<IpAddr>());
    }
    let balancers = status.load_balancer.ingress.iter().flat_map(|one| [&one.ip, &one.hostname]);
    let external = balancers.chain(&spec.external_ips).chain([&spec.external_name]);
    Ok(Shape::Service {
        service_type: Clean::from(&*spec.kind),
        cluster_ips,
        external: external.filter(|text| !text.is_empty()).map(|text| Clean::from(&**text)).collect(),
        selector: spec.selector.clean(),
        ports: spec.ports.iter().filter_map(PortWire::port).collect(),
    })
}

/// A slice of a service's endpoints. Readiness that is not stated counts as ready, as the API says.
pub fn slice(json: &str, meta: &MetaWire<'_>) -> Result<Shape, Broken> {
    let slice: SliceWire<'_> = parse(json)?;
    let endpoint = |one: &EndpointWire<'_>| Endpoint {
        addresses: one.addresses.iter().filter_map(|ip| ip.parse().ok()).collect(),
        pod: if &*one.target_ref.kind == "Pod" { one.target_ref.uid.parse().ok() } else { None },
        ready: one.conditions.ready.unwrap_or(true),
    };
    Ok(Shape::EndpointSlice {
        service: Clean::from(meta.labels.get("kubernetes.io/service-name")),
        endpoints: slice.endpoints.iter().map(endpoint).collect(),
    })
}

impl PortWire<'_> {
    fn port(&self) -> Option<ServicePort> {
        Some(ServicePort {
            name: Clean::from(&*self.name),
            port: self.port.try_into().ok()?,
            protocol: Clean::from(if self.protocol.is_empty() { "TCP" } else { &*self.protocol }),
        })
    }
}
