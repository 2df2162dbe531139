//! The responding half outside the cockpit: the case, plans and running jobs.

use std::sync::Arc;

use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;

use crate::case::{By, Case, Entry, JobId, NewCase};
use crate::config::Directories;
use crate::kubernetes::Cluster;
use crate::model::{Clean, ClusterId, Finding, Identity, Options, Plan, SessionId, Target, WriteRight};
use crate::response::{Engine, How, Order, Sighting, Site, Watch, reached, standing_jobs};
use crate::triage::PageCall;

use super::files::Files;
use super::following::{jobs, left_open, records};
use super::paging::paged;
use super::recording::{self, Recorder};
use super::reply::{Reply, Tone};
use super::rereading::Rereading;
use super::running::{planned, ran, resumed};

/// The case that is open, and what runs under it.
pub struct Acting {
    directories: Directories,
    replies: mpsc::Sender<Reply>,
    engine: Option<Engine>,
    recorder: Option<mpsc::UnboundedSender<Entry>>,
    followers: JoinSet<()>,
    jobs: JoinSet<()>,
    watched: Vec<(SessionId, ClusterId)>,
    news: Arc<Notify>,
}

/// The alert that a plan is made from, when it was last asked for again, and where it can be.
type MadeFrom = (Rereading, (Arc<Finding>, Clean));

impl Acting {
    /// Nothing open yet.
    pub fn new(directories: Directories, replies: mpsc::Sender<Reply>) -> Self {
        Self {
            directories,
            replies,
            engine: None,
            recorder: None,
            followers: JoinSet::new(),
            jobs: JoinSet::new(),
            watched: Vec::new(),
            news: Arc::default(),
        }
    }

    /// Opens a case, or begins it where there is none of that id, and gives its slug.
    pub fn open(&mut self, id: &str, clusters: Vec<ClusterId>, may_create: bool) -> Option<String> {
        let home = &self.directories;
        let case = match Case::open(home, id) {
            Err(_) if may_create => Case::create(
                home,
                NewCase {
                    id: id.to_owned(),
                    title: String::new(),
                    responder: By::current().user.to_string(),
                    clusters,
                },
            ),
            opened => opened,
        };
        let engine = case.and_then(|case| Engine::new(Arc::new(case)));
        match engine {
            Err(error) => {
                self.tell(Tone::Bad, error.to_string());
                None
            }
            Ok(engine) => {
                let slug = engine.case().id().slug();
                let told = Reply::Case(engine.case().id().text().clone());
                let _ = self.replies.try_send(told);
                self.followers.abort_all();
                self.watched.clear();
                self.follow(&engine);
                let (recorder, entries) = mpsc::unbounded_channel();
                self.jobs.spawn(recorded(engine.clone(), entries));
                self.recorder = Some(recorder);
                self.engine = Some(engine);
                Some(slug)
            }
        }
    }

    /// Plans an action. Nothing is sent but reads.
    pub fn plan(
        &mut self,
        site: Site,
        action: &'static str,
        options: Options,
        (targets, alert): (Vec<Target>, Option<MadeFrom>),
    ) {
        let Some(engine) = self.engine.clone() else {
            self.tell(Tone::Bad, "no case is open; :case ID opens or begins one");
            return;
        };
        let replies = self.replies.clone();
        self.followers.spawn(async move {
            let said = match &alert {
                Some((rereading, (finding, last))) => vec![rereading.note(finding, last, &engine).await],
                None => Vec::new(),
            };
            let order = Order { action, options, said, ..Order::default() };
            let plan = async { engine.plan(order, &site, &reached(&site, action, targets).await?).await }.await;
            let _ = replies.send(planned(plan)).await;
        });
    }

    /// Plans to put back a job. Nothing is sent but reads.
    pub fn plan_undo(&mut self, cluster: Cluster, identity: Identity, job: JobId) {
        let Some(engine) = self.engine.clone() else { return };
        let replies = self.replies.clone();
        self.followers.spawn(async move {
            let plan = engine.plan_undo(&Site { cluster, identity }, &job).await;
            let _ = replies.send(planned(plan)).await;
        });
    }

    /// Watches over what stands on a cluster, once for each.
    pub fn stand_watch(&mut self, cluster: Cluster, identity: Identity) {
        let Some(engine) = self.engine.clone() else { return };
        let which = (cluster.session(), identity.cluster);
        if !self.watched.contains(&which) {
            self.watched.push(which);
            self.followers.spawn(Watch::new(engine, Site { cluster, identity }).forever(Arc::clone(&self.news)));
        }
    }

    /// Lets every watch look now.
    pub fn look_again(&self) {
        self.news.notify_waiters();
    }

    /// Records a pod that came up like a contained one.
    pub fn saw(&mut self, sighting: Sighting, may_write: bool) {
        let Some(engine) = self.engine.clone() else { return };
        self.jobs.spawn(async move { engine.saw(sighting, may_write).await });
    }

    /// The files of the case.
    pub fn files(&mut self) -> Files<'_> {
        Files {
            engine: self.engine.as_ref(),
            state: self.directories.state(),
            replies: &self.replies,
            tasks: &mut self.jobs,
        }
    }

    /// Tells which jobs of the case stand and can be put back.
    pub fn standing(&mut self) {
        let Some(engine) = self.engine.clone() else { return };
        let replies = self.replies.clone();
        self.followers.spawn(async move {
            let found = tokio::task::spawn_blocking(move || standing_jobs(engine.case())).await;
            let told = match found {
                Ok(Ok(jobs)) => Reply::Standing(jobs.into_iter().map(|job| job.id).collect()),
                Ok(Err(error)) => Reply::Tell(Tone::Bad, error.to_string().into()),
                Err(broken) => Reply::Tell(Tone::Bad, broken.to_string().into()),
            };
            let _ = replies.send(told).await;
        });
    }

    /// Runs a plan that was confirmed on the screen. It goes on when the terminal is gone.
    pub fn run(&mut self, cluster: Cluster, identity: Identity, plan: Plan, how: How) {
        let Some(engine) = self.engine.clone() else { return };
        self.jobs.spawn(ran(engine, Site { cluster, identity }, plan, how, self.replies.clone()));
    }

    /// Goes on with a job whose program has ended, or is silent for long enough.
    pub fn resume(&mut self, site: Site, job: JobId) {
        let Some(engine) = self.engine.clone() else { return };
        self.jobs.spawn(resumed(engine, site, job, self.replies.clone()));
    }

    /// Puts the scope into the case, so that observers see it.
    pub fn scope(&self, targets: Vec<Target>) {
        self.record(Entry::Scope { targets });
    }

    /// Puts into the case that this program changes nothing from here on.
    pub fn closed(&self) {
        self.record(Entry::ReadOnly { why: "the responder closed it".into() });
    }

    /// The engine of the case that is open.
    pub fn engine(&self) -> Option<Engine> {
        self.engine.clone()
    }

    /// Puts a record of the responder's into the case, and tells whether it stands there.
    pub fn write(&mut self, entry: Entry, told: Clean) {
        let Some(engine) = self.engine.clone() else { return };
        let replies = self.replies.clone();
        self.jobs.spawn(async move {
            let reply = match engine.record(entry).await {
                Ok(()) => Reply::Written(told),
                Err(error) => Reply::Tell(Tone::Bad, format!("it was not recorded: {error}").into()),
            };
            let _ = replies.send(reply).await;
        });
    }

    /// Calls people: announced before, and what came of it recorded.
    pub fn page(&mut self, call: PageCall, right: WriteRight) {
        let Some(engine) = self.engine.clone() else { return };
        let replies = self.replies.clone();
        self.jobs.spawn(async move {
            let (tone, text) = match paged(&engine, &call, &right).await {
                Ok(told) => told,
                Err(why) => (Tone::Bad, format!("nobody was called: {why}")),
            };
            let _ = replies.send(Reply::Tell(tone, text.into())).await;
        });
    }

    /// Begins a recording of the screen, which shows clusters of these Regions; it ends when what is given back is
    /// dropped.
    ///
    /// # Errors
    /// Why there is none, in words.
    pub fn record_screen(&mut self, size: (u16, u16), shown: &[Clean]) -> Result<Recorder, String> {
        let (Some(engine), Some(journal)) = (&self.engine, self.recorder.clone()) else {
            return Err("no case is open to record into; :case ID opens one".to_owned());
        };
        let (recorder, recording) = recording::begin(engine.case(), size, shown).map_err(|error| error.to_string())?;
        let replies = self.replies.clone();
        self.jobs.spawn(async move {
            let kept = tokio::task::spawn_blocking(move || recording.keep()).await;
            let told = match kept {
                Ok(Ok(custody)) => {
                    let _ = journal.send(Entry::Evidence { job: None, custody: Box::new(custody) });
                    return;
                }
                Ok(Err(error)) => error.to_string(),
                Err(broken) => broken.to_string(),
            };
            let _ = replies.send(Reply::Tell(Tone::Bad, format!("the recording broke off: {told}").into())).await;
        });
        Ok(recorder)
    }

    /// Whether a recording may hold clusters of these Regions.
    ///
    /// # Errors
    /// Why not, in words.
    pub fn may_record(&self, shown: &[Clean]) -> Result<(), String> {
        let Some(engine) = &self.engine else { return Ok(()) };
        recording::may_hold(engine.case(), shown).map_err(|error| error.to_string())
    }

    fn record(&self, entry: Entry) {
        if let Some(recorder) = &self.recorder {
            let _ = recorder.send(entry);
        }
    }

    /// Waits for the jobs that run.
    pub async fn finish(&mut self) {
        self.recorder = None;
        while self.jobs.join_next().await.is_some() {}
    }

    /// Follows the case: its jobs as they move, its records as they are written.
    fn follow(&mut self, engine: &Engine) {
        self.followers.spawn(jobs(engine.clone(), self.replies.clone()));
        let (follows, replies) = (engine.clone(), self.replies.clone());
        self.followers.spawn(async move {
            if let Err(error) = follows.follow().await {
                let _ = replies.send(Reply::Tell(Tone::Bad, error.to_string().into())).await;
            }
        });
        self.followers.spawn(records(engine.clone(), self.replies.clone()));
        if engine.jobs().borrow().running() > 0 {
            self.followers.spawn(left_open(engine.clone(), self.replies.clone()));
        }
    }

    fn tell(&self, tone: Tone, text: impl Into<Clean>) {
        let _ = self.replies.try_send(Reply::Tell(tone, text.into()));
    }
}

/// Records one after the other what the responder decides outside of jobs. A scope that stands in
/// the case already is not repeated; an observer, who may not write there, leaves no record.
async fn recorded(engine: Engine, mut entries: mpsc::UnboundedReceiver<Entry>) {
    while let Some(entry) = entries.recv().await {
        if let Entry::Scope { targets } = &entry {
            let case = Arc::clone(engine.case());
            let stands = tokio::task::spawn_blocking(move || case.summary()).await;
            if stands.is_ok_and(|known| known.is_ok_and(|known| known.scope == *targets)) {
                continue;
            }
        }
        if let Err(error) = engine.record(entry).await {
            tracing::warn!(%error, "it was not recorded in the case");
        }
    }
}
