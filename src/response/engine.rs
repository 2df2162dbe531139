//! From a plan to a job.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;

use super::approve::approved_by;
use super::bounds::{may_capture, within_bounds};
use super::dry_run::rehearsed;
use super::history::History;
use super::live::Live;
use super::planning::find;
use super::{
    Confirmation, Jobs, Order, Person, ResponseError, Running, Sighting, Site, changes, missing, planning, undo,
};
use crate::actions::Action;
use crate::case::{Case, CaseError, CaseId, Digest, Entry, JobId};
use crate::model::{Clean, Plan, Target, Tier};

/// Other writers' records are looked for this often.
const FOLLOWED_EVERY: Duration = Duration::from_millis(300);

static STARTED: AtomicU64 = AtomicU64::new(0);

/// Runs plans under one case.
#[derive(Clone)]
pub struct Engine {
    pub(super) live: Live,
}

impl Engine {
    /// The engine of a case, with the jobs that the case has already.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn new(case: Arc<Case>) -> Result<Self, CaseError> {
        Ok(Self { live: Live::of(case)? })
    }

    /// The case.
    pub fn case(&self) -> &Arc<Case> {
        self.live.case()
    }

    /// The case's jobs, and every change of them.
    pub fn jobs(&self) -> watch::Receiver<Arc<Jobs>> {
        self.live.jobs()
    }

    /// Puts a record of the responder's into the case: a note, the scope.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub async fn record(&self, entry: Entry) -> Result<(), CaseError> {
        self.live.record(entry).await.map(drop)
    }

    /// Shows the jobs of other writers as they go on. Ends only when the journal cannot be read.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn follow(&self) -> Result<(), CaseError> {
        let mut follower = self.case().follow();
        loop {
            let own = self.case().journal().writer();
            let others = move || follower.poll_others(own.as_ref()).map(|news| (news, follower));
            let poll = tokio::task::spawn_blocking(others).await;
            let path = self.case().journal().dir().to_owned();
            let (news, next) = poll.map_err(|broken| CaseError::JournalLost { path, why: broken.to_string() })??;
            follower = next;
            let own = self.case().journal().writer();
            for record in news.iter().filter(|record| Some(&record.writer) != own.as_ref()) {
                self.live.show(record);
            }
            tokio::time::sleep(FOLLOWED_EVERY).await;
        }
    }

    /// Plans for this case, and keeps the plan there.
    ///
    /// # Errors
    /// As [`plan`], or the plan cannot be kept.
    pub async fn plan(
        &self,
        order: impl Into<Order<'_>>,
        site: &Site,
        targets: &[Target],
    ) -> Result<Plan, ResponseError> {
        let order = Order { known: self.live.story().known()?, ..order.into() };
        let plan = planning::plan(order, site, targets, Some(self.case().id())).await?;
        let plan = within_bounds(self.case(), site, plan).await?;
        self.keep(site, &plan).await?;
        Ok(plan)
    }

    /// Plans to put back what a job of this case changed, on those of its targets
    /// where it still stands, and keeps the plan there.
    ///
    /// # Errors
    /// There is no such job, it cannot be undone, nothing of it stands, or what is there cannot be read.
    pub async fn plan_undo(&self, site: &Site, job: &JobId) -> Result<Plan, ResponseError> {
        let targets = undo::standing(self.case(), job)?;
        let plan = within_bounds(self.case(), site, undo::plan(self.case(), site, job, &targets).await?).await?;
        let plan = rehearsed(site, plan).await;
        self.keep(site, &plan).await?;
        Ok(plan)
    }

    /// Keeps a plan in the case, and says so in the journal: what nobody names there was added.
    ///
    /// # Errors
    /// The plan or the journal cannot be written.
    pub async fn keep(&self, site: &Site, plan: &Plan) -> Result<(), CaseError> {
        let plans = self.case().plans();
        if plans.holds(plan.hash()) {
            return Ok(());
        }
        self.live.open().await?;
        let hash = plans.keep(plan)?;
        let Person { identity, impersonated, .. } = Person::here(self.case(), site);
        self.record(Entry::Planned { plan: hash, action: plan.action.clone(), identity, impersonated }).await
    }

    /// Runs a confirmed plan, if it may be run: the latch is open, the plan was
    /// confirmed, still holds, and is permitted. What is refused is recorded.
    ///
    /// # Errors
    /// Why it was not begun; nothing was changed then.
    pub async fn start(
        &self,
        site: &Site,
        plan: Plan,
        confirmation: &Confirmation,
        reason: Clean,
    ) -> Result<Running, ResponseError> {
        match self.admitted(site, &plan, confirmation).await {
            Ok((action, confirmed)) => self.begin(site, action, plan, confirmed, reason).await,
            Err(error) => {
                if error.is_refusal() {
                    self.refuse(plan.action.clone(), plan.targets, error.to_string().into()).await;
                }
                Err(error)
            }
        }
    }

    /// Records that something was asked for and not done. Whoever may not write here,
    /// an observer, leaves no record.
    pub async fn refuse(&self, action: Clean, targets: Vec<Target>, why: Clean) {
        if let Err(error) = self.live.record(Entry::Refused { action, targets, why }).await {
            tracing::warn!(%error, "a refusal was not recorded");
        }
    }

    /// Records what is otherwise than a job had made it, or that it is so again.
    /// Whoever may not write here, an observer, only shows it.
    pub(super) async fn drifted(&self, site: &Site, job: JobId, target: usize, found: Option<Clean>) {
        let entry = match found.clone() {
            Some(found) => Entry::Drift { job: job.clone(), target, found },
            None => Entry::Restored { job: job.clone(), target },
        };
        if site.cluster.latch().is_closed() || self.record(entry).await.is_err() {
            self.live.change(|jobs| jobs.drifted(&job, target, found));
        }
    }

    /// Records a pod that came up like a contained one; an observer only shows it.
    pub async fn saw(&self, sighting: Sighting, may_write: bool) {
        let Sighting { job, pod, like, shares } = sighting.clone();
        if !may_write || self.record(Entry::Alike { job, pod, like, shares }).await.is_err() {
            self.live.change(|jobs| jobs.saw(&sighting));
        }
    }

    /// Everything that must hold before the first call leaves.
    async fn admitted(
        &self,
        site: &Site,
        plan: &Plan,
        confirmation: &Confirmation,
    ) -> Result<(&'static dyn Action, Clean), ResponseError> {
        let action = find(&plan.action)?;
        if site.cluster.latch().is_closed() {
            return Err(ResponseError::ReadOnly { action: plan.action.clone() });
        }
        let confirmed = self.confirmed(site, plan, confirmation)?;
        let here = self.case().id();
        if let Some(case) = plan.case.as_ref().filter(|case| *case != here.text()) {
            return Err(ResponseError::OtherCase { plan: case.clone(), here: here.text().clone() });
        }
        if plan.cluster != site.identity.cluster {
            let (plan, here) = (plan.cluster.to_string().into(), site.identity.cluster.to_string().into());
            return Err(ResponseError::OtherCluster { plan, here });
        }
        may_capture(self.case(), site, plan).await?;
        let read = site.cluster.read();
        let (now, lacking) = tokio::join!(self.anew(site, plan), missing(&read, action.spec(), plan));
        let lacking = lacking?;
        if !lacking.is_empty() {
            return Err(ResponseError::NotPermitted(lacking));
        }
        let changed = changes(plan, &now?);
        if changed.is_empty() { Ok((action, confirmed)) } else { Err(ResponseError::Stale(changed)) }
    }

    /// How a plan was confirmed, and by whom besides, in the words of the journal.
    fn confirmed(&self, site: &Site, plan: &Plan, confirmation: &Confirmation) -> Result<Clean, ResponseError> {
        let runs = Person::here(self.case(), site);
        let second = match plan.tier {
            Tier::Everything => approved_by(&self.case().records()?, plan.hash(), &runs),
            _ => None,
        };
        confirmation.check(plan, second.as_ref())?;
        let words = confirmation.how.words();
        Ok(second.map_or_else(|| words.clone(), |second| format!("{words}; approved by {}", second.words()).into()))
    }

    /// A plan of the same on the same targets, after one was refused as stale: as it was made at first, dry run and all.
    ///
    /// # Errors
    /// It cannot be made any more.
    pub async fn make_anew(&self, site: &Site, stale: &Plan) -> Result<Plan, ResponseError> {
        match &stale.undoes {
            Some(job) => self.plan_undo(site, &JobId(job.clone())).await,
            None => {
                let order = Order { action: &stale.action, options: stale.options.clone(), ..Order::default() };
                self.plan(order, site, &stale.targets).await
            }
        }
    }

    /// The same plan, made from what is there now.
    pub(super) async fn anew(&self, site: &Site, plan: &Plan) -> Result<Plan, ResponseError> {
        let case = plan.case.as_deref().and_then(CaseId::new);
        match &plan.undoes {
            Some(job) => undo::plan(self.case(), site, &JobId(job.clone()), &plan.targets).await,
            None => {
                let order = Order {
                    action: &plan.action,
                    options: plan.options.clone(),
                    known: self.live.story().known()?,
                    said: Vec::new(),
                };
                planning::sketch(order, site, &plan.targets, case.as_ref()).await
            }
        }
    }

    async fn begin(
        &self,
        site: &Site,
        action: &'static dyn Action,
        plan: Plan,
        confirmed: Clean,
        reason: Clean,
    ) -> Result<Running, ResponseError> {
        self.keep(site, &plan).await?;
        let hash = plan.hash();
        if !self.live.story().is_about(plan.cluster)? {
            self.record(Entry::Cluster { cluster: plan.cluster }).await?;
        }
        let id = job_id(&plan);
        let entry = Entry::Started {
            job: id.clone(),
            epoch: 1,
            plan: hash,
            action: plan.action.clone(),
            tier: plan.tier,
            targets: plan.targets.clone(),
            identity: site.identity.user.clone(),
            confirmed,
            reason,
            undoes: plan.undoes.clone().map(JobId),
        };
        self.record(entry).await?;
        self.set_going(site, action, plan, (id, 1), History::default())
    }
}

/// An id that no other job has: time, process and count make it.
fn job_id(plan: &Plan) -> JobId {
    let count = STARTED.fetch_add(1, Ordering::Relaxed);
    let seed = format!("{} {} {count} {}", Timestamp::now().as_nanosecond(), std::process::id(), plan.hash());
    JobId(format!("{}-{}", plan.action, Digest::of(seed.as_bytes()).short()).into())
}
