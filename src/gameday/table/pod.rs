//! Pods as `kubectl get pods` prints them.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::json::{is_true, items, number, text};
use super::age::{age, duration, since};
use super::{NAME, Table, wide, word};

/// Pods.
pub(super) const TABLE: Table = Table {
    columns: &[
        NAME,
        word("Ready"),
        word("Status"),
        word("Restarts"),
        word("Age"),
        wide("IP"),
        wide("Node"),
        wide("Nominated Node"),
        wide("Readiness Gates"),
    ],
    cells,
};

fn or_none(text: &str) -> &str {
    if text.is_empty() { "<none>" } else { text }
}

fn cells(pod: &Value, now: Timestamp) -> Vec<Value> {
    let statuses = items(pod, "/status/containerStatuses");
    let ready = statuses.iter().filter(|status| is_true(status, "/ready")).count();
    vec![
        text(pod, "/metadata/name").into(),
        format!("{ready}/{}", items(pod, "/spec/containers").len()).into(),
        status(pod).into(),
        restarts(statuses, now).into(),
        age(pod, now),
        or_none(text(pod, "/status/podIP")).into(),
        or_none(text(pod, "/spec/nodeName")).into(),
        json!("<none>"),
        json!("<none>"),
    ]
}

fn restarts(statuses: &[Value], now: Timestamp) -> String {
    let times: i64 = statuses.iter().map(|status| number(status, "/restartCount")).sum();
    let last = statuses.iter().filter_map(|status| since(status, "/lastState/terminated/finishedAt", now)).min();
    match last {
        Some(ago) if times > 0 => format!("{times} ({} ago)", duration(ago)),
        _ => times.to_string(),
    }
}

/// The word in the Status column: the most telling reason of any container.
fn status(pod: &Value) -> String {
    let mut status = text(pod, "/status/reason").to_owned();
    if status.is_empty() {
        text(pod, "/status/phase").clone_into(&mut status);
    }
    let initial = items(pod, "/status/initContainerStatuses");
    let total = items(pod, "/spec/initContainers").len();
    let unfinished = initial.iter().enumerate().find(|(_, status)| {
        number(status, "/state/terminated/exitCode") != 0 || status.pointer("/state/terminated").is_none()
    });
    if let Some((done, container)) = unfinished {
        let reason = [text(container, "/state/terminated/reason"), text(container, "/state/waiting/reason")];
        status = match reason.into_iter().find(|reason| !reason.is_empty() && *reason != "PodInitializing") {
            Some(reason) => format!("Init:{reason}"),
            None => format!("Init:{done}/{total}"),
        };
    } else {
        let mut running = false;
        for container in items(pod, "/status/containerStatuses").iter().rev() {
            let (waiting, ended) =
                (text(container, "/state/waiting/reason"), text(container, "/state/terminated/reason"));
            if !waiting.is_empty() {
                waiting.clone_into(&mut status);
            } else if !ended.is_empty() {
                ended.clone_into(&mut status);
            } else if is_true(container, "/ready") && container.pointer("/state/running").is_some() {
                running = true;
            }
        }
        if status == "Completed" && running {
            "Running".clone_into(&mut status);
        }
    }
    let leaving = pod.pointer("/metadata/deletionTimestamp").is_some();
    if leaving && text(pod, "/status/reason") == "NodeLost" {
        return "Unknown".to_owned();
    }
    let over = ["Succeeded", "Failed"].contains(&text(pod, "/status/phase"));
    if leaving && !over { "Terminating".to_owned() } else { status }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_is_the_most_telling_reason() {
        let crashing = json!({"status": {"phase": "Running", "containerStatuses": [{"state": {"waiting": {"reason": "CrashLoopBackOff"}}}]}});
        assert_eq!(status(&crashing), "CrashLoopBackOff");
        let starting = json!({"spec": {"initContainers": [{}, {}]}, "status": {"phase": "Pending", "initContainerStatuses": [{"state": {"running": {}}}]}});
        assert_eq!(status(&starting), "Init:0/2");
        let leaving =
            json!({"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}, "status": {"phase": "Running"}});
        assert_eq!(status(&leaving), "Terminating");
    }

    #[test]
    fn restarts_tell_when_the_last_was() {
        let statuses =
            [json!({"restartCount": 2, "lastState": {"terminated": {"finishedAt": "1970-01-01T00:00:10Z"}}})];
        assert_eq!(restarts(&statuses, Timestamp::from_second(70).unwrap()), "2 (60s ago)");
        assert_eq!(restarts(&[json!({"restartCount": 0})], Timestamp::UNIX_EPOCH), "0");
    }
}
