//! Traffic between pods: connections that stay open, what policies make of them, and who still hears what.

mod flow;
mod policy;
mod target;

use std::collections::{BTreeMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::json::{is_true, items, label, text};
use super::logs::Line;
use super::store::Store;

pub(super) use self::flow::Flow;
pub(super) use self::policy::{End, allows};
pub(super) use self::target::{Answer, listening, reached};

/// Where the intruder's processes report to: an address outside, which the sinkhole takes over.
pub(super) const OUTSIDE: &str = "198.51.100.23";

/// The port there.
pub(super) const PORT: u16 = 4444;

/// Where every instance has its metadata.
pub(super) const METADATA: &str = "169.254.169.254";

/// Where the Pod Identity agent of a node answers: an address of the node itself.
pub(super) const AGENT: &str = "169.254.170.23";

/// Lines of the sinkhole that are remembered.
const REMEMBERED: usize = 2_000;

/// How long after its start a taken-over pod begins to report.
const AFTER: SignedDuration = SignedDuration::from_secs(5);

/// What network policies do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Enforcement {
    /// Nothing: they are accepted, and nobody looks at them.
    Off,
    /// They stop new connections; those that are open live on.
    #[default]
    Keep,
    /// They stop new connections and those that are open.
    Cut,
}

/// The network of a cluster.
#[derive(Debug)]
pub(super) struct Network {
    /// What policies do.
    pub(super) enforcement: Enforcement,
    flows: Vec<Flow>,
    /// Pods that are cut off on their node, by uid, with the packets that were dropped.
    cuts: BTreeMap<String, u64>,
    heard: VecDeque<Line>,
}

impl Network {
    /// A network without a connection.
    pub(super) const fn new(enforcement: Enforcement) -> Self {
        Self { enforcement, flows: Vec::new(), cuts: BTreeMap::new(), heard: VecDeque::new() }
    }

    /// Brings connections up to a moment. To be called before anything that they depend on changes:
    /// what happened until now is judged by what stands there now.
    pub(super) fn advance(&mut self, store: &Store, now: Timestamp) {
        let beacons: Vec<_> =
            store.list("Pod", None).into_iter().filter_map(|pod| Some((beacon(&pod)?, pod))).collect();
        self.flows.retain(|flow| beacons.iter().any(|(_, pod)| text(pod, "/metadata/uid") == flow.uid));
        let sink = sinkhole(store);
        for (every, pod) in &beacons {
            let (uid, started) = (text(pod, "/metadata/uid"), text(pod, "/status/startTime"));
            let begins = started.parse::<Timestamp>().ok().and_then(|started| started.checked_add(AFTER).ok());
            let open = self.flows.iter().any(|flow| flow.uid == uid);
            let Some(begins) = begins.filter(|begins| !open && *begins <= now) else { continue };
            if sink.is_some() && self.lets_new(store, pod, sink.as_deref(), OUTSIDE, PORT) {
                self.flows.push(Flow::open(pod, begins, *every, now));
            }
        }
        let mut heard = Vec::new();
        for place in 0..self.flows.len() {
            let through = self.flows.get(place).is_some_and(|flow| {
                let pod = beacons.iter().map(|(_, pod)| pod).find(|pod| text(pod, "/metadata/uid") == flow.uid);
                pod.is_some_and(|pod| sink.is_some() && self.lets_open(store, pod, sink.as_deref()))
            });
            if let Some(flow) = self.flows.get_mut(place) {
                heard.extend(flow.advance(through, now));
            }
        }
        for (uid, dropped) in &mut self.cuts {
            let waiting = self.flows.iter().filter(|flow| flow.uid == *uid).map(Flow::waiting).sum::<u64>();
            *dropped = (*dropped).max(waiting);
        }
        heard.sort_by_key(|line: &Line| line.at);
        self.heard.extend(heard);
        while self.heard.len() > REMEMBERED {
            self.heard.pop_front();
        }
    }

    /// What the sinkhole heard, oldest first.
    pub(super) fn heard(&self) -> Vec<Line> {
        self.heard.iter().cloned().collect()
    }

    /// The open connection of a pod.
    pub(super) fn flow(&self, uid: &str) -> Option<&Flow> {
        self.flows.iter().find(|flow| flow.uid == uid)
    }

    /// Whether a pod is cut off on its node, and how many packets were dropped since.
    pub(super) fn cut(&self, uid: &str) -> Option<u64> {
        self.cuts.get(uid).copied()
    }

    /// Cuts a pod off on its node, or lets it go.
    pub(super) fn set_cut(&mut self, uid: &str, is: bool) {
        if is {
            self.cuts.entry(uid.to_owned()).or_default();
        } else {
            self.cuts.remove(uid);
        }
    }

    /// Whether a new connection of a pod to an address gets through.
    pub(super) fn lets_new(&self, store: &Store, pod: &Value, to: Option<&Value>, address: &str, port: u16) -> bool {
        !self.is_cut(pod) && (self.is_free(pod) || allows(store, &End::of(pod), &End::at(to, address), port))
    }

    /// Whether a new connection of a pod to what its node offers gets through: policies stop the
    /// way to the metadata, and none to the node itself.
    pub(super) fn lets_near(&self, store: &Store, pod: &Value, address: &str, port: u16) -> bool {
        if address == AGENT { !self.is_cut(pod) } else { self.lets_new(store, pod, None, address, port) }
    }

    /// Whether a new connection to a pod from another gets through.
    pub(super) fn lets_in(&self, store: &Store, from: &Value, to: &Value, port: u16) -> bool {
        !self.is_cut(from)
            && !self.is_cut(to)
            && (self.enforcement == Enforcement::Off || allows(store, &End::of(from), &End::of(to), port))
    }

    /// Whether an open connection of a pod to the sinkhole lives.
    fn lets_open(&self, store: &Store, pod: &Value, sink: Option<&Value>) -> bool {
        match self.enforcement {
            _ if self.is_cut(pod) => false,
            Enforcement::Off | Enforcement::Keep => true,
            Enforcement::Cut => self.lets_new(store, pod, sink, OUTSIDE, PORT),
        }
    }

    fn is_cut(&self, pod: &Value) -> bool {
        self.cuts.contains_key(text(pod, "/metadata/uid"))
    }

    /// Policies say nothing about pods with their node's network.
    fn is_free(&self, pod: &Value) -> bool {
        self.enforcement == Enforcement::Off || is_true(pod, "/spec/hostNetwork")
    }
}

/// How often a pod's process reports, where it has one that does.
fn beacon(pod: &Value) -> Option<SignedDuration> {
    if text(pod, "/status/phase") != "Running" {
        return None;
    }
    let taken_over = label(pod, "app") == Some("web") && is_true(pod, "/spec/hostPID");
    if taken_over {
        return Some(SignedDuration::from_millis(500));
    }
    let containers = items(pod, "/spec/containers").iter();
    let mut arguments = containers.flat_map(|container| items(container, "/args").iter().filter_map(Value::as_str));
    let to = format!("-to {OUTSIDE}:{PORT}");
    let line = arguments.find(|line| line.contains(&to))?;
    let every = line.split_once("-every ").and_then(|(_, rest)| rest.split(' ').next()?.parse().ok());
    Some(every.unwrap_or(SignedDuration::from_millis(500)))
}

/// The pod that takes what goes outside.
fn sinkhole(store: &Store) -> Option<std::sync::Arc<Value>> {
    let running = |pod: &std::sync::Arc<Value>| text(pod, "/status/phase") == "Running" && is_sinkhole(pod);
    store.list("Pod", Some("outside")).into_iter().find(running)
}

/// Whether this is the pod that takes what goes outside.
pub(super) fn is_sinkhole(pod: &Value) -> bool {
    text(pod, "/metadata/namespace") == "outside" && label(pod, "app") == Some("drop")
}

#[cfg(test)]
mod tests;
