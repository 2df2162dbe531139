//! `DescribeInstanceAttribute`: what would keep an instance alive.

use aws_sdk_ec2::operation::describe_instance_attribute::DescribeInstanceAttributeOutput;
use aws_sdk_ec2::types::InstanceAttributeName;
use serde::Serialize;

use super::super::account::{Account, clean};
use super::super::told::Unsaid;
use crate::model::Clean;

const CALL: &str = "ec2:DescribeInstanceAttribute";

/// What a shutdown from inside does to an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Shutdown(
    /// `stop` or `terminate`.
    pub Clean,
);

impl Shutdown {
    /// Whether a shutdown from inside ends the instance, and its volumes' evidence with it.
    pub fn terminates(&self) -> bool {
        self.0 == "terminate"
    }
}

impl Account {
    /// Whether `TerminateInstances` is refused for an instance.
    ///
    /// # Errors
    /// The service cannot be asked.
    pub async fn termination_protection(&self, id: &str) -> Result<bool, Unsaid> {
        let answer = self.attribute(id, InstanceAttributeName::DisableApiTermination).await?;
        let value = answer.disable_api_termination.and_then(|value| value.value);
        value.ok_or_else(|| self.absent(CALL, "the answer has no value"))
    }

    /// What a shutdown from inside does to an instance.
    ///
    /// # Errors
    /// The service cannot be asked.
    pub async fn shutdown_behaviour(&self, id: &str) -> Result<Shutdown, Unsaid> {
        let answer = self.attribute(id, InstanceAttributeName::InstanceInitiatedShutdownBehavior).await?;
        let value = answer.instance_initiated_shutdown_behavior.and_then(|value| value.value);
        value.map(|value| Shutdown(clean(Some(value)))).ok_or_else(|| self.absent(CALL, "the answer has no value"))
    }

    async fn attribute(
        &self,
        id: &str,
        name: InstanceAttributeName,
    ) -> Result<DescribeInstanceAttributeOutput, Unsaid> {
        let call = self.clients.ec2().describe_instance_attribute().instance_id(id).attribute(name);
        call.send().await.map_err(|error| self.unsaid(CALL, &error))
    }
}
