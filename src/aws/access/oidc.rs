//! OIDC identity providers that a cluster takes tokens of.

use aws_sdk_eks::types::IdentityProviderConfig;
use serde::Serialize;

use super::super::account::{Account, clean};
use super::super::told::Unsaid;
use crate::model::Clean;

const LIST: &str = "eks:ListIdentityProviderConfigs";
const DESCRIBE: &str = "eks:DescribeIdentityProviderConfig";

/// An OIDC identity provider of a cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Provider {
    /// Its name in the cluster's configuration.
    pub name: Clean,
    /// URL of the issuer of its tokens.
    pub issuer: Clean,
    /// The claim that is the user's name; empty means `sub`.
    pub username_claim: Clean,
    /// What stands before every user's name; empty where it is not set, `-` where there is none.
    pub username_prefix: Clean,
    /// What stands before every group's name.
    pub groups_prefix: Clean,
}

impl Provider {
    /// What stands before a user's name. Unset, it is the issuer and `#`, but nothing before an e-mail address
    /// (<https://kubernetes.io/docs/reference/access-authn-authz/authentication/#configuring-the-api-server>).
    pub fn prefix(&self) -> String {
        match self.username_prefix.as_str() {
            "-" => String::new(),
            "" if self.username_claim == "email" => String::new(),
            "" => format!("{}#", self.issuer),
            set => set.to_owned(),
        }
    }
}

impl Account {
    /// The identity providers of a cluster.
    ///
    /// # Errors
    /// The service cannot be asked.
    pub async fn identity_providers(&self, cluster: &str) -> Result<Vec<Provider>, Unsaid> {
        let eks = self.clients.eks();
        let mut pages = eks.list_identity_provider_configs().cluster_name(cluster).into_paginator().items().send();
        let mut configs = Vec::new();
        while let Some(config) = pages.next().await {
            configs.push(config.map_err(|error| self.unsaid(LIST, &error))?);
        }
        futures::future::try_join_all(configs.into_iter().map(|config| self.provider(cluster, config))).await
    }

    async fn provider(&self, cluster: &str, config: IdentityProviderConfig) -> Result<Provider, Unsaid> {
        let name = config.name.clone();
        let call = self.clients.eks().describe_identity_provider_config().cluster_name(cluster);
        let described = call.identity_provider_config(config).send().await;
        let answer = described.map_err(|error| self.unsaid(DESCRIBE, &error))?;
        let oidc = answer.identity_provider_config.and_then(|config| config.oidc);
        let oidc = oidc.ok_or_else(|| self.absent(DESCRIBE, format!("{name} is no OIDC provider")))?;
        Ok(Provider {
            name: name.into(),
            issuer: clean(oidc.issuer_url),
            username_claim: clean(oidc.username_claim),
            username_prefix: clean(oidc.username_prefix),
            groups_prefix: clean(oidc.groups_prefix),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_that_is_not_set_is_the_issuers() {
        let provider = |claim: &str, prefix: &str| Provider {
            issuer: "https://id.example".into(),
            username_claim: claim.into(),
            username_prefix: prefix.into(),
            ..Provider::default()
        };
        assert_eq!(provider("sub", "").prefix(), "https://id.example#");
        assert_eq!(provider("email", "").prefix(), "");
        assert_eq!(provider("sub", "-").prefix(), "");
        assert_eq!(provider("email", "corp:").prefix(), "corp:");
    }
}
