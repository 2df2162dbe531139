//! EKS clusters of the configured profiles and Regions.

use std::fmt;

use futures::{StreamExt as _, TryStreamExt as _};

use super::clients::{self, Clients};
use crate::model::{Clean, ReadOnly};

/// Clusters that are described at the same time.
const AT_ONCE: usize = 8;

/// A profile and a Region to look for clusters in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Place {
    /// Profile of the AWS configuration files; `None` is the default credential chain.
    pub profile: Option<String>,
    /// Region; `None` is the profile's own.
    pub region: Option<String>,
    /// A role to assume from there, by ARN.
    pub role: Option<String>,
    /// The endpoint of an embedded account. Nothing of the user's is read then, and AWS is not asked.
    pub embedded: Option<String>,
}

impl Place {
    /// The same identity in another Region; an empty one is the place's own.
    #[must_use]
    pub fn in_region(&self, region: &str) -> Self {
        let region = Some(region.to_owned()).filter(|region| !region.is_empty()).or_else(|| self.region.clone());
        Self { region, ..self.clone() }
    }
}

/// An EKS cluster as `DescribeCluster` tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EksCluster {
    /// Where it was found.
    pub place: Place,
    /// Its name.
    pub name: Clean,
    /// `arn:aws:eks:REGION:ACCOUNT:cluster/NAME`
    pub arn: Clean,
    /// Account number, from the ARN.
    pub account: Clean,
    /// Region, from the ARN.
    pub region: Clean,
    /// URL of the API server, as the service gave it.
    pub endpoint: String,
    /// Certificate authority: PEM in base64, as the service gave it.
    pub authority: String,
    /// `1.33`
    pub version: Clean,
    /// `ACTIVE`, `UPDATING`…
    pub status: Clean,
}

/// What became of one place.
pub type Found = Result<Vec<EksCluster>, DiscoveryError>;

/// A place could not be searched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("EKS clusters of {place}: {why}; {next}")]
pub struct DiscoveryError {
    /// The profile and Region.
    pub place: Clean,
    /// What failed.
    pub why: Clean,
    /// What to do.
    pub next: Clean,
}

/// Finds the EKS clusters of each place, all at once. A place that fails, fails alone.
pub async fn discover(places: &[Place], latch: &ReadOnly) -> Vec<(Place, Found)> {
    let searches = places.iter().map(|place| async move { (place.clone(), search(place, latch).await) });
    futures::future::join_all(searches).await
}

async fn search(place: &Place, latch: &ReadOnly) -> Found {
    let clients = Clients::at(place, latch.clone()).await;
    let fail = |why: &dyn std::error::Error| DiscoveryError {
        place: Clean::from(place.to_string()),
        why: Clean::capped(&clients::chain(why), 400),
        next: Clean::from(clients::renewal(place)),
    };
    if clients.region().is_none() {
        return Err(DiscoveryError {
            place: Clean::from(place.to_string()),
            why: Clean::from("no Region is configured"),
            next: Clean::from("name one in the profile or with AWS_REGION"),
        });
    }
    let eks = clients.eks();
    let mut names = Vec::new();
    let mut pages = eks.list_clusters().into_paginator().send();
    while let Some(page) = pages.next().await {
        names.extend(page.map_err(|error| fail(&error))?.clusters.unwrap_or_default());
    }
    let described = futures::stream::iter(names)
        .map(|name| {
            let call = eks.describe_cluster().name(name);
            async move { call.send().await }
        })
        .buffered(AT_ONCE)
        .try_collect::<Vec<_>>()
        .await
        .map_err(|error| fail(&error))?;
    Ok(described.into_iter().filter_map(|answer| read(place, answer.cluster?)).collect())
}

/// `None` for a cluster that has no endpoint yet: it is being created.
fn read(place: &Place, cluster: aws_sdk_eks::types::Cluster) -> Option<EksCluster> {
    let arn = cluster.arn.unwrap_or_default();
    let mut parts = arn.split(':').skip(3);
    let (region, account) = (parts.next().unwrap_or_default().to_owned(), parts.next().unwrap_or_default().to_owned());
    Some(EksCluster {
        place: Place {
            region: Some(region.clone()).filter(|region| !region.is_empty()).or_else(|| place.region.clone()),
            ..place.clone()
        },
        name: Clean::from(cluster.name.unwrap_or_default()),
        account: Clean::from(account),
        region: Clean::from(region),
        arn: Clean::from(arn),
        endpoint: cluster.endpoint?,
        authority: cluster.certificate_authority.and_then(|authority| authority.data).unwrap_or_default(),
        version: Clean::from(cluster.version.unwrap_or_default()),
        status: Clean::from(cluster.status.map(|status| status.as_str().to_owned()).unwrap_or_default()),
    })
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let profile = self.profile.as_deref().unwrap_or("the default profile");
        let region = self.region.as_deref().unwrap_or("its Region");
        write!(f, "{profile} in {region}")?;
        self.role.iter().try_for_each(|role| write!(f, " as {role}"))
    }
}
