//! The findings as the cockpit holds them, and one of them in full.

mod look;

pub use look::Look;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::case::Reread;
use crate::findings::{Batch, Filter, Networks, Rounds, Shelf};
use crate::inventory::Inventory;
use crate::model::{Clean, Finding, SessionId};
use crate::rbac::Rights;

/// Time that our rules have at once. They look between keys and frames, never before them.
const RULES_HAVE: Duration = Duration::from_millis(3);

/// The findings, with a cursor that follows its finding. What our own rules see stands below the alerts.
#[derive(Debug, Default)]
pub struct Alerts {
    /// What somebody reported.
    pub shelf: Shelf,
    /// What our own rules see.
    pub rounds: Rounds,
    /// What is selected among them, as it was typed.
    pub typed: String,
    filter: Filter,
    rows: Vec<Arc<Finding>>,
    place: usize,
    moved: bool,
    /// Rows that the screen has room for; 0 where the pane is not on it.
    pub height: usize,
    /// Networks that callers are expected from.
    pub networks: Networks,
    /// Where findings are asked for, in words; empty where nowhere.
    pub asked: Clean,
    /// When GuardDuty answered last, in seconds since 1970.
    pub heard: Option<i64>,
    /// What came of asking for findings again at their source, by their ids, and when, in seconds since 1970.
    pub rereads: HashMap<Clean, (i64, Reread)>,
}

impl Alerts {
    /// What is shown, in order: the alerts, the worst first, and then what our rules see.
    pub fn rows(&self) -> &[Arc<Finding>] {
        &self.rows
    }

    /// The finding under the cursor.
    pub fn chosen(&self) -> Option<&Arc<Finding>> {
        self.rows.get(self.place)
    }

    /// Place of the cursor.
    pub const fn place(&self) -> usize {
        self.place
    }

    /// Takes in what was read; the cursor stays on its finding. Gives those that are new.
    pub fn take(&mut self, batch: Batch) -> Vec<Arc<Finding>> {
        let new = self.shelf.take(batch);
        self.arrange();
        new
    }

    /// Takes in bindings and roles, for the rules over them.
    pub fn take_rights(&mut self, rights: BTreeMap<SessionId, Rights>) {
        self.rounds.take_rights(rights);
    }

    /// Lets our rules look for a moment, where anybody sees what comes of it. Says whether that is something else.
    pub fn look(&mut self, inventory: &Inventory, now: i64) -> bool {
        let at = Timestamp::from_second(now).unwrap_or(Timestamp::UNIX_EPOCH);
        let changed = self.height > 0 && self.rounds.look(inventory, at, RULES_HAVE);
        if changed {
            self.arrange();
        }
        changed
    }

    /// Selects by words, or says what is wrong with them.
    ///
    /// # Errors
    /// What the words cannot mean.
    pub fn select(&mut self, typed: &str) -> Result<(), String> {
        self.filter = Filter::parse(typed)?;
        typed.trim().clone_into(&mut self.typed);
        self.arrange();
        Ok(())
    }

    /// The first row on the screen.
    pub fn top(&self) -> usize {
        (self.place + 1).saturating_sub(self.fit())
    }

    /// Rows that findings have on the screen; the last of the pane says what the rules have not looked at.
    pub fn fit(&self) -> usize {
        self.height.saturating_sub(usize::from(self.tells_of_rules())).max(1)
    }

    /// Whether there is room to say what the rules have not looked at, and a reason to.
    pub fn tells_of_rules(&self) -> bool {
        self.height > 3 && (self.rounds.looked() || self.rounds.waits())
    }

    /// Moves the cursor.
    pub fn step(&mut self, rows: isize) {
        self.put(self.place.saturating_add_signed(rows));
    }

    /// Puts the cursor on a row.
    pub fn put(&mut self, place: usize) {
        self.moved = true;
        self.place = place.min(self.rows.len().saturating_sub(1));
    }

    /// What stands where there is none.
    pub fn nothing(&self) -> Vec<Clean> {
        let read = ":findings FILE reads some".into();
        match (self.asked.is_empty(), self.heard.is_some(), self.shelf.troubles.first()) {
            _ if !self.filter.is_empty() => vec![format!("nothing is {}", self.typed).into(), "esc shows all".into()],
            (true, ..) => vec![
                "GuardDuty is asked with".into(),
                "--profile and --region.".into(),
                ":findings FILE reads alerts".into(),
                "of any other kind.".into(),
            ],
            (false, false, None) => vec![format!("asking {}", self.asked).into()],
            (false, _, Some(trouble)) => vec![trouble.what.clone(), read],
            (false, true, None) => vec![format!("none in {}", self.asked).into(), read],
        }
    }

    fn arrange(&mut self) {
        // An alert that comes stands before what our rules saw, and so does a cursor that nobody has moved.
        let held = self.chosen().filter(|finding| self.moved || finding.source.is_alert());
        let held = held.map(|finding| (finding.source, finding.id.clone()));
        let all = self.shelf.iter().chain(self.rounds.findings());
        self.rows = all.filter(|finding| self.filter.holds(finding)).cloned().collect();
        let place = held
            .and_then(|(source, id)| self.rows.iter().position(|finding| finding.source == source && finding.id == id));
        self.place = place.unwrap_or(self.place).min(self.rows.len().saturating_sub(1));
    }
}
