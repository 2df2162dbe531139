//! `DescribeNetworkInterfaces`

use aws_sdk_ec2::types::{Filter, NetworkInterface};
use serde::Serialize;

use super::super::account::{Account, clean};
use super::super::told::Unsaid;
use super::instance::{Named, groups};
use crate::model::Clean;

const CALL: &str = "ec2:DescribeNetworkInterfaces";

/// A network interface of an instance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Interface {
    /// `eni-…`
    pub id: Clean,
    /// Its place on the instance; 0 is the primary one.
    pub place: Option<i32>,
    /// `interface`, `trunk`, `branch`…
    pub kind: Clean,
    /// `in-use`, `available`…
    pub state: Clean,
    /// Its own address.
    pub address: Clean,
    /// Addresses on it, its own included: on an EKS node the others are pods'.
    pub addresses: Vec<Clean>,
    /// Address outside, empty without one.
    pub public_ip: Clean,
    /// What whoever made it wrote: `aws-K8S-i-…` from the VPC CNI.
    pub description: Clean,
    /// The subnet.
    pub subnet: Clean,
    /// Security groups: containing a node means each interface's, not only the first one's.
    pub groups: Vec<Named>,
}

impl Account {
    /// The network interfaces that are attached to an instance, in their order there.
    /// Branch interfaces of single pods are attached to its trunk and not among them.
    ///
    /// # Errors
    /// The service cannot be asked.
    pub async fn interfaces(&self, instance: &str) -> Result<Vec<Interface>, Unsaid> {
        let only = Filter::builder().name("attachment.instance-id").values(instance).build();
        let mut pages = self.clients.ec2().describe_network_interfaces().filters(only).into_paginator().items().send();
        let mut interfaces = Vec::new();
        while let Some(interface) = pages.next().await {
            interfaces.push(read(&interface.map_err(|error| self.unsaid(CALL, &error))?));
        }
        interfaces.sort_by(|one, other| (one.place, &one.id).cmp(&(other.place, &other.id)));
        Ok(interfaces)
    }
}

fn read(interface: &NetworkInterface) -> Interface {
    let addresses = interface.private_ip_addresses().iter().map(|address| clean(address.private_ip_address()));
    Interface {
        id: clean(interface.network_interface_id()),
        place: interface.attachment().and_then(|attachment| attachment.device_index()),
        kind: clean(interface.interface_type().map(|kind| kind.as_str())),
        state: clean(interface.status().map(|status| status.as_str())),
        address: clean(interface.private_ip_address()),
        addresses: addresses.collect(),
        public_ip: clean(interface.association().and_then(|association| association.public_ip())),
        description: clean(interface.description()),
        subnet: clean(interface.subnet_id()),
        groups: groups(interface.groups()),
    }
}
