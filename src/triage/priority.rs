//! How urgent an incident is, and what the facts would say.

use std::fmt;

use super::facts::{Facts, Known};
use crate::model::{Clean, Severity};

/// How urgent it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the table of topics says what each means")]
pub enum Priority {
    P1,
    P2,
    P3,
    P4,
}

impl Priority {
    /// The priority that an answer begins with.
    pub fn of(answer: &str) -> Option<Self> {
        match answer.split_whitespace().next()? {
            "P1" => Some(Self::P1),
            "P2" => Some(Self::P2),
            "P3" => Some(Self::P3),
            "P4" => Some(Self::P4),
            _ => None,
        }
    }

    /// One step more urgent.
    const fn raised(self) -> Self {
        match self {
            Self::P1 | Self::P2 => Self::P1,
            Self::P3 => Self::P2,
            Self::P4 => Self::P3,
        }
    }
}

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::P1 => "P1",
            Self::P2 => "P2",
            Self::P3 => "P3",
            Self::P4 => "P4",
        })
    }
}

/// What the facts would say. A person decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// How urgent.
    pub priority: Priority,
    /// Why.
    pub reason: Clean,
}

/// The worst alert about the scope gives a priority; a scope that gives its node away, or of
/// which a rule sees something as grave as the alert or graver, raises it by one step.
pub fn proposal(facts: &Facts) -> Option<Proposal> {
    let alert = facts.alerts.iter().max_by_key(|alert| alert.severity);
    let seen = facts.seen.iter().max_by_key(|(severity, _)| *severity);
    let severity = alert.map(|alert| alert.severity).or(seen.map(|(severity, _)| *severity))?;
    let from_severity = match severity {
        Severity::Critical => Priority::P1,
        Severity::High => Priority::P2,
        Severity::Medium => Priority::P3,
        Severity::Low | Severity::Info => Priority::P4,
    };
    let mut reasons = vec![match (alert, seen) {
        (Some(alert), _) => format!("{} says {}: {}", alert.source, alert.severity, alert.kind),
        (None, Some((severity, saw))) => format!("a rule says {severity}: {saw}"),
        (None, None) => return None,
    }];
    let mut raises = false;
    if let Some(way) = facts.ways.first() {
        raises = true;
        reasons.push(format!("the scope reaches its node ({way})"));
    }
    if let (Some(_), Some((grave, saw))) = (alert, seen.filter(|(grave, _)| *grave >= severity.max(Severity::High))) {
        raises = true;
        reasons.push(format!("a rule says {grave}: {saw}"));
    }
    let priority = if raises { from_severity.raised() } else { from_severity };
    Some(Proposal { priority, reason: reasons.join("; ").into() })
}

/// The proposal as an answer that may be taken over.
pub fn known(facts: &Facts) -> Option<Known> {
    let Proposal { priority, reason } = proposal(facts)?;
    Some(Known {
        lines: vec![format!("{priority} {reason}").into()],
        from: "alerts, rules and reach of the scope".into(),
        at: facts.at,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::facts::Alert;
    use super::*;

    fn facts(severity: Severity, ways: &[&str], seen: &[Severity]) -> Facts {
        Facts {
            alerts: vec![Alert {
                severity,
                source: "GuardDuty".into(),
                kind: "Execution:X".into(),
                ..Alert::default()
            }],
            ways: ways.iter().map(|way| (*way).into()).collect(),
            seen: seen.iter().map(|severity| (*severity, "wide-rights: all verbs".into())).collect(),
            ..Facts::default()
        }
    }

    #[test]
    fn severity_gives_it_and_reach_raises_it_with_the_reason() {
        let of = |severity, ways: &[&str]| proposal(&facts(severity, ways, &[])).unwrap().priority;
        assert_eq!(of(Severity::Critical, &[]), Priority::P1);
        assert_eq!(of(Severity::High, &[]), Priority::P2);
        assert_eq!(of(Severity::Medium, &["privileged: main"]), Priority::P2);
        assert_eq!(of(Severity::Info, &[]), Priority::P4);
        let raised = proposal(&facts(Severity::Medium, &["privileged: main"], &[])).unwrap();
        assert!(raised.reason.contains("MEDIUM") && raised.reason.contains("privileged: main"), "{}", raised.reason);
        assert_eq!(proposal(&Facts::default()), None);
    }

    proptest! {
        #[test]
        fn more_is_never_less_urgent(
            severity in 0usize..5, graver in 0usize..5, way in any::<bool>(), rule in proptest::option::of(0usize..5)
        ) {
            let steps = [Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];
            let (less, more) = (steps[severity.min(graver)], steps[severity.max(graver)]);
            let seen: Vec<_> = rule.into_iter().map(|rule| steps[rule]).collect();
            let ways: &[&str] = if way { &["hostPath /"] } else { &[] };
            let of = |severity, ways, seen: &[Severity]| proposal(&facts(severity, ways, seen)).unwrap().priority;
            prop_assert!(of(more, ways, &[]) <= of(less, ways, &[]));
            prop_assert!(of(less, ways, &seen) <= of(less, &[], &seen));
            prop_assert!(of(less, ways, &seen) <= of(less, ways, &[]));
        }
    }
}
