//! Pods beside and behind.

use serde::Serialize;

use crate::inventory::Pod;
use crate::model::{Clean, Uid};

/// A pod, named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PodName {
    /// Its namespace.
    pub namespace: Clean,
    /// Its name.
    pub name: Clean,
    /// Its identity.
    pub uid: Uid,
    /// Its service account.
    pub service_account: Clean,
    /// Whether it has its node in its hands, too.
    pub reaches_node: bool,
}

impl From<Pod<'_>> for PodName {
    fn from(pod: Pod<'_>) -> Self {
        Self {
            namespace: pod.namespace().clone(),
            name: pod.name().clone(),
            uid: pod.uid(),
            service_account: pod.service_account().clone(),
            reaches_node: pod.security().reaches_node(),
        }
    }
}

/// Others who use the same credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sharing {
    /// What is shared: `ServiceAccount:shop/web`, `secret shop/db`, an IAM role's ARN.
    pub what: Clean,
    /// The workload, or the service account, that uses it as well.
    pub by: Clean,
    /// How many pods of it do.
    pub pods: usize,
    /// A query that selects them; empty where there is nothing to select.
    pub query: String,
}

/// `Deployment shop/web`, or the pod where nothing made it.
pub fn workload(pod: Pod<'_>) -> Clean {
    match pod.workload() {
        Some((kind, name)) => format!("{kind} {}/{name}", pod.namespace()).into(),
        None => format!("Pod {}/{}", pod.namespace(), pod.name()).into(),
    }
}

/// The query that selects a pod's workload, as a responder would type it.
pub fn selecting(pod: Pod<'_>) -> String {
    match pod.workload() {
        Some((kind, name)) => format!("ns:{} workload:{kind}/{name}", pod.namespace()),
        None => format!("ns:{} name:{}", pod.namespace(), pod.name()),
    }
}
