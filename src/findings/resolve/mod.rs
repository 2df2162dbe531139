//! From what a finding names to what is there: cluster, workload, pods, node,
//! instance, user, caller. Every link says how it was made, how sure it is and
//! what speaks against it.

mod caller;
mod cluster;
mod index;
mod nodes;
mod seen;
mod user;
mod workload;

pub use caller::{Network, Networks};
pub use cluster::{Place, Reach, session_of};
pub use user::{UserKind, Who, who};

use serde::Serialize;

use crate::inventory::{Inventory, RowId};
use crate::model::{Clean, Finding, SessionId};

use self::index::Index;

/// A step on the way from a finding to what it speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "each variant is the step of its name")]
pub enum Step {
    Cluster,
    Workload,
    Pod,
    Node,
    Instance,
    User,
    Caller,
}

impl Step {
    /// The step in a word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Workload => "workload",
            Self::Pod => "pod",
            Self::Node => "node",
            Self::Instance => "instance",
            Self::User => "user",
            Self::Caller => "caller",
        }
    }
}

/// How sure a link is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sure {
    /// It could not be made; the link says why.
    Unknown,
    /// Something of that name is there, and something speaks against it.
    Doubtful,
    /// By name: nothing speaks against it, and nothing proves it.
    Likely,
    /// By identity.
    Certain,
}

impl Sure {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Doubtful => "doubtful",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }
}

/// A link.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Link {
    /// Which step it is.
    pub step: Step,
    /// What it leads to, or what was looked for.
    pub to: Clean,
    /// The row that it leads to, while one is listed.
    #[serde(skip)]
    pub row: Option<RowId>,
    /// Whether what it leads to is no longer there.
    pub gone: bool,
    /// How it was made, or why it could not be.
    pub how: Clean,
    /// How sure it is.
    pub sure: Sure,
    /// What speaks against it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub against: Vec<Clean>,
}

impl Link {
    fn new(step: Step, to: impl Into<Clean>, sure: Sure, how: impl Into<Clean>) -> Self {
        Self { step, to: to.into(), row: None, gone: false, how: how.into(), sure, against: Vec::new() }
    }

    /// The same link to a row.
    fn at(mut self, row: RowId) -> Self {
        self.row = Some(row);
        self
    }

    /// The same link with what speaks against it; then it is doubtful.
    fn but(mut self, against: Vec<Clean>) -> Self {
        if !against.is_empty() {
            self.sure = self.sure.min(Sure::Doubtful);
            self.against.extend(against);
        }
        self
    }
}

/// Everything that a finding leads to, in the order of the steps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resolution {
    /// The links.
    pub links: Vec<Link>,
    /// Who the user is, where one is named.
    pub who: Option<Who>,
}

impl Resolution {
    /// The rows of pods that the finding speaks of, those that are gone too.
    pub fn pods(&self) -> impl Iterator<Item = RowId> {
        self.links.iter().filter(|link| link.step == Step::Pod).filter_map(|link| link.row)
    }

    /// The links of one step.
    pub fn of(&self, step: Step) -> impl Iterator<Item = &Link> {
        self.links.iter().filter(move |link| link.step == step)
    }
}

/// Resolves findings against the present state of an inventory.
pub struct Resolver<'a> {
    inventory: &'a Inventory,
    reaches: &'a [Reach],
    networks: &'a Networks,
    index: Index<'a>,
}

impl<'a> Resolver<'a> {
    /// Makes an inventory ready to be asked many times. `reaches` are the ways into clusters, open or not.
    pub fn new(inventory: &'a Inventory, reaches: &'a [Reach], networks: &'a Networks) -> Self {
        Self { inventory, reaches, networks, index: Index::of(inventory) }
    }

    /// What a session is called.
    pub fn label(&self, session: SessionId) -> Clean {
        self.inventory.cluster(session).map(|cluster| cluster.label.clone()).unwrap_or_default()
    }

    /// Follows one finding.
    pub fn resolve(&self, finding: &Finding) -> Resolution {
        if let Some(first) = finding.about.seen_on.first() {
            return self.seen(first.session, finding);
        }
        let mut found = Resolution::default();
        let (session, link) = self.cluster(finding);
        found.links.extend(link);
        if !finding.about.is_kubernetes() {
            found.links.push(Link::new(Step::Cluster, "none", Sure::Unknown, "not about a cluster"));
        } else if finding.about.workloads.is_empty() {
            found.links.push(Link::new(Step::Workload, "none", Sure::Unknown, "no workload in the finding"));
        }
        if let Some(session) = session {
            for workload in &finding.about.workloads {
                self.workload(session, finding, workload, &mut found.links);
            }
        } else {
            self.named_only(finding, &mut found.links);
        }
        self.nodes(session, finding, &mut found.links);
        found.who = who(finding);
        found.links.extend(found.who.as_ref().map(|who| self.user(session, who)));
        found.links.extend(self.caller(session, finding));
        found
    }
}

#[cfg(test)]
mod tests;
