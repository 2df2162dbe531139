//! The jobs as they are now, for whoever shows them.

use std::sync::Arc;

use tokio::sync::watch;

use super::Jobs;
use super::pending::Pending;
use super::story::Story;
use crate::case::{Case, CaseError, Entry, JobId, Record};
use crate::model::Step;

/// The case's records on their way to the disk, and the jobs that they make.
#[derive(Clone)]
pub struct Live {
    case: Arc<Case>,
    jobs: watch::Sender<Arc<Jobs>>,
    pending: Arc<Pending>,
    story: Arc<Story>,
}

impl Live {
    /// The jobs that a case has already.
    pub fn of(case: Arc<Case>) -> Result<Self, CaseError> {
        let jobs = Jobs::fold(&case.records()?);
        let story = Arc::new(Story::of(&case));
        Ok(Self { case, jobs: watch::Sender::new(Arc::new(jobs)), pending: Arc::default(), story })
    }

    /// The case.
    pub const fn case(&self) -> &Arc<Case> {
        &self.case
    }

    /// What the case says by now, whoever wrote it.
    pub fn story(&self) -> &Story {
        &self.story
    }

    /// The jobs, and every change of them.
    pub fn jobs(&self) -> watch::Receiver<Arc<Jobs>> {
        self.jobs.subscribe()
    }

    /// Makes sure that this program has its file in the journal.
    pub async fn open(&self) -> Result<(), CaseError> {
        let case = Arc::clone(&self.case);
        self.written(move || case.journal().open()).await
    }

    async fn written<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, CaseError> + Send + 'static,
    ) -> Result<T, CaseError> {
        let written = tokio::task::spawn_blocking(work).await;
        written.map_err(|broken| CaseError::JournalLost {
            path: self.case.journal().dir().to_owned(),
            why: broken.to_string(),
        })?
    }

    /// Puts a record on disk, then shows what it changes.
    pub async fn record(&self, entry: Entry) -> Result<Record, CaseError> {
        let (answer, writes) = self.pending.queue(entry);
        if writes {
            let (case, pending) = (Arc::clone(&self.case), Arc::clone(&self.pending));
            tokio::task::spawn_blocking(move || pending.write(&case));
        }
        let lost = || CaseError::JournalLost {
            path: self.case.journal().dir().to_owned(),
            why: "a record was left unwritten by a bug of ours".to_owned(),
        };
        let record = answer.await.map_err(|_| lost())??;
        self.show(&record);
        Ok(record)
    }

    /// Shows what a record changes, ours or another writer's.
    pub fn show(&self, record: &Record) {
        self.jobs.send_modify(|jobs| Arc::make_mut(jobs).apply(record));
    }

    /// Shows something that this process alone has seen.
    pub fn change(&self, change: impl FnOnce(&mut Jobs)) {
        self.jobs.send_modify(|jobs| change(Arc::make_mut(jobs)));
    }

    /// Shows how far a target is, ahead of the journal, which keeps less of it.
    pub fn step(&self, job: &JobId, step: Step) {
        self.jobs.send_modify(|jobs| Arc::make_mut(jobs).step(job, step));
    }
}
