//! What has to be read of a cluster before a blast radius can be told.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

use crate::aws::Unsaid;
use crate::kubernetes::{Error, Read};
use crate::model::Clean;
use crate::rbac::Rights;

/// Time that the account is given: the rest of the radius does not wait longer.
const PATIENCE: Duration = Duration::from_secs(8);

/// What is unknown where the account cannot be asked at all.
const ROLES: &str = "IAM roles of pods and nodes";

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
    /// Roles of instances by their ids, empty for one that has none.
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
    /// Reads what may be read of a cluster and of the account of these instances; what may not is named, and the
    /// radius is told without it.
    pub async fn read(read: &Read, instances: &[Clean], at: i64) -> Self {
        let (rights, secrets, (iam, unasked)) =
            tokio::join!(Rights::read(read, at), secrets(read), Iam::read(read, instances));
        let mut facts = Self { unread: rights.unread.clone(), rights, iam, ..Self::default() };
        facts.unread.extend(unasked);
        match secrets {
            Ok(names) => facts.secrets = names,
            Err(error) => facts.unread.push(("names of secrets".into(), error.said())),
        }
        facts
    }
}

impl Iam {
    /// Asks the account of a cluster, and says what it did not tell. Where no account belongs to the cluster, each
    /// role says how its name can be had.
    async fn read(read: &Read, instances: &[Clean]) -> (Self, Vec<(Clean, Clean)>) {
        let account = match tokio::time::timeout(PATIENCE, read.cluster().account("")).await {
            Ok(Err(Unsaid::NotAsked(_))) => return (Self::default(), Vec::new()),
            Ok(Err(why)) => return (Self::default(), vec![(ROLES.into(), why.to_string().into())]),
            Err(_) => return (Self::default(), vec![(ROLES.into(), late())]),
            Ok(Ok(account)) => account,
        };
        let associations = tokio::time::timeout(PATIENCE, async {
            let plane = read.cluster().control_plane().await?;
            account.pod_identities(&plane.name, None).await
        });
        let roles = tokio::time::timeout(PATIENCE, account.roles_of_instances(instances));
        let (associations, roles) = tokio::join!(associations, roles);
        let mut unread = Vec::new();
        let associations = known(associations, "roles of EKS Pod Identity", &mut unread);
        let associations =
            associations.map(|all| all.into_iter().map(|one| ((one.namespace, one.account), one.role)).collect());
        let instances = known(roles, "roles of instances", &mut unread).unwrap_or_default();
        (Self { associations, instances }, unread)
    }
}

/// What was told in time; what was not is noted with its reason.
fn known<T>(
    told: Result<Result<T, Unsaid>, tokio::time::error::Elapsed>,
    what: &str,
    unread: &mut Vec<(Clean, Clean)>,
) -> Option<T> {
    let why = match told {
        Ok(Ok(told)) => return Some(told),
        Ok(Err(why)) => why.to_string().into(),
        Err(_) => late(),
    };
    unread.push((what.into(), why));
    None
}

fn late() -> Clean {
    format!("the account did not answer in {} s", PATIENCE.as_secs()).into()
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
