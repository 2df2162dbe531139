//! What the cockpit is started with, and what it remembers between starts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::aws::eks::Place as AwsPlace;
use crate::config::keymap::Keymap;
use crate::config::state::{StateError, StateFile};
use crate::config::theme::Theme;
use crate::config::{Directories, Settings, Trouble};
use crate::findings::Networks;
use crate::inventory::Marks;
use crate::kubernetes::{Entry, Impersonation};
use crate::model::ReadOnly;

use super::app::{App, Habits, Mode};
use super::keys::bindings;
use super::look::Look;
use super::reply::Tone;
use super::respond::Offer;
use super::terminal::{Capabilities, probe};

/// What the cockpit is started with.
pub struct Options {
    /// The ways into clusters that are configured.
    pub entries: Vec<Entry>,
    /// Those of them that are open at the start, by their places.
    pub open: Vec<usize>,
    /// Where EKS clusters are looked for.
    pub places: Vec<AwsPlace>,
    /// Whom to ask as in the clusters that are found there.
    pub impersonation: Option<Impersonation>,
    /// The latch that refuses every change once it is closed.
    pub latch: ReadOnly,
    /// How it was started.
    pub mode: Mode,
    /// What the person wants to be so every time.
    pub settings: Settings,
    /// Where files live.
    pub directories: Directories,
    /// What was wrong with the configuration.
    pub troubles: Vec<Trouble>,
    /// The case to open, by id or directory.
    pub case: Option<String>,
    /// Files of findings to read at the start.
    pub findings: Vec<PathBuf>,
}

impl Options {
    /// The cockpit as it is before anything has answered.
    pub fn app(&self, capabilities: &Capabilities) -> App {
        let (keymap, mut troubles) = Keymap::load(&self.directories, &bindings());
        let name = probe::theme_name(&self.settings, None, capabilities);
        let (theme, more) = Theme::load(&self.directories, name);
        troubles.extend(more);
        let ascii = self.settings.ascii.unwrap_or(!capabilities.unicode);
        let look = Look::new(&theme, capabilities.depth, ascii);
        let mut app = App::new(keymap, look, self.mode.clone());
        for entry in &self.entries {
            app.add_entry(entry);
        }
        self.open.iter().for_each(|place| app.open_way(*place));
        app.adopt(Habits::of(&self.settings, capabilities.ssh));
        app.offers = crate::actions::all().iter().map(|action| Offer::of(action.spec())).collect();
        let (networks, wrong) = Networks::of(&self.settings.networks);
        app.alerts.networks = networks;
        if let Some(wrong) = wrong.into_iter().next() {
            app.tell(Tone::Bad, wrong);
        }
        self.findings.iter().for_each(|file| app.read_findings(&file.to_string_lossy()));
        if let Some(case) = &self.case {
            app.open_case(case);
        }
        if let Some(trouble) = troubles.first() {
            app.tell(Tone::Bad, trouble.to_string());
        }
        app
    }
}

/// What survives a restart.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Remembered {
    marked: Marks,
    scope: Marks,
    queries: Vec<String>,
    commands: Vec<String>,
    walked: BTreeMap<String, BTreeSet<String>>,
}

/// Where the cockpit keeps what survives a restart.
pub struct Memory(StateFile);

impl Memory {
    /// The memory in the state directory. The game day has one of its own.
    pub fn new(directories: &Directories, game_day: bool) -> Self {
        Self(StateFile::new(directories, if game_day { "game-day" } else { "cockpit" }))
    }

    /// Puts back what was remembered.
    pub fn recall(&self, app: &mut App) -> Result<(), StateError> {
        let Some(held) = self.0.read::<Remembered>()? else { return Ok(()) };
        app.marked = held.marked;
        app.scope = held.scope;
        app.queries = held.queries;
        app.commands = held.commands;
        app.walked = held.walked;
        Ok(())
    }

    /// Keeps what should survive.
    pub fn keep(&self, app: &App) -> Result<(), StateError> {
        self.0.write(&Remembered {
            marked: app.marked.clone(),
            scope: app.scope.clone(),
            queries: app.queries.clone(),
            commands: app.commands.clone(),
            walked: app.walked.clone(),
        })
    }
}
