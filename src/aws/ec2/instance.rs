//! `DescribeInstances`

use aws_sdk_ec2::types::{GroupIdentifier, InstanceLifecycleType};
use jiff::Timestamp;
use serde::Serialize;

use super::super::account::{Account, clean, time};
use super::super::told::Unsaid;
use crate::model::Clean;

const CALL: &str = "ec2:DescribeInstances";

/// An instance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Instance {
    /// `i-…`
    pub id: Clean,
    /// The account that it belongs to.
    pub account: Clean,
    /// `running`, `stopping`, `terminated`…
    pub state: Clean,
    /// `m5.large`
    pub instance_type: Clean,
    /// The machine image.
    pub image: Clean,
    /// `Linux/UNIX`, `Windows`.
    pub platform: Clean,
    /// When it was last started.
    pub launched: Option<Timestamp>,
    /// Availability zone.
    pub zone: Clean,
    /// Its network.
    pub vpc: Clean,
    /// Its subnet.
    pub subnet: Clean,
    /// Address inside.
    pub private_ip: Clean,
    /// Address outside, empty without one.
    pub public_ip: Clean,
    /// Whether it is a Spot instance: termination protection is not for those.
    pub spot: bool,
    /// ARN of its instance profile, empty without one.
    pub profile: Clean,
    /// The key pair whose holder may log in, empty without one.
    pub key: Clean,
    /// The device of its root volume.
    pub root_device: Clean,
    /// Whether the metadata service takes only session tokens (IMDSv2); `None` where it does not say.
    pub metadata_tokens: Option<bool>,
    /// How far an answer of the metadata service travels; from 2 on pods get the node's credentials.
    pub metadata_hops: Option<i32>,
    /// Security groups.
    pub groups: Vec<Named>,
    /// Its volumes, and whether each is deleted with it.
    pub volumes: Vec<(Clean, Option<bool>)>,
    /// The service that manages it, as EKS Auto Mode does; empty where its owner does.
    pub operator: Clean,
    /// Tags, sorted by key.
    pub tags: Vec<(Clean, Clean)>,
}

/// Something with an id and a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Named {
    /// Its id.
    pub id: Clean,
    /// Its name.
    pub name: Clean,
}

impl Account {
    /// An instance.
    ///
    /// # Errors
    /// It is not of this account and Region, or the service cannot be asked.
    pub async fn instance(&self, id: &str) -> Result<Instance, Unsaid> {
        let answer = self.clients.ec2().describe_instances().instance_ids(id).send().await;
        let answer = answer.map_err(|error| self.unsaid(CALL, &error))?;
        let reservations = answer.reservations.unwrap_or_default();
        let found = reservations.into_iter().find_map(|reservation| {
            let owner = reservation.owner_id;
            let mut instances = reservation.instances.unwrap_or_default().into_iter();
            instances.find(|instance| instance.instance_id() == Some(id)).map(|instance| (owner, instance))
        });
        let (owner, instance) = found.ok_or_else(|| self.absent(CALL, format!("no instance {id}")))?;
        Ok(read(owner, &instance))
    }
}

fn read(owner: Option<String>, instance: &aws_sdk_ec2::types::Instance) -> Instance {
    let metadata = instance.metadata_options.as_ref();
    let mut tags: Vec<_> = instance.tags().iter().map(|tag| (clean(tag.key()), clean(tag.value()))).collect();
    tags.sort();
    Instance {
        id: clean(instance.instance_id()),
        account: clean(owner),
        state: clean(instance.state().and_then(|state| state.name()).map(|name| name.as_str())),
        instance_type: clean(instance.instance_type().map(|kind| kind.as_str())),
        image: clean(instance.image_id()),
        platform: clean(instance.platform_details()),
        launched: time(instance.launch_time()),
        zone: clean(instance.placement().and_then(|placement| placement.availability_zone())),
        vpc: clean(instance.vpc_id()),
        subnet: clean(instance.subnet_id()),
        private_ip: clean(instance.private_ip_address()),
        public_ip: clean(instance.public_ip_address()),
        spot: instance.instance_lifecycle() == Some(&InstanceLifecycleType::Spot),
        profile: clean(instance.iam_instance_profile().and_then(|profile| profile.arn())),
        key: clean(instance.key_name()),
        root_device: clean(instance.root_device_name()),
        metadata_tokens: metadata.and_then(|options| options.http_tokens()).map(|tokens| tokens.as_str() == "required"),
        metadata_hops: metadata.and_then(|options| options.http_put_response_hop_limit()),
        groups: groups(instance.security_groups()),
        volumes: instance
            .block_device_mappings()
            .iter()
            .filter_map(|device| device.ebs())
            .map(|ebs| (clean(ebs.volume_id()), ebs.delete_on_termination()))
            .collect(),
        operator: clean(instance.operator().filter(|one| one.managed() == Some(true)).and_then(|one| one.principal())),
        tags,
    }
}

/// Security groups, sorted by id.
pub(super) fn groups(groups: &[GroupIdentifier]) -> Vec<Named> {
    let named = |group: &GroupIdentifier| Named { id: clean(group.group_id()), name: clean(group.group_name()) };
    let mut groups: Vec<_> = groups.iter().map(named).collect();
    groups.sort();
    groups
}
