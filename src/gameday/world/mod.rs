//! What stands in the clusters when the game begins.

use jiff::Timestamp;

use super::life::Life;
use super::store::Store;

/// What a cluster is made from.
#[derive(Clone, Debug)]
pub(super) struct Blueprint {
    /// Its name within its region.
    pub(super) name: &'static str,
    /// Its region.
    pub(super) region: &'static str,
}

impl Blueprint {
    /// The EKS cluster's ARN.
    pub(super) fn arn(&self) -> String {
        format!("arn:aws:eks:{}:111122223333:cluster/{}", self.region, self.name)
    }
}

/// The clusters of the game day, the one with the trouble first.
pub(super) fn blueprints() -> Vec<Blueprint> {
    vec![Blueprint { name: "shop-prod", region: "us-east-1" }, Blueprint { name: "shop-prod-eu", region: "eu-west-1" }]
}

/// Fills a store.
pub(super) fn populate(_store: &mut Store, _blueprint: &Blueprint, _now: Timestamp) -> Life {
    Life::default()
}
