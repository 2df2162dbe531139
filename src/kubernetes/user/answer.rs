//! The answer to who a user is: what it is, how each part of that is known, and what helps.

use serde::Serialize;

use crate::aws::Unsaid;
use crate::model::Clean;

/// What a user is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhoIs {
    /// Somebody who showed no credentials.
    Anonymous,
    /// A service account: whoever holds its token.
    ServiceAccount,
    /// A kubelet, or whoever took its credentials.
    Node,
    /// A part of Kubernetes or of EKS.
    System,
    /// An IAM user or role.
    Iam,
    /// A person of an OIDC provider.
    Oidc,
    /// None of them, as far as the facts tell.
    Unknown,
}

/// How sure a link is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sure {
    /// It cannot be otherwise.
    Certain,
    /// Names agree, and nothing contradicts it.
    Likely,
    /// It may be so.
    Possible,
    /// It could not be asked.
    Unknown,
}

/// One step from a user to what stands behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    /// What was found.
    pub says: Clean,
    /// How it is known, or why not.
    pub how: Clean,
    /// How sure it is.
    pub sure: Sure,
}

/// Who a user is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// What it is.
    pub is: WhoIs,
    /// How that is known.
    pub links: Vec<Link>,
    /// What takes its access away, in the order in which it helps.
    pub revoke: Vec<Clean>,
}

impl Answer {
    pub(super) fn link(&mut self, sure: Sure, says: impl Into<Clean>, how: impl Into<Clean>) {
        self.links.push(Link { says: says.into(), how: how.into(), sure });
    }

    pub(super) fn revoke(&mut self, what: impl Into<Clean>) {
        self.revoke.push(what.into());
    }

    pub(super) fn unknown(&mut self, what: &str, why: &Unsaid) {
        self.link(Sure::Unknown, format!("{what}: not known"), why.to_string());
    }
}
