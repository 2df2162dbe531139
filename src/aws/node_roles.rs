//! The roles of many instances at once: what the pods of a node reach through its metadata service.

use std::collections::BTreeMap;

use aws_sdk_ec2::types::Filter;

use super::account::{Account, clean};
use super::told::Unsaid;
use crate::model::Clean;

const CALL: &str = "ec2:DescribeInstances";

/// Values that a filter takes at most (the service's limit).
const VALUES: usize = 200;

impl Account {
    /// The role of each of these instances, by name, empty where it has none; an instance that the account does not
    /// have is left out.
    ///
    /// # Errors
    /// The services cannot be asked.
    pub async fn roles_of_instances(&self, ids: &[Clean]) -> Result<BTreeMap<Clean, Clean>, Unsaid> {
        let mut roles = BTreeMap::new();
        let mut profiles: BTreeMap<Clean, Vec<Clean>> = BTreeMap::new();
        for some in ids.chunks(VALUES) {
            // Named outright, one instance that is gone would fail the whole call.
            let values = some.iter().map(ToString::to_string).collect();
            let filter = Filter::builder().name("instance-id").set_values(Some(values)).build();
            let mut pages = self.clients.ec2().describe_instances().filters(filter).into_paginator().send();
            while let Some(page) = pages.next().await {
                let page = page.map_err(|error| self.unsaid(CALL, &error))?;
                for instance in page.reservations().iter().flat_map(|reservation| reservation.instances()) {
                    let id = clean(instance.instance_id());
                    if let Some(arn) = instance.iam_instance_profile().and_then(|profile| profile.arn()) {
                        profiles.entry(arn.into()).or_default().push(id.clone());
                    }
                    roles.insert(id, Clean::default());
                }
            }
        }
        for (profile, instances) in profiles {
            let Some(role) = self.roles_of_profile(&profile).await?.first().map(|role| Clean::from(role.as_str()))
            else {
                continue;
            };
            roles.extend(instances.into_iter().map(|instance| (instance, role.clone())));
        }
        Ok(roles)
    }
}
