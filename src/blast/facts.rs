//! What has to be read of a cluster before a blast radius can be told.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::kubernetes::{Error, Read};
use crate::model::Clean;
use crate::rbac::Rights;

/// Facts that the inventory does not keep, of one cluster.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Bindings and roles.
    pub rights: Rights,
    /// Names of secrets by namespace. Of a secret nothing else is ever kept.
    pub secrets: BTreeMap<Clean, Vec<Clean>>,
    /// What AWS knows of the cluster's identities.
    pub iam: Iam,
    /// What could not be read, and why.
    pub unread: Vec<(Clean, Clean)>,
}

/// What AWS knows of the cluster's identities, as far as somebody has asked it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Iam {
    /// Roles of EKS Pod Identity by namespace and service account; `None` where EKS was not asked.
    pub associations: Option<BTreeMap<(Clean, Clean), Clean>>,
    /// Roles of instances by their ids.
    pub instances: BTreeMap<Clean, Clean>,
}

#[derive(Deserialize)]
struct List {
    items: Option<Vec<Item>>,
}

#[derive(Deserialize)]
struct Item {
    metadata: Metadata,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Metadata {
    namespace: Clean,
    name: Clean,
}

impl Facts {
    /// Reads what may be read; what may not is named, and the radius is told without it.
    pub async fn read(read: &Read, at: i64) -> Self {
        let (rights, secrets) = tokio::join!(Rights::read(read, at), secrets(read));
        let mut facts = Self { unread: rights.unread.clone(), rights, ..Self::default() };
        match secrets {
            Ok(names) => facts.secrets = names,
            Err(error) => facts.unread.push(("names of secrets".into(), error.said())),
        }
        facts
    }
}

async fn secrets(read: &Read) -> Result<BTreeMap<Clean, Vec<Clean>>, Error> {
    let path = "/api/v1/secrets";
    let body = read.metadata(path).await?;
    let list: List = serde_json::from_slice(&body)
        .map_err(|error| Error::Malformed { what: path.into(), why: error.to_string().into() })?;
    let mut names: BTreeMap<Clean, Vec<Clean>> = BTreeMap::new();
    for Item { metadata } in list.items.unwrap_or_default() {
        names.entry(metadata.namespace).or_default().push(metadata.name);
    }
    names.values_mut().for_each(|names| names.sort_unstable());
    Ok(names)
}
