//! STATUS, READY and RESTARTS of a pod as `kubectl get pods` prints them.
//!
//! The rules are those of `printPod` in
//! <https://github.com/kubernetes/kubernetes/blob/v1.36.0/pkg/printers/internalversion/printers.go>.

use super::pod::{ContainerStatusWire, ContainerWire, PodWire, TerminatedWire};

/// What `kubectl` prints of a pod.
#[derive(Debug, PartialEq, Eq)]
pub struct Printed {
    /// Under STATUS.
    pub status: String,
    /// Before the slash under READY.
    pub ready: usize,
    /// Under RESTARTS, without the age.
    pub restarts: u64,
}

/// Whether an init container runs beside the main ones (a sidecar).
pub fn is_sidecar(container: &ContainerWire<'_>) -> bool {
    &*container.restart_policy == "Always"
}

/// Reads STATUS, READY and RESTARTS off a pod.
pub fn printed(pod: &PodWire<'_>) -> Printed {
    let status = &pod.status;
    let mut reason = if status.reason.is_empty() { status.phase.to_string() } else { status.reason.to_string() };
    if status.conditions.iter().any(|one| &*one.kind == "PodScheduled" && &*one.reason == "SchedulingGated") {
        "SchedulingGated".clone_into(&mut reason);
    }
    let initialized = status.conditions.iter().any(|one| &*one.kind == "Initialized" && &*one.status == "True");
    let mut init = Init::read(pod);
    let initializing = init.waits_for.take();
    let mut printed = Printed { status: String::new(), ready: init.ready, restarts: init.restarts };
    if initializing.is_none() || initialized {
        printed.restarts = init.sidecar_restarts;
        if let Some(waits_for) = initializing {
            reason = waits_for;
        }
        main_containers(pod, &mut reason, &mut printed);
    } else if let Some(waits_for) = initializing {
        reason = waits_for;
    }
    if pod.metadata.deletion_timestamp.0.is_some() {
        if &*status.reason == "NodeLost" {
            "Unknown".clone_into(&mut reason);
        } else if !matches!(&*status.phase, "Succeeded" | "Failed") {
            "Terminating".clone_into(&mut reason);
        }
    }
    Printed { status: reason, ..printed }
}

/// What the init containers say.
#[derive(Default)]
struct Init {
    waits_for: Option<String>,
    ready: usize,
    restarts: u64,
    sidecar_restarts: u64,
}

impl Init {
    fn read(pod: &PodWire<'_>) -> Self {
        let mut init = Self::default();
        let containers = &pod.spec.init_containers;
        for (place, one) in pod.status.init_container_statuses.iter().enumerate() {
            let sidecar = containers.iter().any(|container| container.name == one.name && is_sidecar(container));
            init.restarts += restarts(one);
            if sidecar {
                init.sidecar_restarts += restarts(one);
            }
            match (&one.state.terminated, &one.state.waiting) {
                (Some(ended), _) if ended.exit_code == 0 => continue,
                _ if sidecar && one.started => {
                    init.ready += usize::from(one.ready);
                    continue;
                }
                (Some(ended), _) => init.waits_for = Some(format!("Init:{}", ending(ended))),
                (None, Some(waiting)) if !waiting.reason.is_empty() && &*waiting.reason != "PodInitializing" => {
                    init.waits_for = Some(format!("Init:{}", &*waiting.reason));
                }
                _ => init.waits_for = Some(format!("Init:{place}/{}", containers.len())),
            }
            break;
        }
        init
    }
}

fn main_containers(pod: &PodWire<'_>, reason: &mut String, printed: &mut Printed) {
    let mut running = false;
    let mut failure = None;
    for one in pod.status.container_statuses.iter().rev() {
        printed.restarts += restarts(one);
        match (&one.state.waiting, &one.state.terminated) {
            (Some(waiting), _) if !waiting.reason.is_empty() => *reason = waiting.reason.to_string(),
            (_, Some(ended)) => {
                *reason = ending(ended);
                if ended.exit_code != 0 {
                    failure = Some(reason.clone());
                }
            }
            _ if one.ready && one.state.running.is_some() => {
                running = true;
                printed.ready += 1;
            }
            _ => {}
        }
    }
    if reason == "Completed" {
        let ready = pod.status.conditions.iter().any(|one| &*one.kind == "Ready" && &*one.status == "True");
        match failure {
            _ if running && ready => "Running".clone_into(reason),
            Some(failure) => *reason = failure,
            None if running => "NotReady".clone_into(reason),
            None => {}
        }
    }
}

fn ending(ended: &TerminatedWire<'_>) -> String {
    match (&*ended.reason, ended.signal) {
        ("", 0) => format!("ExitCode:{}", ended.exit_code),
        ("", signal) => format!("Signal:{signal}"),
        (reason, _) => reason.to_owned(),
    }
}

fn restarts(status: &ContainerStatusWire<'_>) -> u64 {
    u64::try_from(status.restart_count).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::pod;
    use super::*;
    use serde_json::{Value, json};

    fn print(pod: Value) -> (String, usize, u64) {
        let text = pod.to_string();
        let printed = printed(&pod::from_json(&text).unwrap());
        (printed.status, printed.ready, printed.restarts)
    }

    fn status(status: Value) -> (String, usize, u64) {
        print(
            json!({"spec": {"initContainers": [{"name": "a"}, {"name": "side", "restartPolicy": "Always"}]}, "status": status}),
        )
    }

    #[test]
    fn init_containers_come_first() {
        let waiting = json!({"name": "a", "state": {"waiting": {"reason": "PodInitializing"}}});
        assert_eq!(status(json!({"phase": "Pending", "initContainerStatuses": [waiting]})), ("Init:0/2".into(), 0, 0));
        let failed = json!({"name": "a", "restartCount": 3, "state": {"terminated": {"exitCode": 2}}});
        assert_eq!(
            status(json!({"phase": "Pending", "initContainerStatuses": [failed]})),
            ("Init:ExitCode:2".into(), 0, 3)
        );
        let crash = json!({"name": "a", "restartCount": 3, "state": {"waiting": {"reason": "CrashLoopBackOff"}}});
        assert_eq!(status(json!({"phase": "Pending", "initContainerStatuses": [crash]})).0, "Init:CrashLoopBackOff");
    }

    #[test]
    fn a_sidecar_that_runs_is_counted() {
        let answer = status(json!({"phase": "Running",
            "initContainerStatuses": [
                {"name": "a", "restartCount": 7, "state": {"terminated": {"exitCode": 0}}},
                {"name": "side", "ready": true, "started": true, "restartCount": 2, "state": {"running": {}}}],
            "containerStatuses": [{"name": "web", "ready": true, "restartCount": 1, "state": {"running": {}}}]}));
        assert_eq!(answer, ("Running".into(), 2, 3));
    }

    #[test]
    fn endings_are_named() {
        let one =
            |state: Value| status(json!({"phase": "Running", "containerStatuses": [{"name": "x", "state": state}]})).0;
        assert_eq!(one(json!({"waiting": {"reason": "CrashLoopBackOff"}})), "CrashLoopBackOff");
        assert_eq!(one(json!({"terminated": {"exitCode": 1, "reason": "OOMKilled"}})), "OOMKilled");
        assert_eq!(one(json!({"terminated": {"exitCode": 137, "signal": 9}})), "Signal:9");
        assert_eq!(one(json!({"terminated": {"exitCode": 0, "reason": "Completed"}})), "Completed");
    }

    #[test]
    fn a_pod_half_of_which_completed() {
        let containers = json!([
            {"name": "job", "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}},
            {"name": "web", "ready": true, "state": {"running": {}}}]);
        let ready = json!([{"type": "Ready", "status": "True"}]);
        assert_eq!(
            status(json!({"phase": "Running", "containerStatuses": containers, "conditions": ready})).0,
            "Running"
        );
        assert_eq!(status(json!({"phase": "Running", "containerStatuses": containers})).0, "NotReady");
        let failed = json!([
            {"name": "job", "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}},
            {"name": "bad", "state": {"terminated": {"exitCode": 3, "reason": "Error"}}}]);
        assert_eq!(status(json!({"phase": "Failed", "containerStatuses": failed})).0, "Error");
    }

    #[test]
    fn what_is_being_deleted_says_so() {
        let gone = |status: Value| {
            print(json!({"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}, "status": status})).0
        };
        assert_eq!(gone(json!({"phase": "Running"})), "Terminating");
        assert_eq!(gone(json!({"phase": "Running", "reason": "NodeLost"})), "Unknown");
        assert_eq!(gone(json!({"phase": "Succeeded"})), "Succeeded");
        assert_eq!(status(json!({"phase": "Failed", "reason": "Evicted"})).0, "Evicted");
        let gated = json!([{"type": "PodScheduled", "status": "False", "reason": "SchedulingGated"}]);
        assert_eq!(status(json!({"phase": "Pending", "conditions": gated})).0, "SchedulingGated");
    }
}
