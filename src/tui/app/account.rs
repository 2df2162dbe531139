//! What actions on the account act on: the finding that is looked at, the cluster under the cursor.

use crate::findings::Resolver;
use crate::inventory::ClusterState;
use crate::model::finding::Source;
use crate::model::{Clean, ClusterId, Finding, Identity, Kind, SessionId, Target};

use super::super::keys::Pane;
use super::super::respond::Offer;
use super::App;

/// Digits of the id of a finding of GuardDuty.
const DIGITS: usize = 32;

/// An account that findings are told by, as a place of actions.
#[derive(Clone, Debug)]
pub struct AccountSite {
    session: SessionId,
    identity: Identity,
    /// Account number.
    number: Clean,
    /// What its findings are labelled with.
    told: Clean,
}

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

    /// The cluster through whose account a finding is reached, or the account alone. Where GuardDuty told it, that
    /// is the account that told: of what members report, only the administrator's account may put away anything.
    fn cluster_for(&self, finding: &Finding) -> Result<ClusterId, Clean> {
        let teller = self.accounts.iter().find(|account| account.told == finding.origin.label);
        let number = teller.map_or(&finding.account, |teller| &teller.number);
        let reaches = self.reaches();
        let own = Resolver::new(&self.inventory, &reaches, &self.alerts.networks).session(finding);
        let own = own.and_then(|session| self.inventory.cluster(session));
        let own = own.filter(|cluster| teller.is_none() || cluster.account == *number);
        let clusters = self.inventory.clusters();
        let same = || clusters.iter().find(|cluster| !number.is_empty() && cluster.account == *number);
        let found = own.or_else(same).and_then(ClusterState::id);
        let of_number = || self.accounts.iter().find(|account| account.number == *number);
        let alone = || teller.or_else(of_number).map(|account| account.identity.cluster);
        found.or_else(alone).ok_or_else(|| {
            format!(
                "no cluster of the account {number} is open and none of the accounts that are asked is it: name one \
                 with --profile and --region, or open a cluster of it with :ctx"
            )
            .into()
        })
    }

    /// The accounts as places of actions, each once however many of its Regions are asked.
    pub(super) fn account_sites(&self) -> impl Iterator<Item = (SessionId, Identity)> {
        let again = |place: usize, id| self.accounts.iter().take(place).any(|other| other.identity.cluster == id);
        let sites = self.accounts.iter().enumerate();
        sites
            .filter(move |(place, site)| !again(*place, site.identity.cluster))
            .map(|(_, site)| (site.session, site.identity.clone()))
    }

    /// Takes note of an account that is asked for findings.
    pub(super) fn take_account(&mut self, session: SessionId, identity: Identity, told: Clean) {
        // arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION
        let number = identity.user.split(':').nth(4).map(Clean::from).unwrap_or_default();
        self.accounts.push(AccountSite { session, identity, number, told });
        self.stand_watch();
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
