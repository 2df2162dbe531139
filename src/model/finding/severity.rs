//! How bad a finding is.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How bad a finding is, in the five steps that its reporters share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Severity {
    /// To know.
    #[default]
    Info,
    /// GuardDuty: 1 to 3.9.
    Low,
    /// GuardDuty: 4 to 6.9.
    Medium,
    /// GuardDuty: 7 to 8.9.
    High,
    /// GuardDuty: 9 to 10.
    Critical,
}

impl Severity {
    /// Every step, the least first.
    pub const ALL: [Self; 5] = [Self::Info, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The step of a word, in any case.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.word().eq_ignore_ascii_case(word))
    }

    /// The step of a number of GuardDuty's
    /// (<https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html>).
    pub fn of_score(score: f64) -> Self {
        match score {
            score if score >= 9.0 => Self::Critical,
            score if score >= 7.0 => Self::High,
            score if score >= 4.0 => Self::Medium,
            score if score >= 1.0 => Self::Low,
            _ => Self::Info,
        }
    }

    /// The step in a word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Info => "INFO",
            Self::Low => "LOW",
            Self::Medium => "MEDIUM",
            Self::High => "HIGH",
            Self::Critical => "CRITICAL",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_fall_into_the_steps_of_the_guide() {
        let steps = [(0.0, "INFO"), (1.0, "LOW"), (3.9, "LOW"), (4.0, "MEDIUM"), (6.9, "MEDIUM"), (7.0, "HIGH")];
        for (score, word) in steps.into_iter().chain([(8.9, "HIGH"), (9.0, "CRITICAL"), (10.0, "CRITICAL")]) {
            assert_eq!(Severity::of_score(score).word(), word, "{score}");
        }
    }

    #[test]
    fn severities_are_known_by_name() {
        assert_eq!((Severity::parse("High"), Severity::parse("severe")), (Some(Severity::High), None));
    }
}
