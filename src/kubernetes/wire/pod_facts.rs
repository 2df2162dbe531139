//! What is kept of a pod.

use std::net::IpAddr;

use super::Broken;
use super::given::given;
use super::pod::{ContainerStatusWire, ContainerWire, PodWire};
use super::pod_status::{is_sidecar, printed};
use super::security::security;
use crate::model::Clean;
use crate::model::facts::{ContainerFacts, ContainerRole, Facts, PodFacts};

/// The facts of a pod.
pub fn facts(pod: &PodWire<'_>) -> Result<Facts, Broken> {
    let meta = pod.metadata.meta()?;
    let printed = printed(pod);
    let mut ips: Vec<_> = pod.status.pod_ips.iter().filter_map(|one| one.ip.parse().ok()).collect();
    if ips.is_empty() {
        ips.extend(pod.status.pod_ip.parse::<IpAddr>());
    }
    Ok(Facts::Pod(Box::new(PodFacts {
        meta,
        service_account: Clean::from(&*pod.spec.service_account_name),
        node: Clean::from(&*pod.spec.node_name),
        ips,
        host_ip: pod.status.host_ip.parse().ok(),
        status: Clean::from(printed.status),
        ready: u16::try_from(printed.ready).unwrap_or(u16::MAX),
        restarts: u32::try_from(printed.restarts).unwrap_or(u32::MAX),
        containers: containers(pod),
        security: security(&pod.spec),
        given: given(&pod.spec),
    })))
}

fn containers(pod: &PodWire<'_>) -> Vec<ContainerFacts> {
    let (spec, status) = (&pod.spec, &pod.status);
    let main = spec.containers.iter().map(|one| container(one, ContainerRole::Main, &status.container_statuses));
    let init = spec.init_containers.iter().map(|one| {
        let role = if is_sidecar(one) { ContainerRole::Sidecar } else { ContainerRole::Init };
        container(one, role, &status.init_container_statuses)
    });
    let ephemeral = spec
        .ephemeral_containers
        .iter()
        .map(|one| container(one, ContainerRole::Ephemeral, &status.ephemeral_container_statuses));
    main.chain(init).chain(ephemeral).collect()
}

fn container(one: &ContainerWire<'_>, role: ContainerRole, statuses: &[ContainerStatusWire<'_>]) -> ContainerFacts {
    let image_id = statuses.iter().find(|status| status.name == one.name).map(|status| &*status.image_id);
    ContainerFacts {
        name: Clean::from(&*one.name),
        image: Clean::from(&*one.image),
        image_id: image_id.map(Clean::from).unwrap_or_default(),
        role,
    }
}
