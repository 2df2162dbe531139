//! Jobs and CronJobs as `kubectl get` prints them.

use jiff::Timestamp;
use serde_json::Value;

use super::super::json::{is_true, items, number, text};
use super::age::{age, at, duration, since};
use super::workload::{selector, template};
use super::{Column, NAME, Table, count, wide, word};

/// Jobs.
pub(super) const JOB: Table = Table {
    columns: &[
        NAME,
        word("Status"),
        word("Completions"),
        word("Duration"),
        word("Age"),
        wide("Containers"),
        wide("Images"),
        wide("Selector"),
    ],
    cells: |object, now| {
        let completions = number(object, "/spec/completions").max(1);
        let mut cells = vec![
            text(object, "/metadata/name").into(),
            status(object).into(),
            format!("{}/{completions}", number(object, "/status/succeeded")).into(),
            length(object, now).into(),
            age(object, now),
        ];
        cells.extend(template(object));
        cells.push(selector(object, "/spec/selector"));
        cells
    },
};

const SUSPEND: Column = ("Suspend", "boolean", "", 0);

/// CronJobs.
pub(super) const CRON_JOB: Table = Table {
    columns: &[
        NAME,
        word("Schedule"),
        word("Timezone"),
        SUSPEND,
        count("Active"),
        word("Last Schedule"),
        word("Age"),
        wide("Containers"),
        wide("Images"),
        wide("Selector"),
    ],
    cells: |object, now| {
        let last = if text(object, "/status/lastScheduleTime").is_empty() {
            "<none>".to_owned()
        } else {
            at(object, "/status/lastScheduleTime", now)
        };
        let zone = text(object, "/spec/timeZone");
        let suspended = if is_true(object, "/spec/suspend") { "True" } else { "False" };
        let mut cells = vec![
            text(object, "/metadata/name").into(),
            text(object, "/spec/schedule").into(),
            if zone.is_empty() { "<none>" } else { zone }.into(),
            suspended.into(),
            items(object, "/status/active").len().into(),
            last.into(),
            age(object, now),
        ];
        cells.extend(template(object));
        cells.push(Value::from("<none>"));
        cells
    },
};

fn status(job: &Value) -> &'static str {
    let has = |kind: &str| {
        items(job, "/status/conditions")
            .iter()
            .any(|condition| text(condition, "/type") == kind && text(condition, "/status") == "True")
    };
    match () {
        () if has("Complete") => "Complete",
        () if has("Failed") => "Failed",
        () if has("Suspended") => "Suspended",
        () if job.pointer("/metadata/deletionTimestamp").is_some() => "Terminating",
        () => "Running",
    }
}

fn length(job: &Value, now: Timestamp) -> String {
    let Some(started) = since(job, "/status/startTime", now) else { return String::new() };
    let ended = since(job, "/status/completionTime", now).unwrap_or(0);
    duration(started - ended)
}
