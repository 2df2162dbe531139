//! From a key to a plan, and from a plan to a job.

use std::collections::BTreeSet;

use crate::model::{Clean, ClusterId, Identity, Plan, SessionId};

use super::super::effect::{Effect, Tone};
use super::super::overlays::{Ask, Input, Item, Menu, Overlay, Pick};
use super::super::respond::Offer;
use super::App;

impl App {
    /// The menu of everything that can be done to what is chosen.
    pub(super) fn open_actions(&mut self) {
        let items = self.action_items();
        self.overlays.push(Overlay::Menu(Box::new(Menu::new("act on", items, false))));
    }

    /// Plans an action on what is chosen. Nothing is changed by planning.
    pub(super) fn plan(&mut self, action: &'static str) {
        let Some(offer) = self.offers.iter().find(|offer| offer.id == action) else { return };
        if let Some(why) = self.action_disabled(offer) {
            self.tell(Tone::Note, why);
            return;
        }
        if self.case.id.is_empty() {
            self.wanted_action = Some(action);
            self.overlays.push(Overlay::Input(Box::new(Input::new(Ask::Case, "", &[]))));
            return;
        }
        let targets = self.chosen();
        let Some((session, identity)) = targets.first().and_then(|target| self.site(target.cluster)) else { return };
        self.tell(Tone::Note, format!("planning {action} on {} objects; nothing is changed yet", targets.len()));
        self.effects.push(Effect::Plan { session, identity, action, targets });
    }

    /// Opens a case, or begins it; an observer only opens.
    pub fn open_case(&mut self, id: &str) {
        let id = id.trim().to_owned();
        if id.is_empty() {
            self.tell(Tone::Note, "a case needs an id, such as the ticket's number");
            return;
        }
        let clusters = self.inventory.clusters().iter().filter_map(|cluster| cluster.id()).collect();
        let may_create = !self.mode.read_only;
        self.effects.push(Effect::OpenCase { id, clusters, may_create });
    }

    /// Goes on with the action that waited for a case.
    pub(super) fn resume_action(&mut self) {
        if let Some(action) = self.wanted_action.take() {
            self.plan(action);
        }
    }

    /// Puts the scope into the case, where one is open and may be written.
    pub(super) fn record_scope(&mut self) {
        if !self.case.id.is_empty() && !self.mode.read_only && !self.scope.is_empty() {
            self.effects.push(Effect::Scope(self.scope.iter().cloned().collect()));
        }
    }

    fn site(&self, cluster: ClusterId) -> Option<(SessionId, Identity)> {
        let session = self.inventory.session_of(cluster)?;
        Some((session, self.inventory.cluster(session)?.identity.clone()?))
    }

    pub(super) fn run_plan(&mut self, plan: Plan) {
        let Some((session, identity)) = self.site(plan.cluster) else { return };
        self.tell(Tone::Note, format!("{} begins; the jobs pane (6) shows how far it is", plan.action));
        self.effects.push(Effect::Run { session, identity, plan: Box::new(plan) });
    }

    pub(super) fn decline(&mut self, plan: &Plan) {
        self.tell(Tone::Note, format!("{} was not run; nothing was changed", plan.action));
    }

    /// An entry for each action, with the reason beside those that cannot be run.
    pub(super) fn action_items(&self) -> Vec<Item> {
        let item = |offer: &Offer| Item {
            pick: Pick::Action(offer.id),
            key: String::from(offer.key),
            label: offer.title.clone(),
            about: offer.about.clone(),
            disabled: self.action_disabled(offer),
        };
        self.offers.iter().map(item).collect()
    }

    pub(super) fn action_named(&self, word: &str) -> Option<&'static str> {
        self.offers.iter().map(|offer| offer.id).find(|id| *id == word)
    }

    fn action_disabled(&self, offer: &Offer) -> Option<Clean> {
        let targets = self.chosen();
        if self.mode.read_only {
            return Some("this session is read-only".into());
        }
        if targets.is_empty() {
            return Some("nothing is marked or under the cursor".into());
        }
        if let Some(other) = targets.iter().find(|target| !offer.kinds.contains(&target.kind)) {
            return Some(format!("{other} is no object that it acts on").into());
        }
        let clusters: BTreeSet<_> = targets.iter().map(|target| target.cluster).collect();
        (clusters.len() > 1).then(|| "the marked objects are in different clusters; a plan is for one".into())
    }
}
