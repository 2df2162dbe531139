//! What a proof found.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Clean;

/// What reading back showed. A verdict says what it rests on and is never
/// better than that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum Verdict {
    /// The effect was measured.
    Proven {
        /// What was read or measured, as a sentence.
        rests_on: Clean,
    },
    /// The effect was measured on the pod's own network; the pod has its node in its
    /// hands, and what it can do there nobody has stopped.
    ProvenForPod {
        /// What was read or measured, as a sentence.
        rests_on: Clean,
    },
    /// The effect was measured and is not there.
    NotEnforced {
        /// What was read or measured, as a sentence.
        rests_on: Clean,
    },
    /// Part of what should have stopped goes on.
    StillLeaking {
        /// What was seen to go on, as a sentence.
        rests_on: Clean,
    },
    /// Part of what was to be had could not be had.
    Incomplete {
        /// What is there, and what is missing, as a sentence.
        rests_on: Clean,
    },
    /// Nothing was measured, and so nothing is claimed.
    NotMeasured {
        /// Why not, and what would measure it.
        why: Clean,
    },
}

impl Verdict {
    /// The verdict in the words of the screen and of the record.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Proven { .. } => "PROVEN",
            Self::ProvenForPod { .. } => "PROVEN for the pod's network; the node is not contained",
            Self::NotEnforced { .. } => "NOT ENFORCED",
            Self::StillLeaking { .. } => "STILL LEAKING",
            Self::Incomplete { .. } => "INCOMPLETE",
            Self::NotMeasured { .. } => "NOT MEASURED",
        }
    }

    /// The sentence behind the word.
    pub const fn because(&self) -> &Clean {
        match self {
            Self::Proven { rests_on }
            | Self::ProvenForPod { rests_on }
            | Self::NotEnforced { rests_on }
            | Self::StillLeaking { rests_on }
            | Self::Incomplete { rests_on } => rests_on,
            Self::NotMeasured { why } => why,
        }
    }

    /// The same verdict with something added to its sentence.
    #[must_use]
    pub fn and(mut self, more: &str) -> Self {
        let (Self::Proven { rests_on: because }
        | Self::ProvenForPod { rests_on: because }
        | Self::NotEnforced { rests_on: because }
        | Self::StillLeaking { rests_on: because }
        | Self::Incomplete { rests_on: because }
        | Self::NotMeasured { why: because }) = &mut self;
        *because = format!("{because}; {more}").into();
        self
    }

    /// Whether the effect was measured, on what can be contained at all.
    pub const fn is_proven(&self) -> bool {
        matches!(self, Self::Proven { .. } | Self::ProvenForPod { .. })
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.word(), self.because())
    }
}
