//! What an action acts on of what is chosen, and why it acts on nothing now.

use std::collections::BTreeSet;

use crate::actions;
use crate::inventory::Pod;
use crate::model::{Clean, Kind, Target};
use crate::response::reaches;

use super::super::respond::Offer;
use super::App;

impl App {
    /// What is chosen, or the nodes below it where the action acts on nodes and
    /// pods are chosen. Accounts and owners of pods are looked up when it is planned.
    pub(super) fn aimed(&self, offer: &Offer, targets: Vec<Target>) -> Vec<Target> {
        // What was aimed at before stays: an answer to a question has come since.
        let is_aimed = !targets.is_empty() && targets.iter().all(|target| offer.kinds.contains(&target.kind));
        if let Some(found) = self.of_account(offer).filter(|_| !is_aimed) {
            return found.into_iter().collect();
        }
        if !offer.kinds.contains(&Kind::Node) || !targets.iter().all(|target| leads_on(offer, target)) {
            return targets;
        }
        let node = |target: &Target| self.inventory.target(self.node_of(self.pod_of(target)?)?);
        let nodes: Option<Vec<Target>> = targets.iter().map(node).collect();
        let Some(mut nodes) = nodes else { return targets };
        nodes.sort_by_key(|node| node.uid);
        nodes.dedup();
        nodes
    }

    /// Why an action cannot be planned on these now, in words.
    pub(super) fn action_disabled(&self, offer: &Offer, targets: &[Target]) -> Option<Clean> {
        if self.mode.read_only {
            return Some("this session is read-only".into());
        }
        if let Some(Err(why)) = self.of_account(offer).filter(|_| targets.is_empty()) {
            return Some(why);
        }
        if targets.is_empty() {
            return Some("nothing is marked, under the cursor or in the scope that it acts on".into());
        }
        if targets.iter().any(|target| !offer.kinds.contains(&target.kind) && !leads_on(offer, target)) {
            return Some(format!("it acts on {}", plurals(offer)).into());
        }
        let clusters: BTreeSet<_> = targets.iter().map(|target| target.cluster).collect();
        if clusters.len() > 1 {
            return Some("the marked objects are in different clusters; a plan is for one".into());
        }
        let action = actions::find(offer.id)?;
        let row = |target: &Target| self.inventory.row(self.inventory.row_of(target)?);
        targets.iter().find_map(|target| {
            if leads_on(offer, target) {
                return self.leads_nowhere(offer, target);
            }
            let Err(why) = action.ready(&row(target)?.facts(), target) else { return None };
            Some(if targets.len() == 1 { why.0 } else { format!("{}: {why}", target.name).into() })
        })
    }

    /// Why there is nothing below or above a pod that the action acts on, as far as its row tells.
    fn leads_nowhere(&self, offer: &Offer, pod: &Target) -> Option<Clean> {
        let pod = self.pod_of(pod)?;
        if offer.kinds.contains(&Kind::ServiceAccount) {
            return None;
        }
        if offer.kinds.contains(&Kind::Node) {
            return pod.node().is_empty().then(|| "the pod stands on no node yet".into());
        }
        let owned = pod.workload().is_some_and(|(kind, _)| offer.kinds.iter().any(|owner| kind == *owner.name()));
        (!owned).then(|| format!("it acts on {}, and none of them owns the pod", plurals(offer)).into())
    }

    fn pod_of(&self, target: &Target) -> Option<Pod<'_>> {
        self.inventory.row(self.inventory.row_of(target)?)?.pod()
    }
}

/// Whether a target is a pod that leads to something that the action acts on.
fn leads_on(offer: &Offer, target: &Target) -> bool {
    target.kind == Kind::Pod && reaches(offer.kinds)
}

fn plurals(offer: &Offer) -> String {
    offer.kinds.iter().map(|kind| kind.plural()).collect::<Vec<_>>().join(", ")
}
