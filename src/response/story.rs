//! What a case knows by now, read on from where it was read last.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use super::Jobs;
use crate::actions::Known;
use crate::case::{Case, CaseError, Entry, Follower, Record};
use crate::model::{ClusterId, Target, Uid, Verdict};

/// The records of all writers, folded into what plans ask of them. A long journal is read once.
pub struct Story(Mutex<Told>);

struct Told {
    follower: Follower,
    jobs: Jobs,
    scope: Vec<Target>,
    clusters: BTreeSet<ClusterId>,
}

impl Story {
    /// The story of a case, of which nothing was read yet.
    pub fn of(case: &Case) -> Self {
        let (jobs, scope, clusters) = (Jobs::default(), Vec::new(), BTreeSet::new());
        Self(Mutex::new(Told { follower: case.follow(), jobs, scope, clusters }))
    }

    /// What plans are told of the case.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn known(&self) -> Result<Known, CaseError> {
        self.read_on(|told| Known { scope: told.scope.clone(), captured: captured(&told.jobs) })
    }

    /// Whether the case is about a cluster.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn is_about(&self, cluster: ClusterId) -> Result<bool, CaseError> {
        self.read_on(|told| told.clusters.contains(&cluster))
    }

    fn read_on<T>(&self, ask: impl FnOnce(&Told) -> T) -> Result<T, CaseError> {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let news = told.follower.poll()?;
        news.iter().for_each(|record| told.take(record));
        Ok(ask(&told))
    }
}

impl Told {
    fn take(&mut self, record: &Record) {
        match &record.entry {
            Entry::Opened { clusters, .. } => self.clusters.extend(clusters),
            Entry::Cluster { cluster } => drop(self.clusters.insert(*cluster)),
            Entry::Scope { targets } => self.scope.clone_from(targets),
            _ => self.jobs.apply(record),
        }
    }
}

/// The pods whose capture was proven.
fn captured(jobs: &Jobs) -> BTreeSet<Uid> {
    let captures = jobs.iter().filter(|job| job.action == *"capture-pod");
    let proven =
        captures.flat_map(|job| &job.targets).filter(|state| state.verdict.as_ref().is_some_and(Verdict::is_proven));
    proven.map(|state| &state.target).map(|target: &Target| target.uid).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::NewCase;
    use crate::config::Directories;

    #[test]
    fn what_is_recorded_later_is_known_later() {
        let root = tempfile::tempdir().unwrap();
        let (first, second) = (ClusterId::default(), ClusterId(Uid::from_bytes([1; 16])));
        let new = NewCase { id: "1".into(), title: String::new(), responder: "a".into(), clusters: vec![first] };
        let case = Case::create(&Directories::under(root.path()), new).unwrap();
        let story = Story::of(&case);
        assert!(story.is_about(first).unwrap() && !story.is_about(second).unwrap());
        case.journal().append(Entry::Cluster { cluster: second }).unwrap();
        assert!(story.is_about(first).unwrap() && story.is_about(second).unwrap());
    }
}
