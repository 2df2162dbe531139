//! The agent of Systems Manager on an instance, as the service knows it.

use aws_sdk_ssm::types::InstanceInformationStringFilter;
use jiff::Timestamp;
use serde::Serialize;

use super::account::{Account, clean, time};
use super::told::Unsaid;
use crate::model::Clean;

const CALL: &str = "ssm:DescribeInstanceInformation";

/// An agent that has registered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Agent {
    /// The instance: `i-…`, or `mi-…` for a hybrid one.
    pub instance: Clean,
    /// `Online`, `ConnectionLost`, `Inactive`.
    pub ping: Clean,
    /// When it last reported.
    pub heard: Option<Timestamp>,
    /// Its version.
    pub version: Clean,
    /// `Amazon Linux 2023`, `Bottlerocket`, `Microsoft Windows Server 2022 Datacenter`.
    pub system: Clean,
}

impl Agent {
    /// Whether a command that is sent now would arrive.
    pub fn is_online(&self) -> bool {
        self.ping == "Online"
    }
}

impl Account {
    /// The agent of an instance; `None` where the service knows none.
    ///
    /// # Errors
    /// The service cannot be asked.
    pub async fn agent(&self, instance: &str) -> Result<Option<Agent>, Unsaid> {
        Ok(self.agents(&[instance]).await?.pop())
    }

    /// The agents of instances, in no order; an instance without one is left out.
    ///
    /// # Errors
    /// The service cannot be asked.
    pub async fn agents(&self, instances: &[&str]) -> Result<Vec<Agent>, Unsaid> {
        let mut found = Vec::new();
        // The service takes at most 100 values in a filter.
        for some in instances.chunks(100) {
            let values = some.iter().map(|id| (*id).to_owned()).collect();
            let only = InstanceInformationStringFilter::builder().key("InstanceIds").set_values(Some(values)).build();
            let only = only.map_err(|error| Unsaid::NotAsked(Clean::from(error.to_string())))?;
            let mut pages =
                self.clients.ssm().describe_instance_information().filters(only).into_paginator().items().send();
            while let Some(agent) = pages.next().await {
                let agent = agent.map_err(|error| self.unsaid(CALL, &error))?;
                // Some endpoints answer with every instance, whatever the filter says.
                if agent.instance_id().is_some_and(|id| some.contains(&id)) {
                    found.push(Agent {
                        instance: clean(agent.instance_id()),
                        ping: clean(agent.ping_status().map(|ping| ping.as_str())),
                        heard: time(agent.last_ping_date_time()),
                        version: clean(agent.agent_version()),
                        system: [agent.platform_name(), agent.platform_version()]
                            .into_iter()
                            .flatten()
                            .collect::<Vec<_>>()
                            .join(" ")
                            .into(),
                    });
                }
            }
        }
        Ok(found)
    }
}
