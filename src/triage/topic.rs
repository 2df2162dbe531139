//! What is asked.

use super::facts::{Facts, Known};
use super::ledger::Ledger;
use super::table::TOPICS;
use crate::model::Clean;

/// A question about an incident.
#[derive(Debug)]
pub struct Topic {
    /// Its id in the journal and on the command line: `impact`.
    pub id: &'static str,
    /// What it belongs to.
    pub group: Group,
    /// The question.
    pub question: &'static str,
    /// How to come to an answer.
    pub hint: &'static str,
    /// What a good answer looks like.
    pub good: &'static str,
    /// The form of an answer.
    pub form: Form,
    /// Who can answer it.
    pub known: Source,
}

/// Who can answer a question.
#[derive(Clone, Copy, Debug)]
pub enum Source {
    /// Only a person.
    Person,
    /// Facts say something to it.
    Facts(fn(&Facts) -> Option<Known>),
    /// Facts and what was answered before say something to it.
    Record(fn(&Facts, &Ledger) -> Option<Known>),
}

/// What questions belong to, in the order in which they are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// The case itself.
    Case,
    /// Whether what was seen was meant to be so.
    Authorised,
    /// What the people who answer for it are told.
    Stakeholders,
    /// Who decides and who is told.
    Escalation,
    /// What the investigation has to find out.
    Objectives,
}

impl Group {
    /// Every group, in the order in which they are asked.
    pub const ALL: [Self; 5] = [Self::Case, Self::Authorised, Self::Stakeholders, Self::Escalation, Self::Objectives];

    /// The heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Case => "the case",
            Self::Authorised => "was it authorised",
            Self::Stakeholders => "stakeholders",
            Self::Escalation => "escalation",
            Self::Objectives => "objectives",
        }
    }
}

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One line.
    Line,
    /// Several lines.
    Lines,
    /// One line that begins with one of these words.
    Choice(&'static [&'static str]),
}

/// An answer that has not the form that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{topic}: {why}")]
pub struct Wrong {
    /// The topic.
    pub topic: &'static str,
    /// What is wrong, and what is asked for.
    pub why: String,
}

/// Longest answer, in lines.
const LONGEST: usize = 400;

/// Every topic, in the order in which they are asked.
pub fn all() -> &'static [Topic] {
    TOPICS
}

/// The topic of an id.
pub fn find(id: &str) -> Option<&'static Topic> {
    TOPICS.iter().find(|topic| topic.id == id)
}

impl Topic {
    /// What facts say to it.
    pub fn known(&self, facts: &Facts, ledger: &Ledger) -> Option<Known> {
        let known = match self.known {
            Source::Person => None,
            Source::Facts(known) => known(facts),
            Source::Record(known) => known(facts, ledger),
        };
        known.filter(|known| !known.lines.is_empty())
    }

    /// An answer as it is recorded: without empty lines at its ends, a choice as it is spelled in
    /// the table. No lines take an answer back.
    ///
    /// # Errors
    /// It has more lines than are asked for, or begins with none of the words.
    pub fn answer(&self, text: &str) -> Result<Vec<Clean>, Wrong> {
        let wrong = |why: String| Wrong { topic: self.id, why };
        let mut lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        while lines.last().is_some_and(|line| line.is_empty()) {
            lines.pop();
        }
        let lines: Vec<&str> = lines.into_iter().skip_while(|line| line.is_empty()).collect();
        if lines.len() > LONGEST {
            return Err(wrong(format!("the answer has {} lines, {LONGEST} at most; notes.md takes more", lines.len())));
        }
        match self.form {
            Form::Lines => Ok(lines.into_iter().map(Clean::from).collect()),
            Form::Line | Form::Choice(_) if lines.len() > 1 => {
                Err(wrong(format!("the answer has {} lines; one is asked for", lines.len())))
            }
            Form::Line => Ok(lines.into_iter().map(|line| Clean::from(line.trim())).collect()),
            Form::Choice(words) => match lines.first().map(|line| line.trim()) {
                None => Ok(Vec::new()),
                Some(line) => {
                    let (first, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
                    let first = first.trim_end_matches([',', ':', ';']);
                    let chosen = words.iter().find(|word| word.eq_ignore_ascii_case(first));
                    let chosen = chosen.ok_or_else(|| {
                        let first = Clean::capped(first, 40);
                        wrong(format!("{first} is none of {}; a reason may follow it", words.join(", ")))
                    })?;
                    Ok(vec![format!("{chosen} {}", rest.trim()).trim_end().into()])
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_table_is_whole() {
        let ids: HashSet<_> = all().iter().map(|topic| topic.id).collect();
        assert_eq!(ids.len(), all().len());
        for topic in all() {
            assert!(topic.question.ends_with('?'), "{}", topic.id);
            assert!(!topic.hint.is_empty() && !topic.good.is_empty(), "{}", topic.id);
            assert!(topic.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", topic.id);
        }
        let groups: Vec<_> = all().iter().map(|topic| topic.group).collect();
        assert!(groups.is_sorted(), "topics of a group stand together");
        for group in Group::ALL {
            assert!(groups.contains(&group), "{group:?}");
        }
    }

    #[test]
    fn a_choice_is_one_of_its_words_with_a_reason() {
        let priority = find("priority").unwrap();
        assert_eq!(priority.answer("p1").unwrap(), ["P1"]);
        assert_eq!(priority.answer(" p2: users cannot pay ").unwrap(), ["P2 users cannot pay"]);
        assert_eq!(priority.answer("").unwrap(), Vec::<Clean>::new());
        assert!(priority.answer("P5").unwrap_err().to_string().contains("P1, P2, P3, P4"));
        assert!(priority.answer("P1\nP2").is_err());
        assert_eq!(find("authorised").unwrap().answer("No, she was asleep").unwrap(), ["no she was asleep"]);
    }

    proptest! {
        #[test]
        fn an_answer_keeps_every_line_and_can_be_recorded_again(text in "[ -~\\n\\x1b\u{202e}]{0,120}") {
            let topic = find("impact").unwrap();
            let lines = topic.answer(&text).unwrap();
            let said = |text: &str| text.split_whitespace().map(|word| Clean::from(word).to_string()).collect::<Vec<_>>();
            let kept = lines.iter().map(Clean::as_str).collect::<Vec<_>>().join("\n");
            prop_assert_eq!(said(&kept), said(&text));
            let again = topic.answer(&kept).unwrap();
            prop_assert_eq!(again.iter().map(Clean::as_str).collect::<Vec<_>>().join("\n"), kept);
        }
    }
}
