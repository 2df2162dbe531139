//! The facts around a user, asked of its cluster and of the account around that.

use serde_json::Value;

use super::known::{Known, User};
use crate::aws::access::AuthMap;
use crate::aws::{Account, Told, Unsaid};
use crate::kubernetes::{Cluster, Error};
use crate::model::{Clean, ReadOnly};

const AUTH_MAP: &str = "/api/v1/namespaces/kube-system/configmaps/aws-auth";

/// Asks what tells who a user is, beside what the caller knows of service accounts and nodes already.
pub async fn ask(user: &User, cluster: &Cluster, latch: ReadOnly, known: Known) -> Known {
    let map = async { Told::now(auth_map(cluster).await) };
    let account = account(user, cluster, latch);
    let (map, (entries, providers, associations)) = tokio::join!(map, account);
    Known { map, entries, providers, associations, ..known }
}

async fn auth_map(cluster: &Cluster) -> Result<Option<AuthMap>, Unsaid> {
    match cluster.read().get_path(AUTH_MAP).await {
        Ok(json) => {
            let object: Value = serde_json::from_slice(&json)
                .map_err(|error| Unsaid::NotAsked(format!("aws-auth is no JSON: {error}").into()))?;
            Ok(Some(AuthMap::read(&object)))
        }
        Err(Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(Unsaid::NotAsked(Clean::from(error.to_string()))),
    }
}

type FromAccount = (
    Told<Vec<crate::aws::access::AccessEntry>>,
    Told<Vec<crate::aws::access::Provider>>,
    Told<Vec<crate::aws::access::Association>>,
);

async fn account(user: &User, cluster: &Cluster, latch: ReadOnly) -> FromAccount {
    let (account, name) = match eks(cluster, latch).await {
        Ok(found) => found,
        Err(why) => return (Told::now(Err(why.clone())), Told::now(Err(why.clone())), Told::now(Err(why))),
    };
    let associations = async {
        Told::now(match user.service_account() {
            Some((namespace, account_name)) => account.pod_identities(&name, Some((namespace, account_name))).await,
            None => Ok(Vec::new()),
        })
    };
    let entries = async { Told::now(account.access_entries(&name).await) };
    let providers = async { Told::now(account.identity_providers(&name).await) };
    tokio::join!(entries, providers, associations)
}

/// The account around a cluster, and the cluster's name there.
async fn eks(cluster: &Cluster, latch: ReadOnly) -> Result<(Account, String), Unsaid> {
    let entry = cluster.entry();
    let no_account = || Unsaid::NotAsked("no AWS account belongs to this cluster here".into());
    let account = Account::at(entry.place().ok_or_else(no_account)?, latch).await?;
    let name = match entry.eks_name() {
        Some(name) => name.to_owned(),
        None => account.control_plane(None, entry.server()).await?.name.to_string(),
    };
    Ok((account, name))
}
