//! The kubelets: pods from bound to running, ready, crashing, done and gone.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::json::{items, number, set, text};
use super::super::random::Random;
use super::super::store::{Store, rfc3339};
use super::event::{Event, record};
use super::status::{conditions, end, is_leaving, is_over, is_ready, running, waiting};
use super::{Life, controller};

/// Steps that a job's pod takes.
const JOB: u64 = 8;

/// Steps that a deleted pod takes to stop.
const STOPPING: u64 = 2;

/// Every pod a step on.
pub(super) fn work(store: &mut Store, life: &mut Life, at: Timestamp) {
    work_in(store, life, None, at);
}

/// Every pod of a namespace, or of all, a step on.
pub(super) fn work_in(store: &mut Store, life: &mut Life, namespace: Option<&str>, at: Timestamp) {
    for pod in store.list("Pod", namespace) {
        if is_leaving(&pod) {
            stop(store, life, &pod, at);
        } else if !text(&pod, "/spec/nodeName").is_empty() && !is_over(&pod) {
            go_on(store, life, &pod, at);
        }
    }
}

/// What was bound runs at once, as of then.
pub(super) fn bring_up(store: &mut Store, life: &mut Life, namespace: &str, at: Timestamp) {
    for _ in 0..3 {
        life.steps += 1;
        for pod in store.list("Pod", Some(namespace)) {
            let fresh = !is_ready(&pod) && !is_over(&pod) && !text(&pod, "/spec/nodeName").is_empty();
            if fresh && !crashes(&pod) {
                go_on(store, life, &pod, at);
            }
        }
    }
}

fn stop(store: &mut Store, life: &mut Life, pod: &Value, at: Timestamp) {
    let uid = format!("{}/stopping", text(pod, "/metadata/uid"));
    let (namespace, name) = (text(pod, "/metadata/namespace"), text(pod, "/metadata/name"));
    if !life.since.contains_key(&uid) {
        for container in items(pod, "/spec/containers") {
            let container = text(container, "/name");
            say(store, life, pod, container, false, "Killing", format!("Stopping container {container}"), at);
        }
    }
    if life.steps_as_it_is(&uid) >= STOPPING || text(pod, "/spec/nodeName").is_empty() {
        life.since.remove(&uid);
        life.since.remove(text(pod, "/metadata/uid"));
        store.remove("Pod", namespace, name);
    }
}

fn go_on(store: &mut Store, life: &mut Life, pod: &Arc<Value>, at: Timestamp) {
    let uid = text(pod, "/metadata/uid");
    let of_job = controller(pod).is_some_and(|owner| text(owner, "/kind") == "Job");
    let states = items(pod, "/status/containerStatuses");
    let reason = states.first().map(|status| text(status, "/state/waiting/reason")).unwrap_or_default();
    if text(pod, "/status/startTime").is_empty() {
        life.changed(uid);
        begin(store, life, pod, at);
    } else if reason == "ContainerCreating" && cannot_be_pulled(pod) {
        life.changed(uid);
        pull_fails(store, life, pod, at);
    } else if reason == "ImagePullBackOff" {
        if life.steps_as_it_is(uid) > 20 {
            life.changed(uid);
            pull_fails(store, life, pod, at);
        }
    } else if reason == "ContainerCreating" {
        life.changed(uid);
        run(store, life, pod, at);
    } else if reason == "CrashLoopBackOff" {
        if life.steps_as_it_is(uid) > 15 {
            life.changed(uid);
            restart(store, pod, at);
        }
    } else if crashes(pod) && life.steps_as_it_is(uid) > 2 {
        life.changed(uid);
        crash(store, life, pod, at);
    } else if of_job && life.steps_as_it_is(uid) >= JOB {
        finish(store, pod, at);
    } else if !is_ready(pod) && !life.failing.contains_key(uid) && !crashes(pod) {
        change(store, pod, at, |pod| ready(pod, true, at));
    }
}

fn change(store: &mut Store, pod: &Value, at: Timestamp, change: impl FnOnce(&mut Value)) {
    store.edit("Pod", text(pod, "/metadata/namespace"), text(pod, "/metadata/name"), at, change);
}

#[expect(clippy::too_many_arguments, reason = "an event has as many parts")]
fn say(
    store: &mut Store,
    life: &Life,
    pod: &Value,
    container: &str,
    warning: bool,
    reason: &str,
    message: String,
    at: Timestamp,
) {
    let part = if container.is_empty() { String::new() } else { format!("spec.containers{{{container}}}") };
    record(store, life, &Event { about: pod, part: &part, warning, reason, message, by: "kubelet" }, at);
}

fn begin(store: &mut Store, life: &Life, pod: &Value, at: Timestamp) {
    for container in items(pod, "/spec/containers") {
        let image = text(container, "/image");
        let message = format!("Container image \"{image}\" already present on machine and can be accessed by the pod");
        say(store, life, pod, text(container, "/name"), false, "Pulled", message, at);
    }
    let host = store
        .get("Node", "", text(pod, "/spec/nodeName"))
        .map(|node| text(&node, "/status/addresses/0/address").to_owned())
        .unwrap_or_default();
    change(store, pod, at, |pod| {
        let initial = items(pod, "/spec/initContainers").to_vec();
        let statuses: Vec<Value> = items(pod, "/spec/containers")
            .iter()
            .map(|container| waiting(container, "ContainerCreating", ""))
            .collect();
        set(pod, "/status/startTime", rfc3339(at));
        set(pod, "/status/hostIP", host.as_str());
        set(pod, "/status/hostIPs", json!([{"ip": host}]));
        set(pod, "/status/containerStatuses", statuses);
        conditions(
            pod,
            &[
                ("PodReadyToStartContainers", false),
                ("Initialized", initial.is_empty()),
                ("Ready", false),
                ("ContainersReady", false),
                ("PodScheduled", true),
            ],
            at,
        );
    });
}

fn run(store: &mut Store, life: &mut Life, pod: &Value, at: Timestamp) {
    let own = super::super::json::is_true(pod, "/spec/hostNetwork");
    let block = text(pod, "/status/hostIP").split('.').nth(1).unwrap_or("42").to_owned();
    let ip = if own {
        text(pod, "/status/hostIP").to_owned()
    } else {
        format!("10.{block}.{}.{}", 64 + store.random.below(128), 2 + store.random.below(250))
    };
    let mut random = Random::new(store.random.next());
    for container in items(pod, "/spec/containers") {
        let name = text(container, "/name");
        say(store, life, pod, name, false, "Created", format!("Created container: {name}"), at);
        say(store, life, pod, name, false, "Started", format!("Started container {name}"), at);
    }
    change(store, pod, at, |pod| {
        let initial: Vec<Value> = items(pod, "/spec/initContainers")
            .iter()
            .map(|container| {
                let mut status = running(container, &mut random, false, at);
                end(&mut status, 0, "Completed", at);
                set(&mut status, "/ready", true);
                status
            })
            .collect();
        if !initial.is_empty() {
            set(pod, "/status/initContainerStatuses", initial);
        }
        let statuses: Vec<Value> =
            items(pod, "/spec/containers").iter().map(|container| running(container, &mut random, false, at)).collect();
        set(pod, "/status/containerStatuses", statuses);
        set(pod, "/status/phase", "Running");
        set(pod, "/status/podIP", ip.as_str());
        set(pod, "/status/podIPs", json!([{"ip": ip}]));
        conditions(pod, &[("PodReadyToStartContainers", true), ("Initialized", true)], at);
    });
}

/// Makes every container that runs ready or not, and the pod with them.
pub(super) fn ready(pod: &mut Value, is: bool, at: Timestamp) {
    let statuses = pod.pointer_mut("/status/containerStatuses").and_then(Value::as_array_mut);
    for status in statuses.into_iter().flatten().filter(|status| status.pointer("/state/running").is_some()) {
        set(status, "/ready", is);
    }
    conditions(pod, &[("Ready", is), ("ContainersReady", is)], at);
}

fn cannot_be_pulled(pod: &Value) -> bool {
    items(pod, "/spec/containers").iter().any(|container| text(container, "/image").ends_with("-rc1"))
}

fn pull_fails(store: &mut Store, life: &Life, pod: &Value, at: Timestamp) {
    let container = items(pod, "/spec/containers").first().cloned().unwrap_or_default();
    let (name, image) = (text(&container, "/name"), text(&container, "/image"));
    let message = format!(
        "Failed to pull image \"{image}\": rpc error: code = NotFound desc = failed to resolve reference \"{image}\": not found"
    );
    say(store, life, pod, name, true, "Failed", message, at);
    say(store, life, pod, name, true, "BackOff", format!("Back-off pulling image \"{image}\""), at);
    change(store, pod, at, |pod| {
        set(
            pod,
            "/status/containerStatuses",
            json!([waiting(&container, "ImagePullBackOff", &format!("Back-off pulling image \"{image}\""))]),
        );
    });
}

fn crashes(pod: &Value) -> bool {
    items(pod, "/spec/containers/0/args").iter().any(|argument| argument == "--strict")
}

fn crash(store: &mut Store, life: &Life, pod: &Value, at: Timestamp) {
    let name = text(pod, "/spec/containers/0/name").to_owned();
    let message = format!(
        "Back-off restarting failed container {name} in pod {}_{}({})",
        text(pod, "/metadata/name"),
        text(pod, "/metadata/namespace"),
        text(pod, "/metadata/uid")
    );
    say(store, life, pod, &name, true, "BackOff", message.clone(), at);
    change(store, pod, at, |pod| {
        if let Some(status) = pod.pointer_mut("/status/containerStatuses/0") {
            end(status, 1, "Error", at);
            let ended = status.get("state").cloned().unwrap_or_default();
            set(status, "/lastState", ended);
            set(status, "/state", json!({"waiting": {"reason": "CrashLoopBackOff", "message": message}}));
        }
        conditions(pod, &[("Ready", false), ("ContainersReady", false)], at);
    });
}

fn restart(store: &mut Store, pod: &Value, at: Timestamp) {
    let mut random = Random::new(store.random.next());
    change(store, pod, at, |pod| {
        let container = pod.pointer("/spec/containers/0").cloned().unwrap_or_default();
        if let Some(status) = pod.pointer_mut("/status/containerStatuses/0") {
            let mut new = running(&container, &mut random, false, at);
            set(&mut new, "/restartCount", number(status, "/restartCount") + 1);
            set(&mut new, "/lastState", status.get("lastState").cloned().unwrap_or_default());
            *status = new;
        }
    });
}

fn finish(store: &mut Store, pod: &Value, at: Timestamp) {
    change(store, pod, at, |pod| {
        let statuses = pod.pointer_mut("/status/containerStatuses").and_then(Value::as_array_mut);
        for status in statuses.into_iter().flatten() {
            end(status, 0, "Completed", at);
        }
        set(pod, "/status/phase", "Succeeded");
        conditions(pod, &[("Ready", false), ("ContainersReady", false)], at);
    });
}
