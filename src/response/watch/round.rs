//! Looking again, round after round, whether what was done still stands.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use futures::{StreamExt as _, stream};
use serde_json::Value;
use tokio::sync::Notify;

use super::super::holds::of_call;
use super::super::undo::stands;
use super::super::{Engine, Job, Jobs, Site};
use super::account::{Account, watches};
use super::expected::Expected;
use super::flows::{Flows, is_measured};
use crate::actions;
use crate::case::JobId;
use crate::kubernetes::Error;
use crate::model::{Clean, Plan, PlanHash};

/// Time between two rounds when nothing is heard.
const EVERY: Duration = Duration::from_secs(15);

/// Time for what belongs together to arrive before it is looked at.
const SETTLES: Duration = Duration::from_millis(400);

/// Objects that are read at once.
const AT_ONCE: usize = 8;

/// Watches over the jobs of a case that stand on one cluster. What was set is read back,
/// and compared with what was sent; what was measured is measured again.
pub struct Watch {
    engine: Engine,
    site: Site,
    flows: Flows,
    account: Account,
    plans: HashMap<PlanHash, Arc<Plan>>,
}

/// One target of a job, and what must be so there.
struct Stand {
    job: JobId,
    place: usize,
    told: Option<Clean>,
    expected: Vec<Expected>,
    /// What is otherwise in the account.
    elsewhere: Option<Clean>,
}

impl Watch {
    /// A watch over what stands on a cluster.
    pub fn new(engine: Engine, site: Site) -> Self {
        Self { engine, site, flows: Flows::new(), account: Account::new(), plans: HashMap::new() }
    }

    /// The same, with so much time between two measurements of a job, and two looks at the account, at least.
    #[must_use]
    pub fn measuring_every(mut self, every: Duration) -> Self {
        self.flows.every(every);
        self.account.every(every);
        self
    }

    /// Looks every fifteen seconds, and soon after each word of `news`. Never ends.
    pub async fn forever(mut self, news: Arc<Notify>) {
        loop {
            self.round().await;
            let heard = tokio::time::timeout(EVERY, news.notified()).await.is_ok();
            if heard {
                tokio::time::sleep(SETTLES).await;
            }
        }
    }

    /// Looks once. What has changed since the last look is recorded, shown with the
    /// jobs, and given in words. What cannot be read is passed over: nothing is claimed of it.
    pub async fn round(&mut self) -> Vec<Clean> {
        let jobs = self.engine.jobs().borrow().clone();
        let ours = self.ours(&jobs);
        self.account.look(&self.site, &ours).await;
        let stands = standing(&ours, &self.account);
        let paths: BTreeSet<String> =
            stands.iter().flat_map(|stand| stand.expected.iter().map(|expected| expected.path.clone())).collect();
        let read = self.site.cluster.read();
        let found = stream::iter(paths).map(|path| {
            let read = read.clone();
            async move {
                let object = match read.get_path(&path).await {
                    Ok(body) => serde_json::from_slice::<Value>(&body).ok().map(Some),
                    Err(Error::NotFound { .. }) => Some(None),
                    Err(_) => None,
                };
                (path, object)
            }
        });
        let found: BTreeMap<String, Option<Option<Value>>> = found.buffer_unordered(AT_ONCE).collect().await;
        self.flows.look(&self.engine, &self.site, &ours).await;
        let mut changes = Vec::new();
        for stand in stands {
            let objects = || stand.expected.iter().map(|expected| (expected, found.get(&expected.path)));
            if objects().any(|(_, object)| !matches!(object, Some(Some(_)))) {
                continue;
            }
            let now = objects().find_map(|(expected, object)| expected.differs(object?.as_ref()?.as_ref()));
            let measured = || match self.flows.of(&stand.job, stand.place) {
                Some(found) => found.clone(),
                None => stand.told.clone().filter(is_measured),
            };
            let now = now.or_else(|| stand.elsewhere.clone()).or_else(measured);
            if now != stand.told {
                let words = match &now {
                    Some(what) => format!("{} DRIFTED: {what}", stand.job),
                    None => format!("{} stands again", stand.job),
                };
                changes.push(words.into());
                self.engine.drifted(&self.site, stand.job, stand.place, now).await;
            }
        }
        changes
    }

    /// The jobs that have ended on this cluster and can be put back, with their plans.
    fn ours<'a>(&mut self, jobs: &'a Jobs) -> Vec<(&'a Job, Arc<Plan>)> {
        let here = self.site.identity.cluster;
        let ended = jobs.iter().filter(|job| job.undoes.is_none() && job.ended.is_some());
        ended
            .filter(|job| actions::find(&job.action).is_some_and(|action| action.spec().undo.is_possible()))
            .filter_map(|job| Some((job, self.plan(job.plan)?)))
            .filter(|(_, plan)| plan.cluster == here)
            .collect()
    }

    fn plan(&mut self, hash: PlanHash) -> Option<Arc<Plan>> {
        if let Some(plan) = self.plans.get(&hash) {
            return Some(Arc::clone(plan));
        }
        let plan = Arc::new(self.engine.case().plans().find(hash).ok()?);
        self.plans.insert(hash, Arc::clone(&plan));
        Some(plan)
    }
}

/// What stands of some jobs, and what must be so there. Where a later job has written
/// the same field, the earlier one has nothing to say about it any more.
fn standing(ours: &[(&Job, Arc<Plan>)], account: &Account) -> Vec<Stand> {
    let mut stands_here = Vec::new();
    for (at, (job, plan)) in ours.iter().enumerate() {
        for (place, state) in job.targets.iter().enumerate().filter(|(place, _)| stands(job, plan, *place)) {
            let expected = job.calls.iter().filter(|(_, attempt)| attempt.target == place && attempt.uid().is_some());
            let expected = expected.filter_map(|(call, attempt)| {
                let call = plan.calls.get(*call)?;
                let holds = of_call(call, &state.target, attempt.uid());
                let written_since = ours.iter().skip(at + 1).any(|(later, plan)| writes(later, plan, &holds));
                (!written_since).then(|| Expected::of_call(call, attempt.uid()))
            });
            let expected: Vec<Expected> = expected.flatten().collect();
            if !expected.is_empty() || watches(job, plan, place) {
                let (told, elsewhere) = (state.drift.clone(), account.differs(job, plan, place));
                stands_here.push(Stand { job: job.id.clone(), place, told, expected, elsewhere });
            }
        }
    }
    stands_here
}

/// Whether a job that stands has written one of those fields.
fn writes(job: &Job, plan: &Plan, holds: &[super::super::holds::Hold]) -> bool {
    job.calls.iter().any(|(call, attempt)| {
        let (Some(call), Some(target)) = (plan.calls.get(*call), plan.targets.get(attempt.target)) else {
            return false;
        };
        attempt.may_have_changed()
            && stands(job, plan, attempt.target)
            && of_call(call, target, attempt.uid()).iter().any(|one| holds.iter().any(|other| one.meets(other)))
    })
}
