//! What the targets of one job share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::sync::{OnceCell, Semaphore, SemaphorePermit, watch};

use super::holds::object_of;
use super::view::View;
use crate::actions::ActionError;
use crate::case::{Custody, Digest};
use crate::kubernetes::{Error, Read};
use crate::model::{Clean, Plan};

/// Targets that are worked on at once. Proofs are not counted: most of their time they wait.
const AT_ONCE: usize = 32;

/// Sources that are read at once: each has a connection of its own, which costs the server more than an answer.
const READS_AT_ONCE: usize = 48;

/// The answer to a call that several targets wait for.
pub type Answered = Arc<OnceCell<Result<Bytes, Arc<ActionError>>>>;

/// What was stored of a source, or what its server said instead.
pub type Stored = Arc<OnceCell<Result<Custody, Error>>>;

/// SHA-256 and length of what is stored, once it was read again.
pub type ReadAgain = Arc<OnceCell<(Digest, u64)>>;

/// The answers to calls that serve several targets, what several of them keep alike, and how
/// many targets are still on their way.
pub struct Together {
    answers: Mutex<HashMap<usize, Answered>>,
    stored: Mutex<HashMap<Clean, Stored>>,
    read_again: Mutex<HashMap<Digest, ReadAgain>>,
    region: OnceCell<Option<Clean>>,
    after: OnceCell<Arc<View>>,
    under_way: watch::Sender<usize>,
    permits: Semaphore,
    reads: Semaphore,
}

/// A target on its way to its proof; when this is dropped, however that comes, it no longer is.
pub struct UnderWay(Arc<Together>);

impl Together {
    /// For that many targets, all of them still on their way.
    pub fn new(targets: usize) -> Arc<Self> {
        let under_way = watch::Sender::new(targets);
        Arc::new(Self {
            answers: Mutex::default(),
            stored: Mutex::default(),
            read_again: Mutex::default(),
            region: OnceCell::new(),
            after: OnceCell::new(),
            under_way,
            permits: Semaphore::new(AT_ONCE),
            reads: Semaphore::new(READS_AT_ONCE),
        })
    }

    /// Where the answer to a call is, or will be.
    pub fn answer(&self, call: usize) -> Answered {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(answers.entry(call).or_default())
    }

    /// Where the artefact of a source is, or will be: what several targets have in common,
    /// such as their node, is read once, and is evidence for each of them.
    pub fn stored(&self, source: &Clean) -> Stored {
        let mut stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(stored.entry(source.clone()).or_default())
    }

    /// What an artefact is found to be when it is read again after the job stored it: once, for all who keep it.
    pub fn read_again(&self, sha256: Digest) -> ReadAgain {
        let mut read = self.read_again.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(read.entry(sha256).or_default())
    }

    /// The Region that the job's evidence is of, looked up once.
    pub async fn region(&self, read: &Read) -> Option<Clean> {
        self.region.get_or_init(|| read.region()).await.clone()
    }

    /// Returns when no target is on its way any more.
    pub async fn all_ran(&self) {
        // An error means that nobody can be on the way.
        let _ = self.under_way.subscribe().wait_for(|targets| *targets == 0).await;
    }

    /// The cluster as every proof of the job sees it: in it nothing is read before all have run.
    pub async fn after(&self, read: &Read, plan: &Plan) -> Arc<View> {
        self.all_ran().await;
        let after = || async { Arc::new(View::of(read.clone(), plan.calls.iter().map(object_of))) };
        Arc::clone(self.after.get_or_init(after).await)
    }

    /// Waits until a source may be read.
    pub async fn read(&self) -> Option<SemaphorePermit<'_>> {
        self.reads.acquire().await.ok()
    }

    /// Waits until a target may be worked on.
    pub async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.permits.acquire().await.ok()
    }
}

impl UnderWay {
    /// One of the targets that [`Together::new`] counted.
    pub const fn of(together: Arc<Together>) -> Self {
        Self(together)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.send_modify(|targets| *targets = targets.saturating_sub(1));
    }
}
