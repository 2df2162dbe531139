//! `DescribeVolumes`

use aws_sdk_ec2::types::Filter;
use jiff::Timestamp;
use serde::Serialize;

use super::super::account::{Account, clean, time};
use super::super::told::Unsaid;
use crate::model::Clean;

const CALL: &str = "ec2:DescribeVolumes";

/// A volume of an instance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Volume {
    /// `vol-…`
    pub id: Clean,
    /// Where it is attached: `/dev/xvda`.
    pub device: Clean,
    /// `in-use`, `available`…
    pub state: Clean,
    /// Size in GiB.
    pub gib: Option<i32>,
    /// `gp3`
    pub volume_type: Clean,
    /// Whether it is encrypted.
    pub encrypted: Option<bool>,
    /// The key that encrypts it; a snapshot can be read only by who may use it.
    pub key: Clean,
    /// Whether it is deleted with the instance, and the evidence on it.
    pub deleted_with_instance: Option<bool>,
    /// When it was attached.
    pub attached: Option<Timestamp>,
    /// The snapshot that it was made from, empty without one.
    pub from_snapshot: Clean,
}

impl Account {
    /// The volumes of an instance, by device.
    ///
    /// # Errors
    /// The service cannot be asked.
    pub async fn volumes(&self, instance: &str) -> Result<Vec<Volume>, Unsaid> {
        let only = Filter::builder().name("attachment.instance-id").values(instance).build();
        let mut pages = self.clients.ec2().describe_volumes().filters(only).into_paginator().items().send();
        let mut volumes = Vec::new();
        while let Some(volume) = pages.next().await {
            let volume = volume.map_err(|error| self.unsaid(CALL, &error))?;
            volumes.extend(read(&volume, instance));
        }
        volumes.sort_by(|one, other| (&one.device, &one.id).cmp(&(&other.device, &other.id)));
        Ok(volumes)
    }
}

fn read(volume: &aws_sdk_ec2::types::Volume, instance: &str) -> Option<Volume> {
    let here = volume.attachments().iter().find(|attachment| attachment.instance_id() == Some(instance))?;
    Some(Volume {
        id: clean(volume.volume_id()),
        device: clean(here.device()),
        state: clean(volume.state().map(|state| state.as_str())),
        gib: volume.size(),
        volume_type: clean(volume.volume_type().map(|kind| kind.as_str())),
        encrypted: volume.encrypted(),
        key: clean(volume.kms_key_id()),
        deleted_with_instance: here.delete_on_termination(),
        attached: time(here.attach_time()),
        from_snapshot: clean(volume.snapshot_id()),
    })
}
