//! From the cluster that a finding names to one that is open, that could be opened, or to none.

use serde::Serialize;

use super::super::envelope::Around;
use super::{Link, Resolver, Step, Sure};
use crate::inventory::{ClusterState, Inventory};
use crate::kubernetes::Entry;
use crate::model::{Clean, Finding, SessionId};

/// A way into a cluster: what it is known as, and whether it is open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// What the configuration calls it.
    pub label: Clean,
    /// The EKS cluster's own name, empty where the configuration does not tell.
    pub name: Clean,
    /// AWS account number, empty where unknown.
    pub account: Clean,
    /// AWS Region, empty where unknown.
    pub region: Clean,
    /// Its session, while it is open.
    pub session: Option<SessionId>,
}

impl Reach {
    /// What an entry of the configuration leads to.
    pub fn of(entry: &Entry, session: Option<SessionId>) -> Self {
        Self {
            label: entry.name.clone(),
            name: entry.eks_name().map(Clean::from).unwrap_or_default(),
            account: entry.account().cloned().unwrap_or_default(),
            region: entry.region().cloned().unwrap_or_default(),
            session,
        }
    }
}

/// Where a finding's cluster is, from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// The finding is about no cluster.
    None,
    /// It names one that is configured nowhere.
    Elsewhere,
    /// It names one that is configured and not open.
    Closed,
    /// It names one that is open.
    Here,
}

/// What a finding says of its cluster.
struct Wanted<'a> {
    name: &'a str,
    account: &'a str,
    region: &'a str,
}

/// How well a way fits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// Its name, account and Region.
    Whole,
    /// Its name; account and Region are not known on one of the sides.
    ByName,
}

impl<'a> Wanted<'a> {
    fn of(finding: &'a Finding) -> Option<Self> {
        let cluster = finding.about.cluster.as_ref()?;
        let mut arn = cluster.arn.split(':').skip(3);
        let (region, account) = (arn.next().unwrap_or_default(), arn.next().unwrap_or_default());
        let or = |said: &'a str, otherwise: &'a Clean| if said.is_empty() { otherwise.as_str() } else { said };
        Some(Self { name: &cluster.name, account: or(account, &finding.account), region: or(region, &finding.region) })
    }

    fn fits(&self, name: &str, account: &str, region: &str) -> Option<Fit> {
        let own = name.rsplit_once(":cluster/").map_or(name, |(_, name)| name);
        if self.name.is_empty() || own != self.name {
            return None;
        }
        let known = |one: &str, other: &str| !one.is_empty() && !other.is_empty();
        let differs = |one: &str, other: &str| known(one, other) && one != other;
        if differs(account, self.account) || differs(region, self.region) {
            return None;
        }
        let whole = known(account, self.account) && known(region, self.region);
        Some(if whole { Fit::Whole } else { Fit::ByName })
    }

    fn fits_state(&self, cluster: &ClusterState) -> Option<Fit> {
        let own = self.fits(&cluster.label, &cluster.account, &cluster.region);
        let also = cluster.known_as.iter().filter_map(|known| self.fits(&known.name, &known.account, &known.region));
        own.into_iter().chain(also).min()
    }

    fn fits_reach(&self, reach: &Reach) -> Option<Fit> {
        [&reach.label, &reach.name].into_iter().filter_map(|name| self.fits(name, &reach.account, &reach.region)).min()
    }

    /// The open cluster that fits best.
    fn open<'i>(&self, inventory: &'i Inventory, reaches: &'i [Reach]) -> Option<(Fit, SessionId, &'i Clean)> {
        let clusters = inventory.clusters().iter();
        let open = clusters.filter_map(|cluster| Some((self.fits_state(cluster)?, cluster.session, &cluster.label)));
        let by_reach = reaches.iter().filter_map(|reach| Some((self.fits_reach(reach)?, reach.session?, &reach.label)));
        open.chain(by_reach).min_by_key(|(fit, ..)| *fit)
    }

    fn place(&self) -> String {
        let or = |text: &str, otherwise: &str| if text.is_empty() { otherwise.to_owned() } else { text.to_owned() };
        format!("account {} in {}", or(self.account, "unknown"), or(self.region, "an unknown Region"))
    }
}

/// The open clusters that may be in an account and Region; empty ones are not known.
fn possible<'i>(inventory: &'i Inventory, account: &Clean, region: &Clean) -> impl Iterator<Item = &'i ClusterState> {
    let differs = |one: &Clean, other: &Clean| !one.is_empty() && !other.is_empty() && one != other;
    let clusters = inventory.clusters().iter();
    clusters.filter(move |cluster| !differs(&cluster.account, account) && !differs(&cluster.region, region))
}

/// The session of the cluster that a log is of: the one that its wrapping names, or else the only one that it can be.
pub fn session_of(inventory: &Inventory, reaches: &[Reach], around: &Around) -> Option<SessionId> {
    if around.cluster.is_empty() {
        let mut possible = possible(inventory, &around.account, &around.region);
        return possible.next().filter(|_| possible.next().is_none()).map(|only| only.session);
    }
    let wanted = Wanted { name: &around.cluster, account: &around.account, region: &around.region };
    wanted.open(inventory, reaches).map(|(_, session, _)| session)
}

impl Resolver<'_> {
    /// The session of a finding's cluster, and the link to it.
    pub(super) fn cluster(&self, finding: &Finding) -> (Option<SessionId>, Option<Link>) {
        let link = |to: &str, sure, how: String| Some(Link::new(Step::Cluster, to, sure, how));
        let Some(wanted) = Wanted::of(finding) else {
            if !finding.about.is_kubernetes() {
                return (None, None);
            }
            return self.only_one(finding);
        };
        let clusters = self.inventory.clusters();
        if let Some((fit, session, label)) = wanted.open(self.inventory, self.reaches) {
            let (sure, how) = match fit {
                Fit::Whole => (Sure::Certain, format!("open as {label}: name, account and Region are the same")),
                Fit::ByName => (
                    Sure::Likely,
                    format!("open as {label}: the name is the same; account and Region cannot be compared"),
                ),
            };
            return (Some(session), link(wanted.name, sure, how));
        }
        let closed = self.reaches.iter().find(|reach| reach.session.is_none() && wanted.fits_reach(reach).is_some());
        if let Some(closed) = closed {
            let how = format!("configured as {} and not open; `:ctx` or --context opens it", closed.label);
            return (None, link(wanted.name, Sure::Unknown, how));
        }
        let namesakes: Vec<Clean> = clusters
            .iter()
            .filter(|cluster| Wanted { account: "", region: "", ..wanted }.fits_state(cluster).is_some())
            .map(|cluster| {
                format!(
                    "{} is open and has the same name, but is in account {} in {}",
                    cluster.label, cluster.account, cluster.region
                )
                .into()
            })
            .collect();
        let how = format!("not here: no configured cluster has this name in {}", wanted.place());
        (None, link(wanted.name, Sure::Unknown, how).map(|link| Link { against: namesakes, ..link }))
    }

    /// A finding that names a workload and no cluster (Falco, an audit log without its group): where one
    /// cluster is open it is looked for there.
    fn only_one(&self, finding: &Finding) -> (Option<SessionId>, Option<Link>) {
        let mut possible = possible(self.inventory, &finding.account, &finding.region);
        let link = |how: String, sure| Some(Link::new(Step::Cluster, "not named", sure, how));
        match (possible.next(), possible.next()) {
            (Some(only), None) => (
                Some(only.session),
                link(
                    format!(
                        "the finding names no cluster; {} is the only one that it can be of those open",
                        only.label
                    ),
                    Sure::Likely,
                ),
            ),
            (None, _) => (
                None,
                link(
                    "the finding names no cluster, and no open one is in its account and Region".to_owned(),
                    Sure::Unknown,
                ),
            ),
            (Some(_), Some(_)) => (
                None,
                link(
                    "the finding names no cluster, and several are open; --context or :ctx leaves one".to_owned(),
                    Sure::Unknown,
                ),
            ),
        }
    }

    /// The session of a finding's cluster, where it is open.
    pub fn session(&self, finding: &Finding) -> Option<SessionId> {
        self.cluster(finding).0
    }

    /// Where a finding's cluster is.
    pub fn place(&self, finding: &Finding) -> Place {
        let seen = finding.about.seen_on.first();
        if seen.is_some_and(|object| self.inventory.cluster(object.session).is_some()) {
            return Place::Here;
        }
        let (session, link) = self.cluster(finding);
        match (session, link, Wanted::of(finding)) {
            (Some(_), ..) => Place::Here,
            (None, None, _) => Place::None,
            (None, Some(_), Some(wanted)) if self.reaches.iter().any(|reach| wanted.fits_reach(reach).is_some()) => {
                Place::Closed
            }
            (None, Some(_), _) => Place::Elsewhere,
        }
    }
}
