//! EKS Pod Identity: the roles that pods of a service account may take.

use futures::{StreamExt as _, TryStreamExt as _};
use serde::Serialize;

use super::super::account::{Account, clean};
use super::super::told::Unsaid;
use crate::model::Clean;

/// Associations that are looked at at once.
const AT_ONCE: usize = 8;

const LIST: &str = "eks:ListPodIdentityAssociations";
const DESCRIBE: &str = "eks:DescribePodIdentityAssociation";

/// An association of a service account with a role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Association {
    /// Its id: `a-…`.
    pub id: Clean,
    /// The service account's namespace.
    pub namespace: Clean,
    /// The service account.
    pub account: Clean,
    /// The role.
    pub role: Clean,
    /// A role that is assumed from there, empty without one.
    pub target_role: Clean,
    /// Whether sessions name the pod: with those tags one pod can be cut off alone.
    pub tags_sessions: bool,
}

impl Account {
    /// The associations of a cluster, or of one of its service accounts by namespace and name: one for each, or none.
    ///
    /// # Errors
    /// The service cannot be asked.
    pub async fn pod_identities(&self, cluster: &str, of: Option<(&str, &str)>) -> Result<Vec<Association>, Unsaid> {
        let (namespace, account) = of.unzip();
        let call = self.clients.eks().list_pod_identity_associations().cluster_name(cluster);
        let call = call.set_namespace(namespace.map(str::to_owned)).set_service_account(account.map(str::to_owned));
        let mut pages = call.into_paginator().items().send();
        let mut ids = Vec::new();
        while let Some(summary) = pages.next().await {
            ids.extend(summary.map_err(|error| self.unsaid(LIST, &error))?.association_id);
        }
        let described = ids.into_iter().map(|id| self.association(cluster, id));
        futures::stream::iter(described).buffered(AT_ONCE).try_collect().await
    }

    async fn association(&self, cluster: &str, id: String) -> Result<Association, Unsaid> {
        let call = self.clients.eks().describe_pod_identity_association().cluster_name(cluster);
        let described = call.association_id(&id).send().await.map_err(|error| self.unsaid(DESCRIBE, &error))?;
        let found = described.association.ok_or_else(|| self.absent(DESCRIBE, format!("no association {id}")))?;
        Ok(Association {
            id: id.into(),
            namespace: clean(found.namespace),
            account: clean(found.service_account),
            role: clean(found.role_arn),
            target_role: clean(found.target_role_arn),
            tags_sessions: found.disable_session_tags != Some(true),
        })
    }
}
