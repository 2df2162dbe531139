//! Where the API keeps what it knows of a pod.

use k8s_openapi::api::core::v1::Pod;

use super::super::frame::rbac::Binding;
use super::super::frame::{ActionError, Look, path_of};
use super::related::{Owners, rights};
use crate::kubernetes::escaped;
use crate::model::{Clean, Kind, Target};

/// The names of all containers: init, main, ephemeral.
pub fn containers(pod: &Pod) -> Vec<String> {
    let Some(spec) = &pod.spec else { return Vec::new() };
    let init = spec.init_containers.iter().flatten().map(|container| &container.name);
    let main = spec.containers.iter().map(|container| &container.name);
    let ephemeral = spec.ephemeral_containers.iter().flatten().map(|container| &container.name);
    init.chain(main).chain(ephemeral).cloned().collect()
}

/// The paths to read, what is forgotten first before what stays.
pub async fn paths(
    look: &dyn Look,
    target: &Target,
    pod: &Pod,
    bindings: &[Binding],
) -> Result<Vec<String>, ActionError> {
    let namespace = target.namespace.as_deref().unwrap_or_default();
    let own = path_of(target);
    let owners = Owners::of(look, namespace, pod).await?;
    let mut paths = vec![own.clone()];
    for uid in std::iter::once(target.uid.to_string()).chain(owners.uids) {
        paths.push(format!("/api/v1/namespaces/{namespace}/events?fieldSelector=involvedObject.uid%3D{uid}"));
    }
    for container in containers(pod) {
        for previous in ["&previous=true", ""] {
            paths.push(format!("{own}/log?container={container}{previous}&timestamps=true"));
        }
    }
    if let Some(selector) = owners.selector {
        paths.push(format!("{}?labelSelector={}", Kind::Pod.path_in(namespace), escaped(&selector)));
    }
    paths.extend(owners.paths);
    if let Some(spec) = &pod.spec {
        if let Some(node) = &spec.node_name {
            paths.push(format!("{}/{node}", Kind::Node.path()));
            // Events of nodes stand in this namespace.
            let which = escaped(&format!("involvedObject.kind=Node,involvedObject.name={node}"));
            paths.push(format!("/api/v1/namespaces/default/events?fieldSelector={which}"));
        }
        let account = spec.service_account_name.as_deref().unwrap_or("default");
        paths.push(format!("{}/{account}", Kind::ServiceAccount.path_in(namespace)));
        paths.extend(rights(bindings, namespace, account));
    }
    for kind in [Kind::NetworkPolicy, Kind::Service, Kind::EndpointSlice, Kind::PodDisruptionBudget] {
        paths.push(kind.path_in(namespace));
    }
    paths.push(format!("{}/{namespace}", Kind::Namespace.path()));
    Ok(paths)
}

/// What an artefact is called: `web-1/log/web (previous)`.
pub fn label(target: &Target, path: &str) -> Clean {
    let name = &target.name;
    let (resource, query) = path.split_once('?').unwrap_or((path, ""));
    let last = resource.rsplit('/').next().unwrap_or_default();
    let text = match last {
        "log" => {
            let container = query.split('&').find_map(|part| part.strip_prefix("container=")).unwrap_or_default();
            let previous = if query.contains("previous=true") { " (previous)" } else { "" };
            format!("{name}/log/{container}{previous}")
        }
        "events" => match query.rsplit("%3D").next() {
            Some(uid) if uid == target.uid.to_string() => format!("{name}/events"),
            Some(of) => format!("{name}/events of {of}"),
            None => format!("{name}/events"),
        },
        "pods" => format!("{name}/siblings"),
        "networkpolicies" | "services" | "endpointslices" | "poddisruptionbudgets" => format!("{name}/{last}"),
        _ if resource == path_of(target) => format!("{name}/pod"),
        other => {
            let kind = resource.rsplit('/').nth(1).unwrap_or_default().trim_end_matches('s');
            format!("{name}/{kind}/{other}")
        }
    };
    text.into()
}
