//! Jobs and what starts them.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::json::{is_true, items, number, set, text};
use super::super::store::{Store, rfc3339};
use super::event::{Event, record};
use super::status::is_over;
use super::{Life, controller, pod};

/// A CronJob whose schedule begins so runs once in this many steps of the game.
const SPEEDS: [(&str, u64); 2] = [("*/10", 90), ("*/30", 270)];

/// The next job of a CronJob.
pub(in super::super) fn job_of(store: &mut Store, cron: &Value, at: Timestamp) -> Option<Value> {
    let name = format!("{}-{}", text(cron, "/metadata/name"), at.as_second() / 60);
    let namespace = text(cron, "/metadata/namespace").to_owned();
    if store.get("Job", &namespace, &name).is_some() {
        return None;
    }
    let uid = store.random.uuid();
    let mut spec = cron.pointer("/spec/jobTemplate/spec").cloned()?;
    let labels = json!({"batch.kubernetes.io/controller-uid": uid, "batch.kubernetes.io/job-name": name, "controller-uid": uid, "job-name": name});
    for (key, value) in super::super::json::pairs(&labels, "") {
        set(&mut spec, &format!("/template/metadata/labels/{}", key.replace('/', "~1")), value);
    }
    set(&mut spec, "/selector", json!({"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}));
    set(&mut spec, "/completions", 1);
    set(&mut spec, "/parallelism", 1);
    store.edit("CronJob", &namespace, text(cron, "/metadata/name"), at, |cron| {
        set(cron, "/status/lastScheduleTime", rfc3339(at));
    });
    Some(json!({
        "kind": "Job", "apiVersion": "batch/v1",
        "metadata": {
            "name": name, "namespace": namespace, "uid": uid, "ownerReferences": [pod::owner(cron)],
            "labels": spec.pointer("/template/metadata/labels"),
        },
        "spec": spec, "status": {"startTime": rfc3339(at)},
    }))
}

/// Starts a CronJob's next job when its time has come, and lets its old ones go.
pub(super) fn tick(store: &mut Store, life: &mut Life, cron: &Value, at: Timestamp) {
    let schedule = text(cron, "/spec/schedule");
    let every = SPEEDS.iter().find(|(begins, _)| schedule.starts_with(begins)).map_or(0, |(_, steps)| *steps);
    if every > 0
        && life.steps.is_multiple_of(every)
        && !is_true(cron, "/spec/suspend")
        && let Some(job) = job_of(store, cron, at)
    {
        let message = format!("Created job {}", text(&job, "/metadata/name"));
        let event = Event {
            about: cron,
            part: "",
            warning: false,
            reason: "SuccessfulCreate",
            message,
            by: "cronjob-controller",
        };
        record(store, life, &event, at);
        store.put(job, at);
    }
    let (uid, namespace) = (text(cron, "/metadata/uid"), text(cron, "/metadata/namespace"));
    let mut jobs = store.list("Job", Some(namespace));
    jobs.retain(|job| controller(job).is_some_and(|owner| text(owner, "/uid") == uid));
    let (over, active): (Vec<_>, Vec<_>) = jobs.iter().partition(|job| !text(job, "/status/completionTime").is_empty());
    for old in over.iter().rev().skip(3) {
        store.remove("Job", namespace, text(old, "/metadata/name"));
    }
    let active: Vec<Value> = active
        .iter()
        .map(|job| json!({"apiVersion": "batch/v1", "kind": "Job", "name": text(job, "/metadata/name"), "namespace": namespace, "uid": text(job, "/metadata/uid")}))
        .collect();
    store.edit("CronJob", namespace, text(cron, "/metadata/name"), at, |cron| {
        if active.is_empty() {
            super::super::json::remove(cron, "/status/active");
        } else {
            set(cron, "/status/active", active);
        }
    });
}

/// Gives a job its pod, and reports when it is done.
pub(super) fn reconcile(store: &mut Store, life: &mut Life, job: &Value, pods: &[Arc<Value>], at: Timestamp) {
    let done = items(job, "/status/conditions").iter().any(|condition| text(condition, "/type") == "Complete");
    if done || is_true(job, "/spec/suspend") || job.pointer("/metadata/deletionTimestamp").is_some() {
        return;
    }
    let (namespace, name) = (text(job, "/metadata/namespace"), text(job, "/metadata/name"));
    let succeeded = pods.iter().filter(|pod| text(pod, "/status/phase") == "Succeeded").count();
    let active = pods.iter().filter(|pod| !is_over(pod)).count();
    let wanted = usize::try_from(number(job, "/spec/completions").max(1)).unwrap_or(1);
    if succeeded >= wanted {
        let moment = rfc3339(at);
        let condition = json!({"type": "Complete", "status": "True", "reason": "CompletionsReached", "message": "Reached expected number of succeeded pods", "lastProbeTime": moment, "lastTransitionTime": moment});
        store.edit("Job", namespace, name, at, |job| {
            let start = job.pointer("/status/startTime").cloned().unwrap_or_default();
            set(
                job,
                "/status",
                json!({
                    "startTime": start, "completionTime": moment, "succeeded": succeeded, "ready": 0, "terminating": 0,
                    "conditions": [condition], "uncountedTerminatedPods": {},
                }),
            );
        });
        let event = Event {
            about: job,
            part: "",
            warning: false,
            reason: "Completed",
            message: "Job completed".to_owned(),
            by: "job-controller",
        };
        record(store, life, &event, at);
        return;
    }
    if active == 0 {
        let generate = format!("{name}-");
        let pod_name = format!("{generate}{}", store.random.suffix(5));
        let pod = pod::from_template(store, job, &pod_name, Some(&generate));
        store.put(pod, at);
        let message = format!("Created pod: {pod_name}");
        let event =
            Event { about: job, part: "", warning: false, reason: "SuccessfulCreate", message, by: "job-controller" };
        record(store, life, &event, at);
    }
    store.edit("Job", namespace, name, at, |job| {
        if text(job, "/status/startTime").is_empty() {
            set(job, "/status/startTime", rfc3339(at));
        }
        set(job, "/status/active", 1);
        set(job, "/status/ready", active.min(1));
    });
}
