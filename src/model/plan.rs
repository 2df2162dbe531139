//! What an action would do, before it does it.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Clean, ClusterId, Options, Target};

/// How dangerous an action is, which decides how it is confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum Tier {
    /// Reads only; no confirmation.
    Reads,
    /// Undone exactly; one key.
    Undone,
    /// May hurt users, undone exactly; the plan is shown and answered `y`.
    MayHurt,
    /// Cannot be undone, or can lock out; the target's name is typed.
    Irreversible,
    /// The whole cluster, account or network; typed, and a second person.
    Everything,
}

impl From<Tier> for u8 {
    fn from(tier: Tier) -> Self {
        match tier {
            Tier::Reads => 0,
            Tier::Undone => 1,
            Tier::MayHurt => 2,
            Tier::Irreversible => 3,
            Tier::Everything => 4,
        }
    }
}

impl TryFrom<u8> for Tier {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        [Self::Reads, Self::Undone, Self::MayHurt, Self::Irreversible, Self::Everything]
            .get(usize::from(number))
            .copied()
            .ok_or_else(|| format!("there is no tier {number}; tiers go from 0 to 4"))
    }
}

/// One request that a plan would send, exactly: to an API server, or to a service of the account around it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Index of the target in the plan.
    pub target: usize,
    /// `GET`, `POST`, `PATCH`, `DELETE`; or the operation of a service as policies name it: `eks:UpdateClusterConfig`.
    pub method: Clean,
    /// Path and query: `/api/v1/nodes/ip-10-0-1-5?fieldManager=podmortem`. For a service the ARN that a
    /// policy would name as its resource, or the id of an instance.
    pub path: Clean,
    /// The body as JSON, `null` where there is none. For a service what `aws … --cli-input-json` takes.
    #[serde(default)]
    pub body: serde_json::Value,
}

impl Call {
    /// Whether it goes to a service of the account, and not to an API server.
    pub fn is_to_account(&self) -> bool {
        self.method.contains(':')
    }
}

/// Something that the responder should read before saying yes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "note", content = "text", rename_all = "kebab-case")]
pub enum PlanNote {
    /// Somebody else who is affected.
    AlsoHit(Clean),
    /// Something that cannot be undone.
    CannotUndo(Clean),
    /// A fact that limits what the action achieves.
    Limit(Clean),
    /// A target that is already as it would be made; nothing is sent for it.
    Already(Clean),
    /// A call that the server's own dry run refuses, and what it says.
    WouldFail(Clean),
    /// Something that somebody else changed since, and that stays as they made it.
    Theirs(Clean),
    /// Whom the account takes us for, where calls go to it.
    As(Clean),
}

impl PlanNote {
    /// The sentence.
    pub const fn text(&self) -> &Clean {
        match self {
            Self::AlsoHit(text)
            | Self::CannotUndo(text)
            | Self::Limit(text)
            | Self::Already(text)
            | Self::WouldFail(text)
            | Self::Theirs(text)
            | Self::As(text) => text,
        }
    }
}

/// A fact about a target that the plan rests on. When it no longer holds, the
/// plan is stale and is made anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// Index of the target in the plan.
    pub target: usize,
    /// What was read: `node`, `labels`, `unschedulable`.
    pub what: Clean,
    /// What it was.
    pub value: serde_json::Value,
}

/// What an action would do: the exact calls, the objects by UID, who else is hit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The action's id: `cordon`.
    pub action: Clean,
    /// How it is confirmed.
    pub tier: Tier,
    /// The cluster that the calls go to.
    pub cluster: ClusterId,
    /// The case that the plan is made for: it decides the names of the objects that are created.
    pub case: Option<Clean>,
    /// What the action was told beside its targets, what it takes for granted included.
    #[serde(default, skip_serializing_if = "Options::is_empty")]
    pub options: Options,
    /// The objects acted on.
    pub targets: Vec<Target>,
    /// Every call that would be sent, in order.
    pub calls: Vec<Call>,
    /// What to read before saying yes.
    pub notes: Vec<PlanNote>,
    /// What the plan rests on.
    pub facts: Vec<Fact>,
    /// Calls that are not sent, since what they would make is there already; the job rests on it all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rests: Vec<Call>,
    /// The job whose changes this plan puts back, where it does that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<Clean>,
}

/// The SHA-256 of a plan's canonical JSON: a confirmation holds for this plan and no other.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PlanHash([u8; 32]);

impl Plan {
    /// The plan's canonical JSON: serde_json's compact form with fields in the
    /// order of the type and object keys sorted (serde_json's map is a BTreeMap).
    pub fn canonical(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// A fact of a target, where the plan rests on one of that name.
    pub fn fact(&self, target: usize, what: &str) -> Option<&serde_json::Value> {
        self.facts.iter().find(|fact| fact.target == target && *fact.what == *what).map(|fact| &fact.value)
    }

    /// The SHA-256 of the canonical JSON.
    pub fn hash(&self) -> PlanHash {
        PlanHash(Sha256::digest(self.canonical()).into())
    }
}

impl fmt::Display for PlanHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for PlanHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for PlanHash {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut hash = [0u8; 32];
        let wrong = || format!("{text} is no plan hash: expected 64 hexadecimal digits");
        if text.len() != 64 {
            return Err(wrong());
        }
        for (place, byte) in hash.iter_mut().enumerate() {
            let digits = text.get(place * 2..place * 2 + 2).ok_or_else(wrong)?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| wrong())?;
        }
        Ok(Self(hash))
    }
}

impl TryFrom<String> for PlanHash {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<PlanHash> for String {
    fn from(hash: PlanHash) -> Self {
        hash.to_string()
    }
}
