//! From a key to a plan, and from a plan to a job.

use std::sync::Arc;

use crate::actions::Choice;
use crate::model::{Clean, ClusterId, Finding, Identity, Options, Plan, SessionId, Setting, Target};
use crate::response::How;

use super::super::effect::Effect;
use super::super::keys::Pane;
use super::super::overlays::{Ask, Input, Item, Menu, Overlay, Pick};
use super::super::reply::Tone;
use super::super::respond::Offer;
use super::App;

/// An action that was chosen, and what it was told so far.
#[derive(Debug)]
pub(super) struct Wanted {
    action: &'static str,
    options: Options,
    targets: Vec<Target>,
    alert: Option<(Arc<Finding>, Clean)>,
}

/// What is chosen, in words: its name, or how many.
fn named(targets: &[Target]) -> String {
    let kind = targets.first().map(|target| target.kind).filter(|kind| targets.iter().all(|one| one.kind == *kind));
    match (targets, kind) {
        ([], _) => "nothing yet".to_owned(),
        ([one], _) => one.to_string(),
        (many, Some(kind)) => format!("{} {}", many.len(), kind.plural()),
        (many, None) => format!("{} objects", many.len()),
    }
}

impl App {
    /// The menu of everything that can be done to what is chosen.
    pub(super) fn open_actions(&mut self) {
        let (title, items) = if self.focus == Pane::Jobs {
            ("act on the job".to_owned(), self.job_items())
        } else {
            (format!("act on {}", named(&self.chosen())), self.action_items())
        };
        self.overlays.push(Overlay::Menu(Box::new(Menu::new(title, items, false))));
    }

    /// Plans an action on what is chosen. Nothing is changed by planning.
    pub(super) fn plan(&mut self, action: &'static str) {
        self.plan_with(action, "");
    }

    /// The same, told some of its options: `label=status=quarantine replace=yes`.
    pub(super) fn plan_with(&mut self, action: &'static str, settings: &str) {
        match settings.split_whitespace().map(str::parse::<Setting>).collect() {
            Ok(options) => {
                let alert = self.alert_acted_on();
                self.want(Wanted { action, options, targets: self.chosen(), alert });
            }
            Err(why) => self.tell(Tone::Bad, format!("{action}: {why}")),
        }
    }

    /// The same on these, whatever is marked.
    pub(super) fn plan_on(&mut self, action: &'static str, targets: Vec<Target>) {
        self.want(Wanted { action, options: Options::default(), targets, alert: None });
    }

    /// Asks for what an action needs to be told: its case, and its options one by one.
    fn want(&mut self, wanted: Wanted) {
        let Some(offer) = self.offers.iter().find(|offer| offer.id == wanted.action) else { return };
        let wanted = Wanted { targets: self.aimed(offer, wanted.targets), ..wanted };
        if let Some(why) = self.action_disabled(offer, &wanted.targets) {
            self.tell(Tone::Note, why);
            return;
        }
        let open = offer.options.iter().find(|choice| choice.asked && !wanted.options.has(choice.name));
        let asked = match open {
            _ if self.case.id.is_empty() => Some(Input::new(Ask::Case, "", &[])),
            Some(choice) => Some(Input::new(Ask::Option(choice), choice.default, &[])),
            None => None,
        };
        if let Some(input) = asked {
            self.wanted = Some(wanted);
            self.overlays.push(Overlay::Input(Box::new(input)));
            return;
        }
        let Wanted { action, options, targets, alert } = wanted;
        let Some((session, identity)) = targets.first().and_then(|target| self.site(target.cluster)) else { return };
        self.tell(Tone::Note, format!("planning {action} on {}; nothing is changed yet", named(&targets)));
        self.effects.push(Effect::Plan { session, identity, action, options, targets, alert });
    }

    /// Takes an option that was asked for, and goes on.
    pub(super) fn set_option(&mut self, choice: &'static Choice, value: &str) {
        if let Some(mut wanted) = self.wanted.take() {
            wanted.options.set(choice.name, value);
            self.want(wanted);
        }
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
        if let Some(wanted) = self.wanted.take() {
            self.want(wanted);
        }
    }

    /// Puts the scope into the case, where one is open and may be written.
    pub(super) fn record_scope(&mut self) {
        if !self.case.id.is_empty() && !self.mode.read_only {
            self.effects.push(Effect::Scope(self.scope.iter().cloned().collect()));
        }
    }

    pub(super) fn site(&self, cluster: ClusterId) -> Option<(SessionId, Identity)> {
        let Some(session) = self.inventory.session_of(cluster) else {
            return self.account_sites().find(|(_, identity)| identity.cluster == cluster);
        };
        Some((session, self.inventory.cluster(session)?.identity.clone()?))
    }

    pub(super) fn run_plan(&mut self, plan: Plan, how: How) {
        let Some((session, identity)) = self.site(plan.cluster) else { return };
        self.tell(Tone::Note, format!("{} begins; the jobs pane (6) shows how far it is", plan.action));
        self.effects.push(Effect::Run { session, identity, plan: Box::new(plan), how });
    }

    pub(super) fn decline(&mut self, plan: &Plan) {
        self.releasing.clear();
        self.tell(Tone::Note, format!("{} was not run; nothing was changed", plan.action));
    }

    /// An entry for each action, with the reason beside those that cannot be run.
    pub(super) fn action_items(&self) -> Vec<Item> {
        let targets = self.chosen();
        let item = |offer: &Offer| Item {
            pick: Pick::Action(offer.id),
            key: String::from(offer.key),
            label: offer.title.clone(),
            about: offer.about.clone(),
            disabled: self.action_disabled(offer, &self.aimed(offer, targets.clone())),
        };
        let mut items: Vec<_> = self.offers.iter().map(item).collect();
        items.sort_by_key(|item| item.disabled.is_some());
        items
    }

    pub(super) fn action_named(&self, word: &str) -> Option<&'static str> {
        self.offers.iter().map(|offer| offer.id).find(|id| *id == word)
    }
}
