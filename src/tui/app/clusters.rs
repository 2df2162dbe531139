//! Ways into clusters: configured, found, opened and closed while the cockpit runs.

use crate::inventory::{ClusterState, KnownAs};
use crate::kubernetes::Entry;
use crate::model::{Clean, Identity, SessionId};

use super::super::effect::Effect;
use super::super::overlays::{Item, Menu, Overlay, Pick};
use super::super::reply::Tone;
use super::App;

/// A way into a cluster.
#[derive(Debug, Clone)]
pub struct Way {
    /// What the configuration calls it.
    pub label: Clean,
    /// The EKS cluster's own name, empty where unknown.
    pub name: Clean,
    /// AWS account id, empty where unknown.
    pub account: Clean,
    /// AWS Region, empty where unknown.
    pub region: Clean,
    /// Its session, while it is open.
    pub session: Option<SessionId>,
}

/// The cluster's own name where a context is called by the cluster's ARN, as
/// `aws eks update-kubeconfig` calls it: account and Region stand beside it anyway.
fn short(label: &Clean) -> Clean {
    let cluster = label.strip_prefix("arn:").and_then(|arn| arn.rsplit_once(":cluster/"));
    cluster.map_or_else(|| label.clone(), |(_, name)| name.into())
}

impl App {
    /// Makes a way known.
    pub fn add_way(&mut self, label: Clean, account: Clean, region: Clean) {
        self.ways.push(Way { name: short(&label), label, account, region, session: None });
    }

    /// Makes the way of an entry known.
    pub fn add_entry(&mut self, entry: &Entry) {
        let account = entry.account().cloned().unwrap_or_default();
        self.add_way(entry.name.clone(), account, entry.region().cloned().unwrap_or_default());
        if let (Some(way), Some(name)) = (self.ways.last_mut(), entry.eks_name()) {
            way.name = Clean::from(name);
        }
    }

    /// Regions of the clusters that are shown, as far as they are known.
    pub fn regions(&self) -> Vec<Clean> {
        let regions = self.inventory.clusters().iter().map(|cluster| cluster.region.clone());
        regions.filter(|region| !region.is_empty()).collect()
    }

    /// Opens the way at a place.
    pub fn open_way(&mut self, place: usize) {
        let next = self.sessions;
        let Some(way) = self.ways.get_mut(place) else { return };
        if way.session.is_some() {
            return;
        }
        let session = SessionId(next);
        way.session = Some(session);
        let (label, account, region) = (short(&way.label), way.account.clone(), way.region.clone());
        self.sessions = next.saturating_add(1);
        let known = KnownAs { name: way.name.clone(), account: account.clone(), region: region.clone() };
        self.inventory.open(ClusterState::new(session, label, account, region));
        self.inventory.also_known(session, known);
        self.effects.push(Effect::Open(session, place));
        self.place_execs();
        self.watch();
    }

    /// Takes ways in that were found in AWS, and opens those that are not open yet.
    pub(super) fn found(&mut self, found: Vec<Entry>) {
        self.effects.push(Effect::Known(found.clone()));
        for entry in found {
            self.add_entry(&entry);
            self.open_way(self.ways.len() - 1);
        }
    }

    /// Two ways may lead to one cluster: the later one is closed, or its rows would stand twice.
    pub(super) fn identified(&mut self, session: SessionId, identity: &Identity) {
        let mut others = self.inventory.clusters().iter().filter(|cluster| cluster.session != session);
        let Some(first) = others.find(|cluster| cluster.id() == Some(identity.cluster)) else { return };
        let (kept, first) = (first.session, first.label.clone());
        let way = self.ways.iter().find(|way| way.session == Some(session));
        if let Some(way) = way {
            let (name, account, region) = (way.name.clone(), way.account.clone(), way.region.clone());
            self.inventory.also_known(kept, KnownAs { name, account, region });
        }
        let label = self.inventory.cluster(session).map(|cluster| cluster.label.clone()).unwrap_or_default();
        self.close_session(session);
        self.tell(Tone::Note, format!("{label} is the same cluster as {first}; it is listed once"));
    }

    pub(super) fn open_ways(&mut self) {
        let item = |(place, way): (usize, &Way)| Item {
            pick: Pick::Cluster(place),
            key: if way.session.is_some() { "open".to_owned() } else { String::new() },
            label: way.label.clone(),
            about: format!("{} {}", way.account, way.region).into(),
            disabled: None,
        };
        let items = self.ways.iter().enumerate().map(item).collect();
        self.overlays.push(Overlay::Menu(Box::new(Menu::new("open or close clusters", items, true))));
    }

    pub(super) fn toggle_way(&mut self, place: usize) {
        match self.ways.get(place).and_then(|way| way.session) {
            Some(session) => self.close_session(session),
            None => self.open_way(place),
        }
    }

    fn close_session(&mut self, session: SessionId) {
        self.ways.iter_mut().filter(|way| way.session == Some(session)).for_each(|way| way.session = None);
        self.inventory.close(session);
        self.place_execs();
        self.effects.push(Effect::Close(session));
        self.cluster = self.cluster.min(self.inventory.clusters().len().saturating_sub(1));
        self.main.invalidate();
        self.nodes.invalidate();
        self.settle();
    }
}
