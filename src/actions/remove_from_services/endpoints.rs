//! Which services name a pod as an endpoint.

use k8s_openapi::api::discovery::v1::EndpointSlice;

use super::super::frame::{ActionError, Look, labels, list};
use crate::model::{Kind, Target};

/// The service of each slice, by the label that its controller sets.
const SERVICE: &str = "kubernetes.io/service-name";

/// The services of a namespace whose slices name a pod, each once.
pub async fn naming(look: &dyn Look, namespace: &str, target: &Target) -> Result<Vec<String>, ActionError> {
    let uid = target.uid.to_string();
    let slices: Vec<EndpointSlice> = list(look, &Kind::EndpointSlice.path_in(namespace)).await?;
    let mut names: Vec<String> = slices
        .iter()
        .filter(|slice| {
            let references = slice.endpoints.iter().flatten().filter_map(|endpoint| endpoint.target_ref.as_ref());
            references.clone().any(|reference| reference.uid.as_deref() == Some(uid.as_str()))
        })
        .map(|slice| labels(&slice.metadata).get(SERVICE).cloned().unwrap_or_default())
        .collect();
    names.sort();
    names.dedup();
    Ok(names)
}
