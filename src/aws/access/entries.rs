//! Access entries: IAM identities that EKS itself lets into a cluster.

use futures::{StreamExt as _, TryStreamExt as _};
use serde::Serialize;

use super::super::account::{Account, clean};
use super::super::told::Unsaid;
use crate::model::Clean;

const LIST: &str = "eks:ListAccessEntries";
const DESCRIBE: &str = "eks:DescribeAccessEntry";
const POLICIES: &str = "eks:ListAssociatedAccessPolicies";

/// Entries that are described at the same time.
const AT_ONCE: usize = 8;

/// An access entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessEntry {
    /// The IAM user or role that may enter.
    pub principal: Clean,
    /// `STANDARD`, `EC2_LINUX`, `FARGATE_LINUX`…
    pub kind: Clean,
    /// The name that it enters under; `{{SessionName}}` and its like stand for parts of the session.
    pub username: Clean,
    /// Groups that it enters with.
    pub groups: Vec<Clean>,
    /// Access policies of EKS, which no RBAC object of the cluster shows.
    pub grants: Vec<Grant>,
}

/// An access policy that is associated with an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    /// `arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy`
    pub policy: Clean,
    /// The namespaces that it holds in; empty is the whole cluster.
    pub namespaces: Vec<Clean>,
}

impl Account {
    /// Every access entry of a cluster.
    ///
    /// # Errors
    /// The service cannot be asked, or the cluster takes no access entries (its mode is `CONFIG_MAP`).
    pub async fn access_entries(&self, cluster: &str) -> Result<Vec<AccessEntry>, Unsaid> {
        let eks = self.clients.eks();
        let mut pages = eks.list_access_entries().cluster_name(cluster).into_paginator().items().send();
        let mut principals = Vec::new();
        while let Some(principal) = pages.next().await {
            principals.push(principal.map_err(|error| self.unsaid(LIST, &error))?);
        }
        let described = principals.into_iter().map(|principal| self.access_entry(cluster, principal));
        futures::stream::iter(described).buffered(AT_ONCE).try_collect().await
    }

    async fn access_entry(&self, cluster: &str, principal: String) -> Result<AccessEntry, Unsaid> {
        let eks = self.clients.eks();
        let described = eks.describe_access_entry().cluster_name(cluster).principal_arn(&principal).send().await;
        let entry = described.map_err(|error| self.unsaid(DESCRIBE, &error))?.access_entry;
        let entry = entry.ok_or_else(|| self.absent(DESCRIBE, format!("no entry of {principal}")))?;
        let mut pages = eks
            .list_associated_access_policies()
            .cluster_name(cluster)
            .principal_arn(&principal)
            .into_paginator()
            .items()
            .send();
        let mut grants = Vec::new();
        while let Some(policy) = pages.next().await {
            let policy = policy.map_err(|error| self.unsaid(POLICIES, &error))?;
            let namespaces = policy.access_scope().map(|scope| scope.namespaces()).unwrap_or_default();
            grants.push(Grant {
                policy: clean(policy.policy_arn()),
                namespaces: namespaces.iter().map(|namespace| clean(Some(namespace))).collect(),
            });
        }
        Ok(AccessEntry {
            principal: principal.into(),
            kind: clean(entry.r#type()),
            username: clean(entry.username()),
            groups: entry.kubernetes_groups().iter().map(|group| clean(Some(group))).collect(),
            grants,
        })
    }
}
