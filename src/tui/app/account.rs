//! What actions on the account act on: the finding that is looked at, the cluster under the cursor.

use crate::findings::Resolver;
use crate::model::finding::Source;
use crate::model::{Clean, ClusterId, Finding, Kind, Target};

use super::super::keys::Pane;
use super::super::respond::Offer;
use super::App;

/// Digits of the id of a finding of GuardDuty.
const DIGITS: usize = 32;

impl App {
    /// What an action on the account acts on, or why there is nothing of the kind; `None` for actions on clusters'
    /// own objects.
    pub(super) fn of_account(&self, offer: &Offer) -> Option<Result<Target, Clean>> {
        match offer.kinds {
            [Kind::Finding] => Some(self.chosen_finding()),
            [Kind::Cluster] => Some(self.chosen_cluster()),
            _ => None,
        }
    }

    fn chosen_finding(&self) -> Result<Target, Clean> {
        let finding = self.finding().filter(|_| self.among_findings());
        let finding = finding.ok_or("it acts on a finding; 4 goes to them")?;
        let is_id = finding.id.len() == DIGITS && finding.id.bytes().all(|byte| byte.is_ascii_hexdigit());
        if finding.source != Source::GuardDuty || !is_id {
            return Err(format!("this is from {}: only GuardDuty can put away its own", finding.source.word()).into());
        }
        if finding.region.is_empty() {
            return Err("the finding does not say of which Region it is".into());
        }
        Ok(Target::finding(self.cluster_for(&finding)?, &finding.region, &finding.id))
    }

    /// The cluster through whose account a finding is reached: its own, or one of the same account.
    fn cluster_for(&self, finding: &Finding) -> Result<ClusterId, Clean> {
        let reaches = self.reaches();
        let own = Resolver::new(&self.inventory, &reaches, &self.alerts.networks).session(finding);
        let clusters = self.inventory.clusters();
        let same = || clusters.iter().find(|cluster| !finding.account.is_empty() && cluster.account == finding.account);
        let found = own.and_then(|session| self.inventory.cluster(session)).or_else(same);
        found.and_then(|cluster| cluster.id()).ok_or_else(|| {
            format!("no cluster of the account {} is open: it is reached through one; :ctx opens more", finding.account)
                .into()
        })
    }

    fn chosen_cluster(&self) -> Result<Target, Clean> {
        if self.focus != Pane::Clusters || !self.overlays.is_empty() {
            return Err("it acts on a cluster; 1 goes to them".into());
        }
        let cluster = self.inventory.clusters().get(self.cluster).ok_or("there is no cluster under the cursor")?;
        let id = cluster.id().ok_or("the cluster has not said yet which one it is")?;
        let named = self.ways.iter().find(|way| way.session == Some(cluster.session)).map(|way| way.name.clone());
        Ok(Target::of_cluster(id, named.filter(|name| !name.is_empty()).unwrap_or_else(|| cluster.label.clone())))
    }
}
