//! Findings of all sources, each once.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use super::execs::Execs;
use super::read::{Batch, Trouble};
use crate::model::finding::Source;
use crate::model::{Clean, Finding, count};

/// The findings that are known, the worst and newest first. What comes again takes the place of what was there.
#[derive(Debug, Default)]
pub struct Shelf {
    findings: Vec<Arc<Finding>>,
    places: HashMap<(Source, Clean), usize>,
    /// Events and checks that were read and are no alert.
    pub unremarkable: usize,
    /// What could not be read, or is no finding.
    pub unread: usize,
    /// Findings that were there already, in an older or the same state.
    pub repeated: usize,
    /// What was wrong.
    pub troubles: Vec<Trouble>,
    /// Who ran commands in pods, as audit logs tell.
    pub execs: Execs,
}

impl Shelf {
    /// Takes in what was read. Gives the findings that were not known before.
    pub fn take(&mut self, batch: Batch) -> Vec<Arc<Finding>> {
        self.unremarkable += batch.unremarkable;
        self.unread += batch.unread;
        self.execs.extend(batch.execs);
        for trouble in batch.troubles {
            if !self.troubles.contains(&trouble) {
                self.troubles.push(trouble);
            }
        }
        let mut new = Vec::new();
        for finding in batch.findings {
            let key = (finding.source, finding.id.clone());
            let held = self.places.get(&key).and_then(|place| self.findings.get_mut(*place));
            match held {
                Some(held) => {
                    self.repeated += 1;
                    let merged = merged(held, finding);
                    *held = Arc::new(merged);
                }
                None => {
                    let finding = Arc::new(finding);
                    self.places.insert(key, self.findings.len());
                    self.findings.push(Arc::clone(&finding));
                    new.push(finding);
                }
            }
        }
        self.sort();
        new
    }

    /// The findings, the worst first, and of equal ones the newest.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Arc<Finding>> {
        self.findings.iter()
    }

    /// The finding at a place.
    pub fn get(&self, place: usize) -> Option<&Arc<Finding>> {
        self.findings.get(place)
    }

    /// Where a finding stands now.
    pub fn place(&self, source: Source, id: &Clean) -> Option<usize> {
        self.places.get(&(source, id.clone())).copied()
    }

    /// Number of findings.
    pub fn len(&self) -> usize {
        self.findings.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// What was read, in a sentence whose numbers add up.
    pub fn counts(&self) -> String {
        let all = self.findings.len() + self.repeated + self.unremarkable + self.unread;
        let mut parts = vec![count(self.findings.len(), "finding")];
        for (number, what) in [
            (self.repeated, "further reports of them"),
            (self.unremarkable, "that are no alert"),
            (self.unread, "that are no finding or could not be read"),
        ] {
            if number > 0 {
                parts.push(format!("{number} {what}"));
            }
        }
        if parts.len() == 1 { parts.concat() } else { format!("{all} read: {}", parts.join(", ")) }
    }

    fn sort(&mut self) {
        self.findings.sort_by_key(|finding| (Reverse(finding.severity), Reverse(finding.when())));
        let places = self.findings.iter().enumerate();
        self.places = places.map(|(place, finding)| ((finding.source, finding.id.clone()), place)).collect();
    }
}

/// Events of a log are counted; of a finding that its reporter keeps, the later state stays.
fn merged(held: &Finding, other: Finding) -> Finding {
    if matches!(other.source, Source::Audit | Source::Falco) {
        return Finding {
            count: held.count + other.count,
            first_seen: [held.first_seen, other.first_seen].into_iter().flatten().min(),
            last_seen: [held.last_seen, other.last_seen].into_iter().flatten().max(),
            ..if other.last_seen >= held.last_seen { other } else { held.clone() }
        };
    }
    if other.updated >= held.updated { other } else { held.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Severity;

    fn finding(source: Source, id: &str, severity: Severity, second: i64) -> Finding {
        let at = jiff::Timestamp::from_second(second).ok();
        Finding {
            id: id.into(),
            source,
            severity,
            last_seen: at,
            first_seen: at,
            updated: at,
            count: 1,
            ..Finding::default()
        }
    }

    fn batch(findings: Vec<Finding>) -> Batch {
        Batch { findings, ..Batch::default() }
    }

    #[test]
    fn the_worst_and_newest_stands_first() {
        let mut shelf = Shelf::default();
        let all = [("a", Severity::Low, 9), ("b", Severity::High, 1), ("c", Severity::High, 2)];
        shelf.take(batch(all.map(|(id, severity, at)| finding(Source::GuardDuty, id, severity, at)).into()));
        assert_eq!(shelf.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["c", "b", "a"]);
        assert_eq!(shelf.place(Source::GuardDuty, &"a".into()), Some(2));
    }

    #[test]
    fn a_finding_that_comes_again_stands_once_in_its_later_state() {
        let mut shelf = Shelf::default();
        let (old, new) =
            (finding(Source::GuardDuty, "a", Severity::Low, 1), finding(Source::GuardDuty, "a", Severity::High, 2));
        assert_eq!(shelf.take(batch(vec![new, old.clone()])).len(), 1);
        assert!(shelf.take(batch(vec![old])).is_empty());
        assert_eq!((shelf.len(), shelf.get(0).unwrap().severity, shelf.repeated), (1, Severity::High, 2));
        assert_eq!(shelf.counts(), "3 read: 1 finding, 2 further reports of them");
    }

    #[test]
    fn events_that_are_alike_are_counted() {
        let mut shelf = Shelf::default();
        let event = |at| finding(Source::Audit, "x", Severity::Low, at);
        shelf.take(batch(vec![event(5), event(9), event(7)]));
        let one = shelf.get(0).unwrap();
        assert_eq!((one.count, one.first_seen.unwrap().as_second(), one.last_seen.unwrap().as_second()), (3, 5, 9));
    }
}
