//! `settings.yaml`: what a person wants to be so every time.

mod aliases;
mod evidence;
mod file;

use serde::Deserialize;

use super::{Directories, Trouble};
pub use evidence::EvidencePlace;

/// The settings. Every one has a default, so an absent file is a whole one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Contexts of the kubeconfig to open at the start; none means the current one.
    pub contexts: Vec<String>,
    /// Where EKS clusters are looked for.
    pub accounts: Vec<Account>,
    /// Where evidence may be kept and investigated, by Region.
    pub evidence: Vec<EvidencePlace>,
    /// The theme's name; `None` chooses by the terminal's background.
    pub theme: Option<String>,
    /// Only ASCII on the screen; `None` decides by the locale.
    pub ascii: Option<bool>,
    /// Whether the mouse is taken from the terminal.
    pub mouse: bool,
    /// How a list scrolls when the cursor leaves the window.
    pub scroll: Scroll,
    /// Namespaces behind the keys n1 to n9.
    pub favourites: Vec<String>,
    /// Names for longer `:` commands.
    pub aliases: Vec<(String, String)>,
    /// Networks that requests are expected from.
    pub networks: Vec<Network>,
    /// The Region where this machine and its cases stand; `None` where nobody has said it.
    pub here: Option<String>,
    /// The command that calls people: a program and its arguments; none where nobody is called.
    pub page: Vec<String>,
    /// Begin read-only; it cannot be taken back at run time.
    pub read_only: bool,
}

/// An AWS account as one identity sees it, and where its clusters are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Account {
    /// The profile of the AWS configuration; `None` is the default chain of credentials.
    pub profile: Option<String>,
    /// A role to assume from there.
    pub role: Option<String>,
    /// The Regions to look in; none means the profile's own.
    pub regions: Vec<String>,
}

/// A network of the responder's: an office, a VPN, the addresses of CI.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Network {
    /// What it is called.
    pub name: String,
    /// Its addresses: `192.0.2.0/24`, `2001:db8::/32`.
    pub ranges: Vec<String>,
    /// Numbers of its autonomous systems.
    pub asns: Vec<u32>,
}

/// How a list scrolls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scroll {
    /// By half a window over SSH, by a line otherwise.
    #[default]
    Auto,
    /// By one line.
    Line,
    /// By half a window: a third of the bytes on a slow line.
    Half,
}

impl Settings {
    /// The settings of the person, and what is wrong with them.
    pub fn load(directories: &Directories) -> (Self, Vec<Trouble>) {
        file::load(&directories.config().join("settings.yaml"))
    }

    /// A settings file with every setting at its default and a line on each: for `podmortem config`.
    pub const TEMPLATE: &'static str = include_str!("template.yaml");
}
