//! What is known of an action before it meets a target.

use std::fmt;

use super::Choice;
use crate::model::{Clean, Kind, Tier};

/// The description that menus, help, documentation, permission checks and tests are made of.
#[derive(Debug)]
pub struct Spec {
    /// Its id, which never changes: `cordon`.
    pub id: &'static str,
    /// A few words for menus.
    pub title: &'static str,
    /// Its key in the action menu.
    pub key: char,
    /// The kinds of object that it acts on.
    pub kinds: &'static [Kind],
    /// How dangerous it is.
    pub tier: Tier,
    /// What it can be told beside its targets.
    pub options: &'static [Choice],
    /// What the API server and the account must allow.
    pub rights: &'static [Right],
    /// How it is undone, or why it cannot be.
    pub undo: Undo,
    /// What it does, what it does not, and what to know before.
    pub doc: &'static str,
}

/// Whether what an action did can be put back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undo {
    /// It can, exactly: how.
    Exactly(&'static str),
    /// It cannot, or there is nothing to put back: why.
    Impossible(&'static str),
}

impl Undo {
    /// The sentence: how, or why not.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Exactly(text) | Self::Impossible(text) => text,
        }
    }

    /// Whether there is a way back.
    pub const fn is_possible(self) -> bool {
        matches!(self, Self::Exactly(_))
    }
}

/// A right that somebody must give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// The API server, in the words of an RBAC rule.
    Rbac {
        /// `get`, `list`, `create`, `patch`.
        verb: &'static str,
        /// API group, empty for the core group.
        group: &'static str,
        /// The resource's plural name.
        resource: &'static str,
        /// The sub-resource, empty for the resource itself.
        subresource: &'static str,
        /// Whether it is needed in the target's namespace, and not in the whole cluster.
        namespaced: bool,
    },
    /// The account around the cluster: an operation as policies name it, `eks:UpdateClusterConfig`.
    Iam(&'static str),
}

impl Right {
    /// A right in the target's namespace.
    pub const fn here(verb: &'static str, group: &'static str, resource: &'static str) -> Self {
        Self::Rbac { verb, group, resource, subresource: "", namespaced: true }
    }

    /// A right in the whole cluster.
    pub const fn anywhere(verb: &'static str, group: &'static str, resource: &'static str) -> Self {
        Self::Rbac { verb, group, resource, subresource: "", namespaced: false }
    }

    /// The same right on a sub-resource.
    pub const fn on(self, subresource: &'static str) -> Self {
        match self {
            Self::Rbac { verb, group, resource, namespaced, .. } => {
                Self::Rbac { verb, group, resource, subresource, namespaced }
            }
            iam @ Self::Iam(_) => iam,
        }
    }

    /// The rule or the statement of a policy that would grant it.
    pub fn rule(&self) -> String {
        match self {
            Self::Rbac { verb, group, resource, subresource, .. } => rule(verb, group, resource, subresource),
            Self::Iam(operation) => format!("{{\"Effect\": \"Allow\", \"Action\": \"{operation}\"}}"),
        }
    }

    /// Whether it is about a resource of the API server.
    pub fn is_on(&self, plural: &str) -> bool {
        matches!(self, Self::Rbac { resource, .. } if *resource == plural)
    }

    /// Whether nothing is changed by what it allows.
    pub fn only_reads(&self) -> bool {
        match self {
            Self::Rbac { verb, .. } => matches!(*verb, "get" | "list" | "watch"),
            Self::Iam(operation) => {
                let call = operation.rsplit(':').next().unwrap_or_default();
                ["Get", "List", "Describe"].iter().any(|prefix| call.starts_with(prefix))
            }
        }
    }
}

/// An RBAC rule that grants one verb on one resource, or on a sub-resource where one is named.
pub fn rule(verb: &str, group: &str, resource: &str, subresource: &str) -> String {
    let slash = if subresource.is_empty() { "" } else { "/" };
    format!("{{apiGroups: [\"{group}\"], resources: [{resource}{slash}{subresource}], verbs: [{verb}]}}")
}

/// Why an action is not for a target, in words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Disabled(pub Clean);

impl Disabled {
    /// The reason.
    pub fn because(why: impl fmt::Display) -> Self {
        Self(why.to_string().into())
    }
}
