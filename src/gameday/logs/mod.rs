//! What containers write: a log that is the same whenever it is read, and grows.

mod attack;
mod daily;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::json::{label, text};
use super::random::Random;

/// Lines that a log holds at most, as a kubelet rotates them away.
const KEPT: i64 = 400;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// When it was written.
    pub(super) at: Timestamp,
    /// Without its newline.
    pub(super) text: String,
}

/// The log of one run of one container.
#[derive(Clone, Debug)]
pub(super) struct Log {
    name: String,
    seed: String,
    started: Timestamp,
    ended: Option<Timestamp>,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Requests and their answers.
    Serving,
    /// The storefront with the intruder in it.
    Attacked,
    /// A few lines, then the end.
    Crashing,
    /// Something short that succeeds.
    Task,
    /// Who reported to the sinkhole.
    Sinkhole,
}

impl Log {
    /// The log of the run that goes on or went last, or of the run before that; `None` where there was none.
    pub(super) fn of(pod: &Value, status: &Value, previous: bool) -> Option<Self> {
        let state = if previous { "/lastState" } else { "/state" };
        let moment = |pointer: String| text(status, &pointer).parse::<Timestamp>().ok();
        let run = ["running", "terminated"].iter().find_map(|run| moment(format!("{state}/{run}/startedAt")));
        // A container that waits to be restarted shows what it said before it ended.
        let waits = !previous && run.is_none();
        let state = if waits { "/lastState" } else { state };
        let started = run.or_else(|| moment(format!("{state}/terminated/startedAt")).filter(|_| waits))?;
        let ended = moment(format!("{state}/terminated/finishedAt"));
        let name = text(status, "/name");
        let web = label(pod, "app") == Some("web") && name == "web";
        let kind = match text(status, &format!("{state}/terminated/reason")) {
            "Error" => Kind::Crashing,
            "Completed" => Kind::Task,
            _ if super::network::is_sinkhole(pod) => Kind::Sinkhole,
            _ if web && super::json::is_true(pod, "/spec/hostPID") => Kind::Attacked,
            _ if label(pod, "job-name").is_some() => Kind::Task,
            _ => Kind::Serving,
        };
        let seed = format!("{}/{name}/{started}", text(pod, "/metadata/uid"));
        Some(Self { name: name.to_owned(), seed, started, ended, kind })
    }

    /// Everything written until a moment, oldest first; `heard` is what the sinkhole heard.
    pub(super) fn until(&self, now: Timestamp, heard: impl FnOnce() -> Vec<Line>) -> Vec<Line> {
        let end = self.ended.unwrap_or(now).min(now);
        let mut lines = match self.kind {
            Kind::Serving => self.served(end),
            Kind::Attacked => {
                let mut lines = attack::lines(self.started, &self.seed);
                lines.extend(self.served(end));
                lines
            }
            Kind::Crashing => self.told(daily::CRASH),
            Kind::Task => self.told(daily::TASK),
            Kind::Sinkhole => heard(),
        };
        lines.retain(|line| line.at <= end);
        lines.sort_by_key(|line| line.at);
        lines
    }

    fn told(&self, sentences: &[&str]) -> Vec<Line> {
        let line = |(place, sentence): (i64, &&str)| {
            let at = self.started.checked_add(SignedDuration::from_millis(place * 180)).ok()?;
            Some(Line { at, text: sentence.replace("{name}", &self.name) })
        };
        (0..).zip(sentences).filter_map(line).collect()
    }

    /// A line every few seconds; each depends on its number alone, so that reading again gives the same.
    fn served(&self, end: Timestamp) -> Vec<Line> {
        let every = 2 + i64::try_from(Random::named(1, &self.seed).below(6)).unwrap_or(0);
        let last = (end.as_second() - self.started.as_second()) / every;
        let mut lines = Vec::new();
        for number in (last - KEPT).max(0)..=last {
            let mut random = Random::named(number.unsigned_abs(), &self.seed);
            let offset =
                SignedDuration::from_millis(number * every * 1000 + i64::try_from(random.below(900)).unwrap_or(0));
            if let Ok(at) = self.started.checked_add(offset) {
                lines.push(Line { at, text: daily::line(&mut random, &self.name, at) });
            }
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn log(host: bool) -> Log {
        let pod = json!({"metadata": {"uid": "u", "labels": {"app": "web"}}, "spec": {"hostPID": host}});
        let status = json!({"name": "web", "state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}}});
        Log::of(&pod, &status, false).unwrap()
    }

    fn after(log: &Log, seconds: i64) -> Vec<Line> {
        log.until(log.started.checked_add(SignedDuration::from_secs(seconds)).unwrap(), Vec::new)
    }

    #[test]
    fn a_log_grows_and_keeps_what_it_said() {
        let log = log(false);
        let (before, later) = (after(&log, 60), after(&log, 90));
        assert!(before.len() > 5 && later.len() > before.len());
        assert_eq!(later[..before.len()], before);
        assert!(before.is_sorted_by_key(|line| line.at));
    }

    #[test]
    fn the_storefront_tells_what_was_done_to_it() {
        let told = |host| after(&log(host), 2400).iter().any(|line| line.text.contains("/host/"));
        assert!(told(true));
        assert!(!told(false));
    }

    #[test]
    fn a_container_that_never_ended_has_no_previous_log() {
        let status =
            json!({"name": "web", "state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}}, "lastState": {}});
        assert!(Log::of(&json!({}), &status, true).is_none());
        let waiting = json!({"name": "web", "state": {"waiting": {"reason": "ContainerCreating"}}});
        assert!(Log::of(&json!({}), &waiting, false).is_none());
    }
}
