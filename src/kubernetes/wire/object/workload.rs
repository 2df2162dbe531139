//! What runs pods: Deployments, ReplicaSets, StatefulSets, DaemonSets, Jobs, CronJobs.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::super::Broken;
use super::super::text::{Text, nullable};
use super::{count, parse};
use crate::model::Clean;
use crate::model::facts::Shape;

#[derive(Default, Deserialize)]
#[serde(default)]
struct WorkloadWire<'a> {
    #[serde(borrow)]
    spec: SpecWire<'a>,
    status: StatusWire,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SpecWire<'a> {
    replicas: Option<i64>,
    #[serde(deserialize_with = "nullable")]
    paused: bool,
    #[serde(deserialize_with = "nullable")]
    suspend: bool,
    #[serde(borrow)]
    schedule: Text<'a>,
    #[serde(borrow, deserialize_with = "nullable")]
    template: TemplateWire<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TemplateWire<'a> {
    #[serde(borrow, deserialize_with = "nullable")]
    spec: PodSpecWire<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct PodSpecWire<'a> {
    #[serde(borrow)]
    service_account_name: Text<'a>,
    #[serde(borrow, deserialize_with = "nullable")]
    init_containers: Vec<ContainerWire<'a>>,
    #[serde(borrow, deserialize_with = "nullable")]
    containers: Vec<ContainerWire<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ContainerWire<'a> {
    #[serde(borrow)]
    image: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct StatusWire {
    ready_replicas: Option<i64>,
    desired_number_scheduled: Option<i64>,
    number_ready: Option<i64>,
    succeeded: Option<i64>,
    failed: Option<i64>,
    active: Option<Active>,
}

/// A Job counts its pods; a CronJob lists its jobs under the same name.
#[derive(Deserialize)]
#[serde(untagged)]
enum Active {
    Count(i64),
    Listed(Vec<IgnoredAny>),
}

impl Active {
    fn count(active: Option<&Self>) -> u32 {
        match active {
            None => 0,
            Some(Self::Count(number)) => count(Some(*number)),
            Some(Self::Listed(jobs)) => u32::try_from(jobs.len()).unwrap_or(u32::MAX),
        }
    }
}

/// A Deployment, ReplicaSet or StatefulSet; one replica where none are asked for.
pub fn replicated(json: &str) -> Result<Shape, Broken> {
    let wire: WorkloadWire<'_> = parse(json)?;
    Ok(workload(&wire.spec, count(wire.spec.replicas.or(Some(1))), count(wire.status.ready_replicas)))
}

/// A DaemonSet.
pub fn daemon_set(json: &str) -> Result<Shape, Broken> {
    let WorkloadWire { spec, status } = parse(json)?;
    Ok(workload(&spec, count(status.desired_number_scheduled), count(status.number_ready)))
}

/// A Job.
pub fn job(json: &str) -> Result<Shape, Broken> {
    let WorkloadWire { spec, status } = parse(json)?;
    Ok(Shape::Job {
        active: Active::count(status.active.as_ref()),
        succeeded: count(status.succeeded),
        failed: count(status.failed),
        suspended: spec.suspend,
    })
}

/// A CronJob.
pub fn cron_job(json: &str) -> Result<Shape, Broken> {
    let WorkloadWire { spec, status } = parse(json)?;
    Ok(Shape::CronJob {
        schedule: Clean::from(&*spec.schedule),
        suspended: spec.suspend,
        active: Active::count(status.active.as_ref()),
    })
}

fn workload(spec: &SpecWire<'_>, desired: u32, ready: u32) -> Shape {
    let pod = &spec.template.spec;
    Shape::Workload {
        desired,
        ready,
        paused: spec.paused,
        images: pod.containers.iter().chain(&pod.init_containers).map(|one| Clean::from(&*one.image)).collect(),
        service_account: Clean::from(&*pod.service_account_name),
    }
}
