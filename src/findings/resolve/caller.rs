//! The caller's address: inside of the cluster, one of the responder's own, or neither.

use std::net::IpAddr;

use super::index::Holder;
use super::{Link, Resolver, Step, Sure};
use crate::config::settings;
use crate::inventory::query::Range;
use crate::inventory::{Row, RowId};
use crate::model::finding::Caller;
use crate::model::{Clean, Finding, Kind, SessionId};

/// A network that the responder knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// What it is called.
    pub name: Clean,
    ranges: Vec<Range>,
    systems: Vec<u32>,
}

/// The networks that requests are expected from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks(Vec<Network>);

impl Networks {
    /// The networks of the settings, and what is wrong with them.
    pub fn of(configured: &[settings::Network]) -> (Self, Vec<Clean>) {
        let mut wrong = Vec::new();
        let networks = configured.iter().map(|network| {
            let name = Clean::from(network.name.as_str());
            let range = |text: &String| {
                let range = Range::parse(text);
                if range.is_none() {
                    wrong.push(
                        format!(
                            "networks: {name}: {} is no range of addresses; it is left out",
                            Clean::from(text.as_str())
                        )
                        .into(),
                    );
                }
                range
            };
            Network {
                ranges: network.ranges.iter().filter_map(range).collect(),
                systems: network.asns.clone(),
                name: name.clone(),
            }
        });
        let networks = networks.collect();
        (Self(networks), wrong)
    }

    /// Whether none is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn has(&self, address: IpAddr) -> Option<&Network> {
        self.0.iter().find(|network| network.ranges.iter().any(|range| range.has(address)))
    }

    fn has_system(&self, asn: u32) -> Option<&Network> {
        self.0.iter().find(|network| asn != 0 && network.systems.contains(&asn))
    }
}

impl Resolver<'_> {
    /// Judges where a call came from.
    pub(super) fn caller(&self, session: Option<SessionId>, finding: &Finding) -> Vec<Link> {
        let Some(caller) = &finding.caller else { return Vec::new() };
        let mut links: Vec<Link> =
            caller.addresses.iter().map(|address| self.address(session, caller, address)).collect();
        if links.is_empty() && !caller.domain.is_empty() {
            links.push(Link::new(Step::Caller, caller.domain.clone(), Sure::Likely, "a domain; no address is named"));
        }
        links
    }

    fn address(&self, session: Option<SessionId>, caller: &Caller, written: &Clean) -> Link {
        let link = |sure, how: String| Link::new(Step::Caller, written.clone(), sure, how);
        let Ok(address) = written.parse::<IpAddr>() else {
            return link(Sure::Unknown, "this is no address".to_owned());
        };
        let holder = session.and_then(|session| {
            let holders = self.index.addresses.get(&address)?;
            holders.iter().find_map(|holder| self.holder(session, *holder))
        });
        if let Some((row, what)) = holder {
            return link(Sure::Likely, format!("inside of the cluster: {what} has this address now")).at(row);
        }
        let place = [caller.location.as_str(), caller.organization.as_str()];
        let place: Vec<_> = place.into_iter().filter(|word| !word.is_empty()).collect();
        let asn = if caller.asn == 0 { String::new() } else { format!(" AS{}", caller.asn) };
        let whose =
            if place.is_empty() && asn.is_empty() { String::new() } else { format!(" ({}{asn})", place.join(", ")) };
        if let Some(network) = self.networks.has(address) {
            return link(Sure::Certain, format!("one of yours: {}{whose}", network.name));
        }
        if let Some(network) = self.networks.has_system(caller.asn) {
            return link(Sure::Likely, format!("of a network of yours: {}{whose}", network.name));
        }
        let none = if self.networks.is_empty() { "; the settings name no networks of yours (networks:)" } else { "" };
        if is_private(address) {
            return link(Sure::Unknown, format!("a private address that no listed pod or node has{none}"));
        }
        link(Sure::Unknown, format!("on no list of yours{whose}{none}"))
    }

    fn holder(&self, session: SessionId, holder: Holder) -> Option<(RowId, String)> {
        match holder {
            Holder::Node(held, uid) if held == session => {
                let row = RowId { session, kind: Kind::Node, uid };
                Some((row, format!("node {}", self.inventory.row(row)?.name())))
            }
            Holder::Pod(slot) => {
                let pod = self.inventory.pods().get(slot).filter(|pod| pod.session() == session)?;
                let gone = if pod.gone().is_some() { " (gone)" } else { "" };
                Some((Row::Pod(pod).id(), format!("pod {}/{}{gone}", pod.namespace(), pod.name())))
            }
            Holder::Node(..) => None,
        }
    }
}

/// Whether an address is not of the internet: private, shared, local.
fn is_private(address: IpAddr) -> bool {
    !crate::findings::shape::is_public(address)
}
