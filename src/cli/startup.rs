//! What every command begins with: options, settings, directories.

use std::path::Path;

use color_eyre::eyre::Result;

use crate::config::{Directories, Settings, Trouble};
use crate::kubernetes::Impersonation;

use super::options::Options;

/// Options over settings over defaults, decided once.
#[derive(Clone, Debug)]
pub struct Startup {
    /// What the command line says.
    pub options: Options,
    /// What the settings say, with what the command line changes of it.
    pub settings: Settings,
    /// Where files live.
    pub directories: Directories,
    /// What is wrong with the settings.
    pub troubles: Vec<Trouble>,
    /// Whether the clusters are the embedded ones.
    pub game_day: bool,
}

impl Startup {
    /// Reads the settings and lays the options over them.
    pub fn read(options: Options) -> Result<Self> {
        let directories = Directories::from_environment()?;
        let directories = match &options.cases {
            Some(cases) => directories.with_cases(cases.clone()),
            None => directories,
        };
        let (mut settings, troubles) = Settings::load(&directories);
        let directories = directories.standing_in(settings.here.clone());
        settings.read_only |= options.read_only;
        if options.ascii {
            settings.ascii = Some(true);
        }
        if options.theme.is_some() {
            settings.theme.clone_from(&options.theme);
        }
        Ok(Self { options, settings, directories, troubles, game_day: false })
    }

    /// Whether nothing may be sent that changes or discloses anything.
    pub const fn read_only(&self) -> bool {
        self.settings.read_only
    }

    /// Whom the command line says to ask as, in every cluster.
    pub fn impersonation(&self) -> Option<Impersonation> {
        let user = self.options.as_user.clone()?;
        Some(Impersonation { user, groups: self.options.as_group.clone(), ..Impersonation::default() })
    }

    /// The same for a game day: its clusters and no others, its own memory and cases.
    #[must_use]
    pub fn on_game_day(mut self, kubeconfig: &Path, contexts: &[&str]) -> Self {
        self.options.kubeconfig = Some(kubeconfig.to_owned());
        self.options.context = contexts.iter().map(|context| (*context).to_owned()).collect();
        self.options.profile.clear();
        self.options.region.clear();
        self.settings.contexts.clear();
        self.settings.accounts.clear();
        self.directories = self.directories.for_game_day();
        self.game_day = true;
        self
    }

    /// Tells what is wrong with the settings on standard error.
    pub fn tell_troubles(&self) {
        for trouble in &self.troubles {
            eprintln!("podmortem: {trouble}");
        }
    }
}
