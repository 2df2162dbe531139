//! Objects that are neither pods nor nodes, as the API server sends them.

mod binding;
mod network;
mod other;
mod service;
mod workload;

use serde::Deserialize;

use super::Broken;
use super::meta::MetaWire;
use crate::model::Kind;
use crate::model::facts::{Facts, ObjectFacts, Shape};

/// The part that every object has.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Named<'a> {
    #[serde(borrow)]
    metadata: MetaWire<'a>,
}

/// Reads an object of a kind from JSON.
pub fn from_json(kind: Kind, json: &str) -> Result<Facts, Broken> {
    let named: Named<'_> = parse(json)?;
    let meta = named.metadata.meta()?;
    let shape = shape(kind, json, &named.metadata)?;
    Ok(Facts::Object(Box::new(ObjectFacts { kind, meta, shape })))
}

fn shape(kind: Kind, json: &str, meta: &MetaWire<'_>) -> Result<Shape, Broken> {
    match kind {
        Kind::Namespace => other::namespace(json),
        Kind::ServiceAccount => other::service_account(json),
        Kind::PodDisruptionBudget => other::disruption_budget(json),
        Kind::Service => service::service(json),
        Kind::EndpointSlice => service::slice(json, meta),
        Kind::Deployment | Kind::ReplicaSet | Kind::StatefulSet => workload::replicated(json),
        Kind::DaemonSet => workload::daemon_set(json),
        Kind::Job => workload::job(json),
        Kind::CronJob => workload::cron_job(json),
        Kind::RoleBinding | Kind::ClusterRoleBinding => binding::binding(json),
        Kind::NetworkPolicy => network::policy(json),
        Kind::Pod | Kind::Node | Kind::Finding | Kind::Cluster => Err(Broken::Form),
    }
}

fn parse<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, Broken> {
    serde_json::from_str(json).map_err(|_| Broken::Form)
}

/// A count from outside as one of ours: never negative, never absurd.
fn count(number: Option<i64>) -> u32 {
    number.unwrap_or_default().clamp(0, i64::from(u32::MAX)).try_into().unwrap_or_default()
}

#[cfg(test)]
mod tests;
