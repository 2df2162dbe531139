//! Pods and nodes by everything that a finding may name them by.

use std::collections::HashMap;
use std::net::IpAddr;

use crate::inventory::{Inventory, PodSlot};
use crate::model::{Kind, SessionId, Uid};

/// Namespace and name in a session.
type Named<'a> = (SessionId, &'a str, &'a str);

/// An inventory, ready to be asked by name.
pub struct Index<'a> {
    /// Pods by name; several where one is gone and another has its name.
    pub pods: HashMap<Named<'a>, Vec<PodSlot>>,
    /// Pods by the name of their direct owner or of the workload above it.
    pub owned: HashMap<(SessionId, &'a str, String), Vec<PodSlot>>,
    /// How many pods run as a service account.
    pub accounts: HashMap<Named<'a>, usize>,
    /// Objects of other kinds by name.
    pub objects: HashMap<(SessionId, Kind, &'a str, &'a str), Uid>,
    /// Pods and nodes by address.
    pub addresses: HashMap<IpAddr, Vec<Holder>>,
    /// Nodes by name.
    pub nodes: HashMap<(SessionId, &'a str), Uid>,
    /// Nodes by instance.
    pub instances: HashMap<&'a str, (SessionId, Uid)>,
}

/// Who has an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A pod.
    Pod(PodSlot),
    /// A node.
    Node(SessionId, Uid),
}

impl<'a> Index<'a> {
    /// Looks at every pod and node once.
    pub fn of(inventory: &'a Inventory) -> Self {
        let mut index = Self {
            pods: HashMap::new(),
            owned: HashMap::new(),
            accounts: HashMap::new(),
            objects: HashMap::new(),
            addresses: HashMap::new(),
            nodes: HashMap::new(),
            instances: HashMap::new(),
        };
        for (slot, pod) in inventory.pods().iter() {
            let (session, namespace) = (pod.session(), pod.namespace().as_str());
            index.pods.entry((session, namespace, pod.name().as_str())).or_default().push(slot);
            if let Some(owner) = pod.owner() {
                let mut own = |kind: &str, name: &str| {
                    index.owned.entry((session, namespace, owned(kind, name))).or_default().push(slot);
                };
                own(&owner.kind, &owner.name);
                if let Some((kind, name)) = pod.workload().filter(|(kind, _)| *kind != owner.kind) {
                    own(&kind, &name);
                }
            }
            if pod.gone().is_none() {
                *index.accounts.entry((session, namespace, pod.service_account().as_str())).or_default() += 1;
            }
            for address in pod.ips() {
                index.addresses.entry(*address).or_default().push(Holder::Pod(slot));
            }
        }
        for (_, row) in inventory.nodes().iter() {
            let (session, uid) = (row.session, row.facts.meta.uid);
            index.nodes.insert((session, row.facts.meta.name.as_str()), uid);
            if !row.facts.instance_id.is_empty() {
                index.instances.insert(row.facts.instance_id.as_str(), (session, uid));
            }
            if let Some(address) = row.facts.internal_ip {
                // Before the pods that share it: those of the host's network.
                index.addresses.entry(address).or_default().insert(0, Holder::Node(session, uid));
            }
        }
        for kind in Kind::ALL {
            for (_, row) in inventory.objects(kind).iter() {
                let meta = &row.facts.meta;
                index.objects.insert((row.session, kind, &meta.namespace, &meta.name), meta.uid);
            }
        }
        index
    }

    /// The pods of a workload.
    pub fn pods_of<'s>(&'s self, session: SessionId, kind: Kind, namespace: &'s str, name: &str) -> &'s [PodSlot] {
        self.owned.get(&(session, namespace, owned(kind.name(), name))).map_or(&[], Vec::as_slice)
    }
}

fn owned(kind: &str, name: &str) -> String {
    format!("{kind}/{name}")
}
