//! What goes on without anybody asking: controllers, a scheduler, kubelets, trouble.

mod budget;
mod daemon;
mod deployment;
mod endpoints;
mod event;
mod garbage;
mod intruder;
mod job;
mod kubelet;
mod lifecycle;
mod pod;
mod replicas;
mod scheduler;
mod stateful;
mod status;
mod trouble;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::task::JoinHandle;

use super::cluster::Cluster;
use super::json::{items, set, text};
use super::store::{Store, rfc3339};

pub(super) use self::budget::{Refusal, disrupt};
pub(super) use self::garbage::{FOREGROUND, orphan};
pub(super) use self::job::job_of;
pub(super) use self::lifecycle::taint;
pub(super) use self::pod::admit;

/// How long controllers take to see what somebody wrote.
const REACTION: Duration = Duration::from_millis(20);

/// What life remembers from step to step.
#[derive(Debug, Default)]
pub(super) struct Life {
    /// Steps so far.
    steps: u64,
    /// Events from before this moment are long forgotten.
    remembers_from: Option<Timestamp>,
    /// The step in which a pod came into the state that it is in, by uid.
    since: HashMap<String, u64>,
    /// Pods whose readiness probe fails until a step, by uid.
    failing: BTreeMap<String, u64>,
    /// What distinguishes an owner's template, by its uid, with the generation that it was worked out for.
    templates: HashMap<String, (i64, String)>,
    /// The revision up to which a controller has seen what it looks after.
    seen: HashMap<&'static str, u64>,
    /// The node that is short of disk, and until which step.
    short_of_disk: Option<(String, u64)>,
}

impl Life {
    /// One that remembers the events of the hour before.
    pub(super) fn from(now: Timestamp) -> Self {
        let remembers_from = now.checked_sub(SignedDuration::from_hours(1)).ok();
        Self { remembers_from, ..Self::default() }
    }

    /// Steps so far.
    pub(super) const fn steps(&self) -> u64 {
        self.steps
    }

    /// For how many steps a pod has been as it is; the first call starts the count.
    fn steps_as_it_is(&mut self, uid: &str) -> u64 {
        let since = *self.since.entry(uid.to_owned()).or_insert(self.steps);
        self.steps - since
    }

    /// What distinguishes an owner's template from others; worked out once for every generation.
    fn template(&mut self, of: &Value, work_out: impl FnOnce() -> String) -> String {
        let generation = super::json::number(of, "/metadata/generation");
        match self.templates.get(text(of, "/metadata/uid")) {
            Some((known, template)) if *known == generation => template.clone(),
            _ => {
                let template = work_out();
                self.templates.insert(text(of, "/metadata/uid").to_owned(), (generation, template.clone()));
                template
            }
        }
    }

    /// Whether something changed since a controller looked last at these kinds.
    fn is_due(&mut self, store: &Store, controller: &'static str, kinds: &[&str]) -> bool {
        let newest = store.newest(kinds);
        self.seen.insert(controller, newest) != Some(newest)
    }

    /// A pod came into another state.
    fn changed(&mut self, uid: &str) {
        self.since.insert(uid.to_owned(), self.steps);
    }
}

/// Goes a step on at every tick, and lets controllers react to every write, until it is aborted.
pub(super) fn keep_going(cluster: Arc<Cluster>, pace: Duration, intruder: bool) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(pace);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => step(&cluster, intruder),
                () = cluster.written.notified() => {
                    tokio::time::sleep(REACTION).await;
                    let (mut life, mut store) = (cluster.life(), cluster.store());
                    control(&mut store, &mut life, Timestamp::now());
                }
            }
        }
    })
}

/// One step, in which the intruder acts or waits, and trouble comes and goes.
pub(super) fn step(cluster: &Cluster, intruder: bool) {
    go_on(cluster, |store, life, now| {
        if intruder {
            intruder::act(cluster, store, life.steps, now);
        }
        trouble::brew(store, life, now);
    });
}

/// One step in which nobody does anything but controllers and kubelets.
pub(super) fn calm_step(cluster: &Cluster) {
    go_on(cluster, |_, _, _| {});
}

fn go_on(cluster: &Cluster, happens: impl FnOnce(&mut Store, &mut Life, Timestamp)) {
    let mut life = cluster.life();
    let mut network = cluster.network();
    let mut store = cluster.store();
    let now = Timestamp::now();
    life.steps += 1;
    network.advance(&store, now);
    happens(&mut store, &mut life, now);
    round(&mut store, &mut life, now);
}

/// Everybody once.
fn round(store: &mut Store, life: &mut Life, at: Timestamp) {
    event::prune(store, at);
    for cron in store.list("CronJob", None) {
        job::tick(store, life, &cron, at);
    }
    control(store, life, at);
    kubelet::work(store, life, at);
    follow(store, life, at);
}

/// Every controller that has something to look at.
fn control(store: &mut Store, life: &mut Life, at: Timestamp) {
    if life.is_due(store, "garbage", &garbage::KINDS) || garbage::is_emptying(store) {
        garbage::collect(store, at);
    }
    if life.is_due(store, "deployments", &["Deployment", "ReplicaSet"]) {
        for deployment in stays(store.list("Deployment", None)) {
            deployment::reconcile(store, life, &deployment, at);
        }
    }
    if life.is_due(store, "sets", &["Pod", "Node", "ReplicaSet", "StatefulSet", "DaemonSet", "Job"]) {
        let owned = by_owner(store.list("Pod", None));
        let of = |owner: &Value| owned.get(text(owner, "/metadata/uid")).map(Vec::as_slice).unwrap_or_default();
        for set in stays(store.list("ReplicaSet", None)) {
            replicas::reconcile(store, life, &set, of(&set), at);
        }
        for set in stays(store.list("StatefulSet", None)) {
            stateful::reconcile(store, life, &set, of(&set), at);
        }
        for set in stays(store.list("DaemonSet", None)) {
            daemon::reconcile(store, life, &set, of(&set), at);
        }
        for job in stays(store.list("Job", None)) {
            job::reconcile(store, life, &job, of(&job), at);
        }
        scheduler::schedule(store, life, None, at);
    }
    follow(store, life, at);
}

/// Those who report on what others did.
fn follow(store: &mut Store, life: &mut Life, at: Timestamp) {
    if life.is_due(store, "endpoints", &["Pod", "Node", "Service"]) {
        endpoints::reconcile(store, at);
    }
    if life.is_due(store, "budgets", &["Pod", "PodDisruptionBudget"]) {
        budget::reconcile(store, at);
    }
}

/// Owners that are not on their way out: those make nothing new.
fn stays(mut owners: Vec<Arc<Value>>) -> Vec<Arc<Value>> {
    owners.retain(|owner| !status::is_leaving(owner));
    owners
}

/// Pods by the uid of their controller.
fn by_owner(pods: Vec<Arc<Value>>) -> HashMap<String, Vec<Arc<Value>>> {
    let mut owned: HashMap<String, Vec<Arc<Value>>> = HashMap::new();
    for pod in pods {
        if let Some(owner) = controller(&pod) {
            owned.entry(text(owner, "/uid").to_owned()).or_default().push(pod);
        }
    }
    owned
}

/// The owner that controls an object.
fn controller(object: &Value) -> Option<&Value> {
    items(object, "/metadata/ownerReferences").iter().find(|owner| super::json::is_true(owner, "/controller"))
}

/// Lets a new workload's pods run at once, as of then.
pub(super) fn bring_up(store: &mut Store, life: &mut Life, workload: &Value, at: Timestamp) {
    match text(workload, "/kind") {
        "Deployment" => {
            deployment::reconcile(store, life, workload, at);
            for set in deployment::sets_of(store, workload) {
                replicas::reconcile(store, life, &set, &[], at);
            }
        }
        "StatefulSet" => stateful::all_at_once(store, life, workload, at),
        "DaemonSet" => daemon::reconcile(store, life, workload, &[], at),
        "Job" => job::reconcile(store, life, workload, &[], at),
        _ => {}
    }
    let namespace = text(workload, "/metadata/namespace");
    scheduler::schedule(store, life, Some(namespace), at);
    kubelet::bring_up(store, life, namespace, at);
}

/// Lets a changed deployment replace its pods, as of then.
pub(super) fn roll_out(store: &mut Store, life: &mut Life, namespace: &str, name: &str, at: Timestamp) {
    for _ in 0..30 {
        life.steps += 1;
        if let Some(deployment) = store.get("Deployment", namespace, name) {
            deployment::reconcile(store, life, &deployment, at);
            let owned = by_owner(store.list("Pod", Some(namespace)));
            for set in deployment::sets_of(store, &deployment) {
                let pods = owned.get(text(&set, "/metadata/uid")).map(Vec::as_slice).unwrap_or_default();
                replicas::reconcile(store, life, &set, pods, at);
            }
        }
        scheduler::schedule(store, life, Some(namespace), at);
        kubelet::work_in(store, life, Some(namespace), at);
    }
}

/// Brings every status up to date before anybody looks.
pub(super) fn settle(store: &mut Store, life: &mut Life, now: Timestamp) {
    for _ in 0..3 {
        life.steps += 1;
        round(store, life, now);
    }
    store.compact();
}

/// Marks an object for deletion after a grace period in seconds.
pub(super) fn mark_deleted(object: &mut Value, grace: i64, at: Timestamp) {
    let end = at.checked_add(SignedDuration::from_secs(grace)).unwrap_or(at);
    set(object, "/metadata/deletionTimestamp", rfc3339(end));
    set(object, "/metadata/deletionGracePeriodSeconds", grace);
}

#[cfg(test)]
mod tests;
