//! What has been answered: a fold of the journal.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Priority;
use super::topic::{Topic, all, find};
use crate::case::{By, Custody, Entry, Paged, Record, Reread};
use crate::model::{Clean, Target};

/// An answer, and who gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The answer, line by line; none where an answer was taken back.
    pub lines: Vec<Clean>,
    /// Who gave it, on which machine.
    pub by: By,
    /// When.
    pub at: Timestamp,
}

/// What the journal of a case holds of triage, and of what triage rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    answers: BTreeMap<Clean, Vec<Answer>>,
    rereads: BTreeMap<Clean, (Timestamp, Reread)>,
    /// The case's id; empty before its first record.
    pub case: Clean,
    /// What it is about.
    pub title: Clean,
    /// The set that the responder works on.
    pub scope: Vec<Target>,
    /// When that set was recorded.
    pub scoped: Option<Timestamp>,
    /// What was captured.
    pub evidence: Vec<Custody>,
    /// Commands that called people, each with when it ended and who ran it.
    pub paged: Vec<(Timestamp, By, Paged)>,
    /// Copies between Regions that the case allows: from, to, and why.
    pub copies: Vec<(Clean, Clean, Clean)>,
}

impl Ledger {
    /// Folds records.
    pub fn fold(records: &[Record]) -> Self {
        let mut ledger = Self::default();
        for record in records {
            ledger.take(record);
        }
        ledger
    }

    /// Takes one more record. Says whether it changes anything here.
    pub fn take(&mut self, record: &Record) -> bool {
        let (at, by) = (record.time, &record.by);
        match &record.entry {
            Entry::Opened { id, title, .. } => {
                self.case = id.text().clone();
                self.title = title.clone();
            }
            Entry::Triage { topic, lines } => {
                let answer = Answer { lines: lines.clone(), by: by.clone(), at };
                self.answers.entry(topic.clone()).or_default().push(answer);
            }
            Entry::Reread(reread) => drop(self.rereads.insert(reread.finding.clone(), (at, (**reread).clone()))),
            Entry::Paged(paged) => self.paged.push((at, by.clone(), (**paged).clone())),
            Entry::CopyAllowed { from, to, reason } => self.copies.push((from.clone(), to.clone(), reason.clone())),
            Entry::Scope { targets } => {
                self.scope.clone_from(targets);
                self.scoped = Some(at);
            }
            Entry::Evidence { custody, .. } => self.evidence.push((**custody).clone()),
            _ => return false,
        }
        true
    }

    /// The answer that counts; `None` where there is none or it was taken back.
    pub fn answer(&self, topic: &str) -> Option<&Answer> {
        self.history(topic).last().filter(|answer| !answer.lines.is_empty())
    }

    /// The first line of the answer that counts.
    pub fn line(&self, topic: &str) -> Option<&Clean> {
        self.answer(topic)?.lines.first()
    }

    /// Every answer that was given to a topic, the first one first.
    pub fn history(&self, topic: &str) -> &[Answer] {
        self.answers.iter().find(|(id, _)| id.as_str() == topic).map_or(&[], |(_, answers)| answers)
    }

    /// Topics that were answered by a version that knows more of them.
    pub fn strange(&self) -> impl Iterator<Item = &Clean> {
        self.answers.keys().filter(|id| find(id).is_none())
    }

    /// The topics that nobody has answered.
    pub fn open(&self) -> impl Iterator<Item = &'static Topic> {
        all().iter().filter(|topic| self.answer(topic.id).is_none())
    }

    /// How urgent a person has said that it is.
    pub fn priority(&self) -> Option<Priority> {
        Priority::of(self.line("priority")?)
    }

    /// Every alert that was asked for again, with what its source told last.
    pub fn rereads(&self) -> impl Iterator<Item = &Reread> {
        self.rereads.values().map(|(_, reread)| reread)
    }

    /// When an alert was last asked for again at its source, and what that told.
    pub fn reread(&self, finding: &str) -> Option<&(Timestamp, Reread)> {
        self.rereads.iter().find(|(id, _)| id.as_str() == finding).map(|(_, reread)| reread)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    pub fn record(second: i64, entry: serde_json::Value) -> Record {
        serde_json::from_value(json!({
            "v": 1, "seq": 1, "prev": "0".repeat(64), "time": Timestamp::from_second(second).unwrap(),
            "writer": "alice", "by": {"user": "alice", "uid": 1000, "host": "bastion"}, "entry": entry,
        }))
        .unwrap()
    }

    pub fn said(second: i64, topic: &str, lines: &[&str]) -> Record {
        record(second, json!({"what": "triage", "topic": topic, "lines": lines}))
    }

    #[test]
    fn the_last_answer_counts_and_the_others_stay() {
        let mut ledger = Ledger::fold(&[said(1, "priority", &["P3"]), said(2, "priority", &["P1 it spreads"])]);
        assert_eq!(ledger.priority(), Some(Priority::P1));
        assert_eq!(ledger.history("priority").len(), 2);
        assert!(ledger.take(&said(3, "priority", &[])));
        assert_eq!((ledger.priority(), ledger.history("priority").len()), (None, 3));
        assert!(ledger.open().any(|topic| topic.id == "priority"));
    }

    #[test]
    fn a_topic_of_a_later_version_is_kept() {
        let ledger = Ledger::fold(&[said(1, "sla-breach", &["yes"])]);
        assert_eq!(ledger.strange().map(Clean::as_str).collect::<Vec<_>>(), ["sla-breach"]);
        assert_eq!(ledger.line("sla-breach").unwrap(), "yes");
    }

    proptest! {
        #[test]
        fn nothing_that_was_answered_is_lost(
            told in proptest::collection::vec((0usize..4, proptest::collection::vec("[a-z]{0,3}", 0..3)), 0..20)
        ) {
            let ids = ["ticket", "impact", "damage", "unheard-of"];
            let records: Vec<_> = (0..).zip(&told).map(|(second, (topic, lines))| {
                said(second, ids[*topic], &lines.iter().map(String::as_str).collect::<Vec<_>>())
            }).collect();
            let ledger = Ledger::fold(&records);
            for (place, id) in ids.iter().enumerate() {
                let given: Vec<_> = told.iter().filter(|(topic, _)| *topic == place).map(|(_, lines)| lines).collect();
                prop_assert_eq!(ledger.history(id).len(), given.len());
                let counts = given.last().filter(|lines| !lines.is_empty());
                prop_assert_eq!(ledger.answer(id).map(|answer| answer.lines.len()), counts.map(|lines| lines.len()));
            }
        }
    }
}
