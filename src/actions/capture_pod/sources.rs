//! Where the API keeps what it knows of a pod.

use k8s_openapi::api::core::v1::Pod;
use kube::core::PartialObjectMeta;

use super::super::frame::{ActionError, Look, controller, decode, path_of};
use crate::kubernetes;
use crate::model::{Clean, Kind, Target};

/// Owners above owners that are followed; a chain that is longer is a loop.
const HIGHEST: usize = 8;

/// The names of all containers: init, main, ephemeral.
pub fn containers(pod: &Pod) -> Vec<String> {
    let Some(spec) = &pod.spec else { return Vec::new() };
    let init = spec.init_containers.iter().flatten().map(|container| &container.name);
    let main = spec.containers.iter().map(|container| &container.name);
    let ephemeral = spec.ephemeral_containers.iter().flatten().map(|container| &container.name);
    init.chain(main).chain(ephemeral).cloned().collect()
}

/// The paths to read, what is forgotten first before what stays.
pub async fn paths(look: &dyn Look, target: &Target, pod: &Pod) -> Result<Vec<String>, ActionError> {
    let namespace = target.namespace.as_deref().unwrap_or_default();
    let own = path_of(target);
    let mut paths = vec![own.clone()];
    paths.push(format!("/api/v1/namespaces/{namespace}/events?fieldSelector=involvedObject.uid%3D{}", target.uid));
    for container in containers(pod) {
        for previous in ["&previous=true", ""] {
            paths.push(format!("{own}/log?container={container}{previous}&timestamps=true"));
        }
    }
    paths.extend(owners(look, namespace, pod).await?);
    if let Some(spec) = &pod.spec {
        if let Some(node) = &spec.node_name {
            paths.push(format!("{}/{node}", Kind::Node.path()));
        }
        let account = spec.service_account_name.as_deref().unwrap_or("default");
        paths.push(format!("{}/{account}", Kind::ServiceAccount.path_in(namespace)));
    }
    for kind in [Kind::NetworkPolicy, Kind::Service, Kind::EndpointSlice] {
        paths.push(kind.path_in(namespace));
    }
    Ok(paths)
}

/// The owners of a pod up to the last: ReplicaSet, Deployment. An owner of a kind
/// that podmortem does not know ends the chain; the object below it names it.
async fn owners(look: &dyn Look, namespace: &str, pod: &Pod) -> Result<Vec<String>, ActionError> {
    let mut paths = Vec::new();
    let mut owner = controller(&pod.metadata).cloned();
    while let Some(above) = owner.take() {
        let kind =
            Kind::ALL.into_iter().find(|kind| kind.name() == above.kind && kind.api_version() == above.api_version);
        let Some(kind) = kind.filter(|_| paths.len() < HIGHEST) else { break };
        let path = format!("{}/{}", kind.path_in(namespace), above.name);
        match look.get(&path).await {
            Err(kubernetes::Error::NotFound { .. } | kubernetes::Error::Forbidden { .. }) => {}
            read => {
                let object: PartialObjectMeta = decode(&path, &read?)?;
                owner = controller(&object.metadata).cloned();
            }
        }
        paths.push(path);
    }
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
        "events" | "networkpolicies" | "services" | "endpointslices" => format!("{name}/{last}"),
        _ if resource == path_of(target) => format!("{name}/pod"),
        other => {
            let kind = resource.rsplit('/').nth(1).unwrap_or_default().trim_end_matches('s');
            format!("{name}/{kind}/{other}")
        }
    };
    text.into()
}
