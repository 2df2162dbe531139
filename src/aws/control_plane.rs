//! The control plane of an EKS cluster: what it logs, who may reach it, how it lets identities in.

use aws_sdk_eks::types::Cluster;
use futures::StreamExt as _;
use serde::Serialize;

use super::account::{Account, clean};
use super::logs::log_group;
use super::told::Unsaid;
use crate::model::Clean;

const LIST: &str = "eks:ListClusters";
const DESCRIBE: &str = "eks:DescribeCluster";

/// Clusters that are described at the same time.
const AT_ONCE: usize = 8;

/// A control plane, as `DescribeCluster` tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ControlPlane {
    /// The cluster's name.
    pub name: Clean,
    /// `arn:aws:eks:REGION:ACCOUNT:cluster/NAME`
    pub arn: Clean,
    /// `1.33`
    pub version: Clean,
    /// `ACTIVE`, `UPDATING`…
    pub status: Clean,
    /// Logs that go to CloudWatch: of `api`, `audit`, `authenticator`, `controllerManager`, `scheduler`.
    pub logs: Vec<Clean>,
    /// Ranges from which its public endpoint is reached; none where it has no public endpoint.
    pub public_from: Vec<Clean>,
    /// Its network.
    pub vpc: Clean,
    /// The security group that EKS gives it and its nodes.
    pub group: Clean,
    /// `API`, `API_AND_CONFIG_MAP` or `CONFIG_MAP`; empty where the service does not say.
    pub access: Clean,
    /// The key that secrets are encrypted by in etcd; empty for AWS's own.
    pub secrets_key: Clean,
    /// Whether AWS runs its nodes (Auto Mode).
    pub auto_mode: bool,
}

impl ControlPlane {
    /// Whether a log goes to CloudWatch.
    pub fn logs(&self, kind: &str) -> bool {
        self.logs.iter().any(|log| log == kind)
    }

    /// Where its logs go.
    pub fn log_group(&self) -> String {
        log_group(&self.name)
    }
}

impl Account {
    /// The control plane of a cluster: by its name, or where that is not known, by the URL of its API server.
    ///
    /// # Errors
    /// No cluster of this account and Region is it, or the service cannot be asked.
    pub async fn control_plane(&self, name: Option<&str>, server: &str) -> Result<ControlPlane, Unsaid> {
        if let Some(name) = name {
            return Ok(read(&self.cluster(name.to_owned()).await?));
        }
        let mut pages = self.clients.eks().list_clusters().into_paginator().items().send();
        let mut names = Vec::new();
        while let Some(name) = pages.next().await {
            names.push(name.map_err(|error| self.unsaid(LIST, &error))?);
        }
        let mut described = futures::stream::iter(names).map(|name| self.cluster(name)).buffered(AT_ONCE);
        let server = server.trim_end_matches('/');
        while let Some(cluster) = described.next().await {
            let cluster = cluster?;
            if cluster.endpoint().is_some_and(|endpoint| endpoint.trim_end_matches('/').eq_ignore_ascii_case(server)) {
                return Ok(read(&cluster));
            }
        }
        Err(self.absent(LIST, format!("no EKS cluster there has the API server {server}")))
    }

    async fn cluster(&self, name: String) -> Result<Cluster, Unsaid> {
        let answer = self.clients.eks().describe_cluster().name(&name).send().await;
        let answer = answer.map_err(|error| self.unsaid(DESCRIBE, &error))?;
        answer.cluster.ok_or_else(|| self.absent(DESCRIBE, format!("no cluster {name}")))
    }
}

fn read(cluster: &Cluster) -> ControlPlane {
    let setups = cluster.logging().map(|logging| logging.cluster_logging()).unwrap_or_default();
    let mut logs: Vec<_> = setups
        .iter()
        .filter(|setup| setup.enabled() == Some(true))
        .flat_map(|setup| setup.types())
        .map(|kind| clean(Some(kind.as_str())))
        .collect();
    logs.sort();
    let network = cluster.resources_vpc_config();
    let public = network.filter(|network| network.endpoint_public_access());
    let encryption = cluster.encryption_config().iter().find_map(|config| config.provider()?.key_arn());
    ControlPlane {
        name: clean(cluster.name()),
        arn: clean(cluster.arn()),
        version: clean(cluster.version()),
        status: clean(cluster.status().map(|status| status.as_str())),
        logs,
        public_from: public
            .map(|network| network.public_access_cidrs().iter().map(|range| clean(Some(range))).collect())
            .unwrap_or_default(),
        vpc: clean(network.and_then(|network| network.vpc_id())),
        group: clean(network.and_then(|network| network.cluster_security_group_id())),
        access: clean(
            cluster.access_config().and_then(|config| config.authentication_mode()).map(|mode| mode.as_str()),
        ),
        secrets_key: clean(encryption),
        auto_mode: cluster.compute_config().and_then(|compute| compute.enabled()) == Some(true),
    }
}
