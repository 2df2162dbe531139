//! Amazon EC2 Auto Scaling: the group that an instance belongs to, and what would replace it.

use serde::Serialize;

use super::account::{Account, clean};
use super::told::Unsaid;
use crate::model::Clean;

const MEMBERS: &str = "autoscaling:DescribeAutoScalingInstances";
const GROUPS: &str = "autoscaling:DescribeAutoScalingGroups";

/// An instance's membership in an Auto Scaling group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Membership {
    /// The group's name.
    pub group: Clean,
    /// `InService`, `Standby`, `Terminating:Wait`…
    pub lifecycle: Clean,
    /// `HEALTHY` or `UNHEALTHY`, as Auto Scaling sees it: what is unhealthy is replaced.
    pub health: Clean,
    /// Whether scaling in passes it by. It stops neither health checks nor Spot nor anybody by hand.
    pub protected_from_scale_in: Option<bool>,
    /// Instances at least, wanted, at most.
    pub size: Option<(i32, i32, i32)>,
    /// Processes that somebody suspended: `ReplaceUnhealthy`, `AZRebalance`.
    pub suspended: Vec<Clean>,
    /// Days after which every instance is replaced, where the group has such a limit.
    pub days_to_live: Option<i32>,
}

impl Membership {
    /// Whether an instance that is found unhealthy stays.
    pub fn keeps_unhealthy(&self) -> bool {
        self.lifecycle == "Standby" || self.suspended.iter().any(|process| process == "ReplaceUnhealthy")
    }
}

impl Account {
    /// The Auto Scaling group of an instance; `None` where it belongs to none.
    ///
    /// # Errors
    /// The service cannot be asked.
    pub async fn membership(&self, instance: &str) -> Result<Option<Membership>, Unsaid> {
        let client = self.clients.autoscaling();
        let asked = client.describe_auto_scaling_instances().instance_ids(instance).send().await;
        let answer = asked.map_err(|error| self.unsaid(MEMBERS, &error))?;
        let members = answer.auto_scaling_instances();
        let Some(member) = members.iter().find(|member| member.instance_id() == Some(instance)) else {
            return Ok(None);
        };
        let name = member.auto_scaling_group_name().unwrap_or_default();
        let asked = client.describe_auto_scaling_groups().auto_scaling_group_names(name).send().await;
        let answer = asked.map_err(|error| self.unsaid(GROUPS, &error))?;
        let group = answer.auto_scaling_groups().iter().find(|group| group.auto_scaling_group_name() == Some(name));
        let suspended = group.map(|group| group.suspended_processes()).unwrap_or_default();
        Ok(Some(Membership {
            group: name.into(),
            lifecycle: clean(member.lifecycle_state()),
            health: clean(member.health_status()),
            protected_from_scale_in: member.protected_from_scale_in(),
            size: group.and_then(|group| Some((group.min_size()?, group.desired_capacity()?, group.max_size()?))),
            suspended: suspended.iter().map(|process| clean(process.process_name())).collect(),
            days_to_live: group.and_then(|group| group.max_instance_lifetime()).map(|seconds| seconds / 86_400),
        }))
    }
}
