//! Which findings are shown: words that all must hold.

use crate::model::finding::Source;
use crate::model::{Finding, Severity};

/// A selection of findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter(Vec<(bool, Word)>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Word {
    Source(Source),
    Alert,
    AtLeast(Severity),
    Text(String),
}

impl Filter {
    /// Reads words: `source:rules`, `source:alerts` (all but our rules), `severity:high` (that or worse), any text,
    /// and each with `!` before it for the opposite.
    ///
    /// # Errors
    /// What cannot be meant, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        text.split_whitespace().map(word).collect::<Result<_, _>>().map(Self)
    }

    /// Whether it selects everything.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a finding is selected.
    pub fn holds(&self, finding: &Finding) -> bool {
        self.0.iter().all(|(wanted, word)| word.holds(finding) == *wanted)
    }
}

fn word(text: &str) -> Result<(bool, Word), String> {
    let (wanted, bare) = text.strip_prefix('!').map_or((true, text), |rest| (false, rest));
    let word =
        match bare.split_once(':') {
            Some(("source", "alerts" | "alert")) => Word::Alert,
            Some(("source", name)) => Word::Source(Source::parse(name).ok_or_else(|| {
                "source: alerts, rules, typed, guardduty, security-hub, ocsf, falco or audit".to_owned()
            })?),
            Some(("severity", step)) => Word::AtLeast(
                Severity::parse(step).ok_or_else(|| "severity: info, low, medium, high or critical".to_owned())?,
            ),
            _ if bare.is_empty() => return Err("! stands before a word".to_owned()),
            _ => Word::Text(bare.to_lowercase()),
        };
    Ok((wanted, word))
}

impl Word {
    fn holds(&self, finding: &Finding) -> bool {
        match self {
            Self::Source(source) => finding.source == *source,
            Self::Alert => finding.source.is_alert(),
            Self::AtLeast(step) => finding.severity >= *step,
            Self::Text(text) => {
                let has = |held: &str| held.to_lowercase().contains(text);
                let cleans = [&finding.kind, &finding.title, &finding.description, &finding.id, &finding.account];
                cleans.into_iter().any(|held| has(held)) || has(&finding.resource()) || has(finding.source.word())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_select_by_source_severity_and_text() {
        let finding =
            |source, severity, title: &str| Finding { source, severity, title: title.into(), ..Finding::default() };
        let all = [
            finding(Source::GuardDuty, Severity::High, "Miner"),
            finding(Source::Rules, Severity::High, "privileged container"),
            finding(Source::Typed, Severity::Low, "the shop is slow"),
        ];
        for (text, expected) in [
            ("", "012"),
            ("source:alerts", "02"),
            ("source:rules", "1"),
            ("!source:rules severity:high", "0"),
            ("severity:HIGH", "01"),
            ("min", "0"),
            ("!min", "12"),
            ("source:guard-duty", "0"),
            ("typed", "2"),
        ] {
            let filter = Filter::parse(text).unwrap();
            let found: String =
                (0..).zip(&all).filter(|(_, one)| filter.holds(one)).map(|(at, _): (u8, _)| at.to_string()).collect();
            assert_eq!(found, expected, "{text}");
        }
        for wrong in ["source:nobody", "severity:bad", "!"] {
            assert!(Filter::parse(wrong).is_err(), "{wrong}");
        }
    }
}
