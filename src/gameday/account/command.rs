//! Commands that were sent, and what became of each on each instance.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};

/// A new invocation is unknown for so long.
const UNKNOWN: Duration = Duration::from_millis(200);

/// Characters of the output that an answer carries.
const OUTPUT: usize = 24_000;

/// Characters of the errors that an answer carries.
const ERRORS: usize = 8_000;

/// What a script ended with.
#[derive(Clone, Debug, Default)]
pub(super) struct Ended {
    /// `Success`, `Failed`, `TimedOut`, `Cancelled`.
    pub(super) status: &'static str,
    /// The same in more detail.
    pub(super) detail: &'static str,
    /// Exit status; -1 where it did not come to that.
    pub(super) code: i64,
    /// Standard output.
    pub(super) output: String,
    /// Standard error.
    pub(super) errors: String,
}

/// A command on one instance.
#[derive(Clone, Debug)]
pub(super) struct Invocation {
    /// The command's id.
    pub(super) command: String,
    /// The instance.
    pub(super) instance: String,
    /// What was sent.
    pub(super) request: Value,
    asked: Instant,
    requested: Timestamp,
    started: Option<Timestamp>,
    ended: Option<(Timestamp, Ended)>,
}

/// All commands of an account, oldest first.
#[derive(Debug, Default)]
pub(super) struct Commands(Mutex<Vec<Invocation>>);

impl Commands {
    fn all(&self) -> MutexGuard<'_, Vec<Invocation>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A command was accepted for an instance.
    pub(super) fn accept(&self, command: &str, instance: &str, request: &Value) {
        self.all().push(Invocation {
            command: command.to_owned(),
            instance: instance.to_owned(),
            request: request.clone(),
            asked: Instant::now(),
            requested: Timestamp::now(),
            started: None,
            ended: None,
        });
    }

    /// Its script begins; false where it was cancelled before.
    pub(super) fn begin(&self, command: &str, instance: &str) -> bool {
        let mut all = self.all();
        let found = all.iter_mut().find(|one| one.command == command && one.instance == instance);
        let Some(found) = found.filter(|one| one.ended.is_none()) else { return false };
        found.started = Some(Timestamp::now());
        true
    }

    /// Its script ended, unless it was cancelled before.
    pub(super) fn end(&self, command: &str, instance: &str, ended: Ended) {
        let mut all = self.all();
        let found = all.iter_mut().find(|one| one.command == command && one.instance == instance);
        if let Some(found) = found.filter(|one| one.ended.is_none()) {
            found.ended = Some((Timestamp::now(), ended));
        }
    }

    /// Those of a command and of an instance; empty words mean any. What is too new is not known yet.
    pub(super) fn find(&self, command: &str, instance: &str) -> Vec<Invocation> {
        let wanted = |one: &&Invocation| {
            (command.is_empty() || one.command == command)
                && (instance.is_empty() || one.instance == instance)
                && one.asked.elapsed() >= UNKNOWN
        };
        self.all().iter().filter(wanted).cloned().collect()
    }

    /// Ends what has not ended yet. Gives whether the command is known.
    pub(super) fn cancel(&self, command: &str, instances: &[String]) -> bool {
        let mut known = false;
        for one in self.all().iter_mut().filter(|one| one.command == command) {
            known = true;
            let meant = instances.is_empty() || instances.contains(&one.instance);
            if meant && one.ended.is_none() {
                let ended = Ended { status: "Cancelled", detail: "Cancelled", code: -1, ..Ended::default() };
                one.ended = Some((Timestamp::now(), ended));
            }
        }
        known
    }
}

impl Invocation {
    /// `Pending`, `InProgress`, or what it ended with.
    pub(super) fn status(&self) -> (&'static str, &'static str) {
        match (&self.ended, self.started) {
            (Some((_, ended)), _) => (ended.status, ended.detail),
            (None, Some(_)) => ("InProgress", "InProgress"),
            (None, None) => ("Pending", "Pending"),
        }
    }

    /// As `GetCommandInvocation` tells it.
    pub(super) fn told(&self) -> Value {
        let moment = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
        let (status, detail) = self.status();
        let ended = self.ended.as_ref();
        let first = |text: &str, most: usize| text.chars().take(most).collect::<String>();
        json!({
            "CommandId": self.command, "InstanceId": self.instance, "Comment": self.request.get("Comment"),
            "DocumentName": self.request.get("DocumentName"), "DocumentVersion": "", "PluginName": "aws:runShellScript",
            "Status": status, "StatusDetails": detail, "ResponseCode": ended.map_or(-1, |(_, ended)| ended.code),
            "ExecutionStartDateTime": moment(self.started), "ExecutionEndDateTime": moment(ended.map(|(at, _)| *at)),
            "ExecutionElapsedTime": "", "StandardOutputUrl": "", "StandardErrorUrl": "",
            "StandardOutputContent": ended.map(|(_, ended)| first(&ended.output, OUTPUT)).unwrap_or_default(),
            "StandardErrorContent": ended.map(|(_, ended)| first(&ended.errors, ERRORS)).unwrap_or_default(),
        })
    }

    /// As lists tell it: without what was printed.
    pub(super) fn listed(&self) -> Value {
        let (status, detail) = self.status();
        json!({
            "CommandId": self.command, "InstanceId": self.instance, "Comment": self.request.get("Comment"),
            "DocumentName": self.request.get("DocumentName"), "Status": status, "StatusDetails": detail,
            "RequestedDateTime": seconds(self.requested), "CommandPlugins": [],
        })
    }

    /// The command, as `SendCommand` and `ListCommands` tell it.
    pub(super) fn command(&self, instances: &[String]) -> Value {
        let (status, detail) = self.status();
        let at = |key: &str| self.request.get(key).cloned().unwrap_or_default();
        json!({
            "CommandId": self.command, "DocumentName": at("DocumentName"), "Comment": at("Comment"),
            "Parameters": at("Parameters"), "InstanceIds": instances, "TimeoutSeconds": at("TimeoutSeconds"),
            "RequestedDateTime": seconds(self.requested), "ExpiresAfter": seconds(self.requested) + 7200.0,
            "Status": status, "StatusDetails": detail, "TargetCount": instances.len(), "CompletedCount": 0,
            "ErrorCount": 0, "MaxConcurrency": "50", "MaxErrors": "0",
        })
    }
}

fn seconds(at: Timestamp) -> f64 {
    at.as_millisecond() as f64 / 1000.0
}
