//! What a case is, in a few lines: a fold of its records.

use std::path::PathBuf;

use jiff::Timestamp;
use serde::Serialize;

use super::{CaseId, Custody, Entry, Record};
use crate::model::{Clean, ClusterId, Target};

/// What the records say of the case as a whole.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// Its id.
    pub id: CaseId,
    /// What it is about.
    pub title: Clean,
    /// Who answers for it.
    pub responder: Clean,
    /// Where it lies.
    pub path: PathBuf,
    /// When it was opened.
    pub opened: Timestamp,
    /// When something was last recorded.
    pub last: Timestamp,
    /// The clusters that it is about.
    pub clusters: Vec<ClusterId>,
    /// The set that the responder works on.
    pub scope: Vec<Target>,
    /// How many records there are.
    pub records: usize,
    /// How many programs have written.
    pub writers: usize,
    /// What was captured.
    pub evidence: Vec<Custody>,
}

impl Summary {
    /// Folds the records of a case; without an opening record there is no case.
    pub fn fold(path: PathBuf, records: &[Record]) -> Option<Self> {
        let mut summary = records.iter().find_map(|record| match &record.entry {
            Entry::Opened { id, title, responder, clusters } => Some(Self {
                id: id.clone(),
                title: title.clone(),
                responder: responder.clone(),
                path: path.clone(),
                opened: record.time,
                last: record.time,
                clusters: clusters.clone(),
                scope: Vec::new(),
                records: records.len(),
                writers: 0,
                evidence: Vec::new(),
            }),
            _ => None,
        })?;
        summary.last = records.last()?.time;
        summary.writers = records.iter().map(|record| &record.writer).collect::<std::collections::HashSet<_>>().len();
        for record in records {
            match &record.entry {
                Entry::Cluster { cluster } if !summary.clusters.contains(cluster) => summary.clusters.push(*cluster),
                Entry::Scope { targets } => summary.scope.clone_from(targets),
                Entry::Evidence { custody, .. } => summary.evidence.push((**custody).clone()),
                _ => {}
            }
        }
        Some(summary)
    }
}
