//! The kubeconfig that leads to the twin.

use std::net::SocketAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::access::Role;
use crate::kubernetes::EMBEDDED;

/// A cluster as a kubeconfig names it.
#[derive(Debug)]
pub(super) struct Context {
    /// The EKS cluster's ARN, as `aws eks update-kubeconfig` names contexts.
    pub(super) name: String,
    /// Where its API server listens.
    pub(super) address: SocketAddr,
    /// The authority's certificate in PEM.
    pub(super) ca: String,
}

/// The text for a role; JSON, which every reader of YAML takes.
pub(super) fn text(contexts: &[Context], account: &str, role: Role) -> String {
    let user = format!("gameday-{}", role.name());
    let clusters: Vec<_> = contexts
        .iter()
        .map(|context| {
            json!({"name": context.name, "cluster": {
                "server": format!("https://{}", context.address),
                "certificate-authority-data": STANDARD.encode(&context.ca),
                "extensions": [{"name": EMBEDDED, "extension": {"account": account}}],
            }})
        })
        .collect();
    let named: Vec<_> = contexts
        .iter()
        .map(|context| {
            json!({"name": context.name, "context": {"cluster": context.name, "user": user, "namespace": "shop"}})
        })
        .collect();
    let config = json!({
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": contexts.first().map(|context| context.name.as_str()).unwrap_or_default(),
        "clusters": clusters,
        "contexts": named,
        "users": [{"name": user, "user": {"token": role.token()}}],
    });
    format!("{config:#}\n")
}
