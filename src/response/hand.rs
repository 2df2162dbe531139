//! The only way in which an action touches the world: recorded before, recorded after.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt as _;
use tokio::sync::watch;

use super::account;
use super::history::History;
use super::live::Live;
use super::ownership::Ownership;
use super::together::Together;
use crate::actions::{ActionError, Hand, Kept, Look, SEND_COMMAND};
use crate::case::{Answer, Custody, Entry, Evidence, JobId, Source};
use crate::kubernetes::{Error, Read, Write};
use crate::model::{Call, Clean, Plan, Refused, Step, StepState};

/// The journal keeps one progress record of a target in this time, the screen sees all of them.
const JOURNALED_EVERY: Duration = Duration::from_secs(1);

/// The screen sees bytes arrive at most this often.
const SHOWN_EVERY: Duration = Duration::from_millis(100);

/// The hand of one target of one job.
pub struct JobHand {
    pub live: Live,
    pub evidence: Evidence,
    pub job: JobId,
    pub plan: Arc<Plan>,
    pub place: usize,
    pub read: Read,
    /// Absent for actions that only read.
    pub write: Option<Write>,
    pub identity: Clean,
    pub cancelled: watch::Receiver<bool>,
    pub owner: Arc<Ownership>,
    pub history: Arc<History>,
    pub progress: Mutex<Told>,
    pub together: Arc<Together>,
}

/// What was last told of a target.
pub struct Told {
    step: Step,
    shown: Instant,
    journaled: Instant,
}

impl Told {
    /// A target that begins.
    pub fn beginning(place: usize) -> Mutex<Self> {
        let step =
            Step { target: place, doing: Clean::default(), done: 0, total: None, bytes: 0, state: StepState::Running };
        let now = Instant::now();
        Mutex::new(Self { step, shown: now, journaled: now })
    }
}

impl JobHand {
    fn call(&self, place: usize) -> Result<&Call, ActionError> {
        let no_such = || ActionError::InTheWay(format!("the plan has no call {place}").into());
        self.plan.calls.get(place).filter(|call| call.target == self.place).ok_or_else(no_such)
    }

    /// Records that a call is about to leave.
    pub(super) async fn announce(&self, place: usize, call: &Call) -> Result<(), ActionError> {
        let before = self.plan.facts.iter().filter(|fact| fact.target == call.target).cloned().collect();
        let (job, request) = (self.job.clone(), call.clone());
        self.live.record(Entry::Intent { job, call: place, request, before }).await?;
        // Whoever was stopped in between may have lost the job meanwhile.
        if let Err(lost) = self.owner.check() {
            self.answered(place, Answer::Failed { why: format!("not sent: {lost}").into() }).await?;
            return Err(lost);
        }
        Ok(())
    }

    /// A call of the plan, whosever it is, to where it goes.
    async fn leave(&self, place: usize) -> Result<Bytes, ActionError> {
        let no_such = || ActionError::InTheWay(format!("the plan has no call {place}").into());
        let call = self.plan.calls.get(place).ok_or_else(no_such)?;
        let write = self.write.as_ref().ok_or_else(|| Refused::read_only(&format!("{} {}", call.method, call.path)))?;
        if &*call.method == SEND_COMMAND {
            return self.command(place, call, write).await;
        }
        if let Some(settled) = self.settled(place, call).await {
            return settled;
        }
        self.announce(place, call).await?;
        if call.is_to_account() {
            let (answer, sent) = account::send(write, call).await;
            self.answered(place, answer).await?;
            return sent;
        }
        match write.send(call).await {
            Ok(body) => {
                self.answered(place, accepted(&body)).await?;
                Ok(body)
            }
            Err(error) => {
                let why = error.to_string().into();
                let answer = if is_silence(&error) { Answer::Unknown { why } } else { Answer::Failed { why } };
                self.answered(place, answer).await?;
                Err(error.into())
            }
        }
    }

    /// Takes bytes into account; gives the step where the journal is due for one.
    fn grew(&self, bytes: u64) -> Option<Step> {
        let mut told = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        told.step.bytes += bytes;
        if told.shown.elapsed() >= SHOWN_EVERY {
            told.shown = Instant::now();
            self.live.step(&self.job, told.step.clone());
        }
        let due = told.journaled.elapsed() >= JOURNALED_EVERY;
        due.then(|| {
            told.journaled = Instant::now();
            told.step.clone()
        })
    }

    /// Says what is being done, on the screen and in the journal.
    pub(super) async fn say(&self, doing: Clean) -> Result<(), ActionError> {
        let step = {
            let mut told = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
            told.step.doing = doing;
            told.step.clone()
        };
        self.live.record(Entry::Progress { job: self.job.clone(), step }).await?;
        Ok(())
    }

    /// The step that the target is in now, as its proof begins.
    pub fn proving(&self) -> Step {
        let mut told = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        told.step.state = StepState::Proving;
        told.step.done = told.step.total.unwrap_or(told.step.done);
        told.step.clone()
    }

    pub(super) async fn answered(&self, call: usize, answer: Answer) -> Result<(), ActionError> {
        self.live.record(Entry::Result { job: self.job.clone(), call, answer }).await?;
        Ok(())
    }

    /// Streams a source into the store, chunk by chunk.
    async fn store(&self, call: &Call, label: Clean) -> Result<Result<Custody, Error>, ActionError> {
        let media = if call.path.contains("/log?") { "text/plain" } else { "application/json" };
        let source = Source {
            label,
            media: media.into(),
            from: call.path.clone(),
            identity: self.identity.clone(),
            command: format!("kubectl get --raw '{}'", call.path).into(),
            target: self.plan.targets.get(self.place).cloned(),
            region: self.together.region(&self.read).await,
        };
        let reading = self.together.read().await;
        let mut artefact = self.evidence.begin(source)?;
        let mut chunks = match self.read.stream(&call.path).await {
            Ok(chunks) => chunks,
            Err(error) => return Ok(Err(error)),
        };
        let mut incomplete = None;
        while let Some(chunk) = chunks.next().await {
            match chunk {
                Ok(bytes) => {
                    artefact.write(&bytes)?;
                    if let Some(step) = self.grew(bytes.len() as u64) {
                        self.live.record(Entry::Progress { job: self.job.clone(), step }).await?;
                    }
                }
                Err(error) => incomplete = Some(error.to_string().into()),
            }
            if *self.cancelled.borrow() {
                incomplete = Some("the job was cancelled".into());
            }
            if incomplete.is_some() {
                break;
            }
        }
        drop((chunks, reading));
        let finished = tokio::task::spawn_blocking(move || artefact.finish(incomplete)).await;
        Ok(Ok(finished.map_err(|broken| ActionError::InTheWay(broken.to_string().into()))??))
    }
}

#[async_trait]
impl Hand for JobHand {
    async fn send(&self, place: usize) -> Result<Bytes, ActionError> {
        self.call(place)?;
        self.leave(place).await
    }

    async fn shared(&self, place: usize) -> Result<Bytes, ActionError> {
        let answer = self.together.answer(place);
        let answer = answer.get_or_init(|| async { self.leave(place).await.map_err(Arc::new) }).await;
        answer.clone().map_err(ActionError::Shared)
    }

    async fn all_ran(&self) {
        self.together.all_ran().await;
    }

    async fn after(&self) -> Arc<dyn Look> {
        self.together.after(&self.read, &self.plan).await
    }

    async fn keep(&self, place: usize, label: Clean) -> Result<Kept, ActionError> {
        if *self.cancelled.borrow() {
            return Err(ActionError::Cancelled);
        }
        self.owner.check()?;
        let call = self.call(place)?;
        if let Some(kept) = self.kept_before(place, call) {
            return Ok(kept);
        }
        let stored = self.together.stored(&call.path);
        match stored.get_or_try_init(|| self.store(call, label.clone())).await?.clone() {
            Ok(stored) => {
                let target = self.plan.targets.get(self.place).cloned();
                let custody = Custody { source: Source { label, target, ..stored.source.clone() }, ..stored };
                let job = Some(self.job.clone());
                self.live.record(Entry::Evidence { job, custody: Box::new(custody.clone()) }).await?;
                Ok(Kept::Stored(Box::new(custody)))
            }
            // The API server answers 400 where a container has no log, or no previous one.
            Err(Error::NotFound { said, .. } | Error::Rejected { status: 400, said, .. }) => {
                self.answered(place, Answer::Absent { why: said.clone() }).await?;
                Ok(Kept::Absent(said))
            }
            Err(error) => {
                let why = Clean::from(error.to_string());
                self.answered(place, Answer::Failed { why: why.clone() }).await?;
                Ok(Kept::Failed(why))
            }
        }
    }

    async fn still_there(&self, custody: &Custody) -> Result<bool, ActionError> {
        let read_again = self.together.read_again(custody.sha256);
        let (found, bytes) = *read_again
            .get_or_try_init(|| async {
                let (store, sha256) = (self.evidence.clone(), custody.sha256);
                let hashed = tokio::task::spawn_blocking(move || store.hash_again(sha256)).await;
                hashed.map_err(|broken| ActionError::InTheWay(broken.to_string().into()))?.map_err(ActionError::from)
            })
            .await?;
        Ok(found == custody.sha256 && bytes == custody.bytes)
    }

    fn is_cancelled(&self) -> bool {
        *self.cancelled.borrow()
    }

    fn step(&self, doing: Clean, done: u64, total: u64) {
        let mut told = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        told.step.doing = doing;
        told.step.done = done;
        told.step.total = Some(total);
        told.shown = Instant::now();
        self.live.step(&self.job, told.step.clone());
    }
}

/// Whether an error leaves open what became of the call: it may have left, and its answer did not come or says nothing.
const fn is_silence(error: &Error) -> bool {
    matches!(error, Error::Unreachable { .. } | Error::Malformed { .. })
}

/// Which object a server answered with.
fn accepted(body: &[u8]) -> Answer {
    #[derive(serde::Deserialize, Default)]
    #[serde(default, rename_all = "camelCase")]
    struct Meta {
        resource_version: String,
        uid: String,
    }
    #[derive(serde::Deserialize, Default)]
    #[serde(default)]
    struct Details {
        uid: String,
    }
    #[derive(serde::Deserialize, Default)]
    #[serde(default)]
    struct Object {
        metadata: Meta,
        details: Details,
    }
    let Object { metadata, details } = serde_json::from_slice(body).unwrap_or_default();
    // A deletion is answered with a Status whose details name the object.
    let uid = metadata.uid.parse().or_else(|_| details.uid.parse()).ok();
    Answer::Accepted { version: metadata.resource_version.into(), uid }
}
