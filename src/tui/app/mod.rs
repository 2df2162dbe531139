//! The state of the cockpit. It does no I/O: keys and replies go in, effects
//! come out, and views read it.

mod account;
mod act;
mod aim;
mod alerts;
mod clusters;
mod command;
mod disabled;
mod evidence;
mod habits;
mod history;
mod keys;
mod known;
mod look_at;
mod namespaces;
mod playbook;
mod prompt;
mod reply;
mod reread;
mod resume;
mod rules;
mod select;
mod told;
mod triage;
mod undo;
mod vigil;

pub use clusters::Way;
pub use habits::Habits;
pub use history::{History, Place};

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use self::account::AccountSite;
use self::act::Wanted;
use crate::case::JobId;
use crate::config::keymap::Keymap;
use crate::inventory::{ClusterState, Freshness, Inventory, Marks, Now};
use crate::model::{Clean, Kind, SessionId};
use crate::response::Lookout;

use super::alerts::Alerts;
use super::effect::Effect;
use super::keys::{Pane, bindings};
use super::look::Look;
use super::overlays::{Overlay, Walk};
use super::panes::List;
use super::reply::Tone;
use super::respond::{CaseView, Offer};

/// How the cockpit was started.
#[derive(Clone, Debug, Default)]
pub struct Mode {
    /// Whether it runs on the embedded twin.
    pub game_day: bool,
    /// Whether changes are refused.
    pub read_only: bool,
    /// The version, for the header.
    pub version: &'static str,
}

/// The cockpit.
#[derive(Debug)]
pub struct App {
    /// What is known of every cluster.
    pub inventory: Inventory,
    /// The keys.
    pub keymap: Keymap,
    /// The looks.
    pub look: Look,
    /// How it was started.
    pub mode: Mode,
    /// Every way into a cluster that is configured or was found: label, account, Region, and its session where it is open.
    pub ways: Vec<Way>,
    /// The pane that has the keys.
    pub focus: Pane,
    /// Whether that pane has the whole screen.
    pub zoomed: bool,
    /// Place of the cursor among the clusters.
    pub cluster: usize,
    /// The list of pods, or of another kind that was asked for in its place.
    pub main: List,
    /// The list of nodes.
    pub nodes: List,
    /// The findings.
    pub alerts: Alerts,
    /// The objects marked.
    pub marked: Marks,
    /// The objects that the responder works on.
    pub scope: Marks,
    /// Place of the cursor in the scope, the jobs and the journal.
    pub places: [usize; 3],
    /// What lies over the panes, the topmost last.
    pub overlays: Vec<Overlay>,
    /// Where the responder has been.
    pub history: History,
    /// Queries typed before.
    pub queries: Vec<String>,
    /// Commands typed before.
    pub commands: Vec<String>,
    /// What the responder set up before.
    pub habits: Habits,
    /// What can be done.
    pub offers: Vec<Offer>,
    /// The case that is open.
    pub case: CaseView,
    /// What was told last, and when.
    pub told: Option<(Tone, Clean, Instant)>,
    /// Whether the next `q` or ctrl-c leaves although jobs are running.
    pub leaving: bool,
    /// The size of the terminal.
    pub size: (u16, u16),
    /// The present, as far as the screen is concerned.
    pub now: Now,
    pub(super) effects: Vec<Effect>,
    wanted: Option<Wanted>,
    releasing: Vec<JobId>,
    /// What was ticked off of playbooks: their steps' ids, by `CASE/PLAYBOOK`.
    pub walked: BTreeMap<String, BTreeSet<String>>,
    resting: Option<Box<Walk>>,
    wanted_playbook: String,
    lookout: Lookout,
    /// Whether rows changed since the lists were last brought up to date.
    pub news: bool,
    tickets: u64,
    sessions: u16,
    accounts: Vec<AccountSite>,
}

impl App {
    /// A cockpit on clusters that nothing is known of yet.
    pub fn new(keymap: Keymap, look: Look, mode: Mode) -> Self {
        let mut app = Self {
            inventory: Inventory::new(),
            keymap,
            look,
            mode,
            ways: Vec::new(),
            focus: Pane::Pods,
            zoomed: false,
            cluster: 0,
            main: List::new(Kind::Pod),
            nodes: List::new(Kind::Node),
            alerts: Alerts::default(),
            marked: Marks::default(),
            scope: Marks::default(),
            places: [0; 3],
            overlays: Vec::new(),
            history: History::default(),
            queries: Vec::new(),
            commands: Vec::new(),
            habits: Habits::default(),
            offers: Vec::new(),
            case: CaseView::default(),
            told: None,
            leaving: false,
            size: (80, 24),
            now: Now::read(),
            effects: Vec::new(),
            wanted: None,
            releasing: Vec::new(),
            walked: BTreeMap::new(),
            resting: None,
            wanted_playbook: String::new(),
            lookout: Lookout::default(),
            news: false,
            tickets: 0,
            sessions: 0,
            accounts: Vec::new(),
        };
        app.history.visit(Place { kind: Kind::Pod, query: String::new() });
        app.watch();
        app
    }

    /// What the world outside should do now.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// Those of them that are of one kind; the others are kept for later.
    pub fn take_effects_of(&mut self, kind: impl Fn(&Effect) -> bool) -> Vec<Effect> {
        let (taken, kept) = std::mem::take(&mut self.effects).into_iter().partition(kind);
        self.effects = kept;
        taken
    }

    /// The built-in keys, for tests and for a start without a keymap.
    pub fn built_in_keys() -> Keymap {
        Keymap::built_in(&bindings())
    }

    /// Brings every list up to date. Says whether anything that is on the screen may have changed.
    pub fn settle(&mut self) -> bool {
        self.news = false;
        let main = self.main.settle(&self.inventory, &self.marked, &self.scope);
        let nodes = self.nodes.settle(&self.inventory, &self.marked, &self.scope);
        self.main.measure(&self.inventory, self.now);
        self.nodes.measure(&self.inventory, self.now);
        let open = self.overlays.iter_mut().any(|overlay| match overlay {
            Overlay::Detail(detail) => {
                detail.refresh(&self.inventory);
                true
            }
            _ => false,
        });
        let finding = self.refresh_finding();
        let triage = self.refresh_triage(false);
        main || nodes || open || finding || triage
    }

    /// Lets our rules look for a moment. Says whether they see something else than before.
    pub fn observe(&mut self) -> bool {
        self.alerts.look(&self.inventory, self.now.unix)
    }

    /// Moves the screen's present on. Says whether something on the screen is over.
    pub fn tick(&mut self, now: Now) -> bool {
        self.now = now;
        self.inventory.expire(now);
        self.forget_told()
    }

    /// Whether an age that counts in seconds is on the screen: of data that are
    /// stale, of a running job, of a row younger than two minutes.
    pub fn ages_move(&self) -> bool {
        let stale = |cluster: &ClusterState| !matches!(cluster.freshness(self.now.instant), Freshness::Fresh(_));
        let young = |list: &List| {
            let last = (list.top() + list.height()).min(list.view().len());
            let mut rows = (list.top()..last).filter_map(|place| list.view().row(&self.inventory, place));
            rows.any(|row| self.now.unix.saturating_sub(row.created()) < 125)
        };
        self.inventory.clusters().iter().any(stale)
            || self.case.jobs.running() > 0
            || young(&self.main)
            || young(&self.nodes)
    }

    /// The list that has the keys, where a list has them.
    pub const fn list(&mut self) -> Option<&mut List> {
        match self.focus {
            Pane::Pods => Some(&mut self.main),
            Pane::Nodes => Some(&mut self.nodes),
            _ => None,
        }
    }

    /// The session that the header speaks of: that of the row under the cursor.
    pub fn session(&self) -> Option<SessionId> {
        let row = match self.focus {
            Pane::Pods => self.main.cursor(),
            Pane::Nodes => self.nodes.cursor(),
            _ => None,
        };
        let first = || self.inventory.clusters().get(self.cluster).or_else(|| self.inventory.clusters().first());
        row.map(|row| row.session).or_else(|| first().map(|cluster| cluster.session))
    }

    /// Asks for the kinds that the screen needs.
    pub(super) fn watch(&mut self) {
        let mut kinds = vec![Kind::Pod, Kind::Node, self.main.kind()];
        kinds.extend(self.main.view().query().needs());
        kinds.extend(self.nodes.view().query().needs());
        if self.lookout.since().is_some() {
            kinds.push(Kind::NetworkPolicy);
        }
        if self.overlays.iter().any(|overlay| matches!(overlay, Overlay::Finding(_))) {
            kinds.push(Kind::ServiceAccount);
            kinds.extend(Kind::WORKLOADS);
        }
        if self.overlays.iter().any(|overlay| matches!(overlay, Overlay::Triage(_))) {
            kinds.extend([Kind::Service, Kind::EndpointSlice]);
        }
        if self.overlays.iter().any(|overlay| matches!(overlay, Overlay::Detail(_))) {
            kinds.extend([Kind::Service, Kind::EndpointSlice, Kind::ServiceAccount]);
        }
        kinds.sort_unstable();
        kinds.dedup();
        self.effects.push(Effect::Watch(kinds));
    }

    pub(super) const fn ticket(&mut self) -> u64 {
        self.tickets += 1;
        self.tickets
    }
}
