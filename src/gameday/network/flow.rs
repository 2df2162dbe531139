//! A connection that a process in a pod holds open, and reports over at intervals.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::super::json::text;
use super::super::logs::Line;
use super::super::random::Random;

/// Reports that are told one by one of the time before anybody looked.
const TOLD: i64 = 120;

/// Before a packet is sent again for the first time.
const AGAIN: SignedDuration = SignedDuration::from_millis(200);

/// An open connection of a pod.
#[derive(Clone, Debug)]
pub(in super::super) struct Flow {
    /// The pod.
    pub(in super::super) uid: String,
    /// Its address.
    pub(in super::super) address: String,
    /// Its end's port.
    pub(in super::super) port: u16,
    /// The process on the node that holds it.
    pub(in super::super) process: u64,
    /// Its number in the kernel.
    pub(in super::super) inode: u64,
    every: SignedDuration,
    next: Timestamp,
    heard: u64,
    waiting: u64,
    blocked: Option<Timestamp>,
}

impl Flow {
    /// A connection of a pod that began at a moment, as it stands now.
    pub(super) fn open(pod: &Value, begins: Timestamp, every: SignedDuration, now: Timestamp) -> Self {
        let uid = text(pod, "/metadata/uid").to_owned();
        let mut random = Random::named(0xf10, &uid);
        let step = every.as_millis().max(1);
        let before = (now.duration_since(begins).as_millis() / step - i128::from(TOLD)).max(0);
        let past = SignedDuration::from_millis(i64::try_from(before * step).unwrap_or(0));
        Self {
            address: text(pod, "/status/podIP").to_owned(),
            port: u16::try_from(32_768 + random.below(28_000)).unwrap_or(40_000),
            process: 20_000 + random.below(40_000),
            inode: 100_000 + random.below(800_000),
            every,
            next: begins.checked_add(past).unwrap_or(now),
            heard: u64::try_from(before).unwrap_or(0),
            waiting: 0,
            blocked: None,
            uid,
        }
    }

    /// Lets the time pass in which it got through or not. Gives what the other end heard.
    pub(super) fn advance(&mut self, through: bool, now: Timestamp) -> Vec<Line> {
        let mut heard = Vec::new();
        if through && self.blocked.take().is_some() {
            // What was written meanwhile arrives all at once.
            for _ in 0..std::mem::take(&mut self.waiting) {
                heard.push(self.report(now));
            }
        }
        while self.next <= now {
            if through {
                heard.push(self.report(self.next));
            } else {
                self.waiting += 1;
                self.blocked.get_or_insert(self.next);
            }
            let Ok(next) = self.next.checked_add(self.every) else { break };
            self.next = next;
        }
        if !through {
            self.blocked.get_or_insert(now);
        }
        heard
    }

    fn report(&mut self, at: Timestamp) -> Line {
        self.heard += 1;
        Line { at, text: format!("{} beacon {}", self.address, self.heard) }
    }

    /// Reports that the other end has.
    pub(in super::super) const fn heard(&self) -> u64 {
        self.heard
    }

    /// Reports that were written and did not get through.
    pub(super) const fn waiting(&self) -> u64 {
        self.waiting
    }

    /// Whether it gets anything through.
    pub(in super::super) const fn is_through(&self) -> bool {
        self.blocked.is_none()
    }

    /// How often what it has to say was sent again in vain.
    pub(in super::super) fn retries(&self, now: Timestamp) -> u32 {
        let Some(since) = self.blocked.filter(|_| self.waiting > 0) else { return 0 };
        let times = now.duration_since(since).as_millis() / AGAIN.as_millis() + 1;
        times.ilog2().min(15)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(milliseconds).unwrap()
    }

    #[test]
    fn what_is_held_back_arrives_when_it_may_pass_again() {
        let pod = json!({"metadata": {"uid": "u"}, "status": {"podIP": "10.0.0.9"}});
        let mut flow = Flow::open(&pod, at(0), SignedDuration::from_millis(500), at(0));
        assert_eq!(flow.advance(true, at(1_000)).len(), 3);
        assert!(flow.advance(false, at(3_000)).is_empty());
        assert!(flow.retries(at(6_200)) >= 4 && !flow.is_through());
        let late = flow.advance(true, at(3_400));
        assert_eq!(
            late.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(),
            ["10.0.0.9 beacon 4", "10.0.0.9 beacon 5", "10.0.0.9 beacon 6", "10.0.0.9 beacon 7"]
        );
        assert_eq!((flow.heard(), flow.waiting(), flow.retries(at(9_000))), (7, 0, 0));
    }

    #[test]
    fn a_connection_that_says_nothing_shows_nothing_when_it_is_cut() {
        let pod = json!({"metadata": {"uid": "u"}, "status": {"podIP": "10.0.0.9"}});
        let mut flow = Flow::open(&pod, at(0), SignedDuration::from_secs(600), at(0));
        flow.advance(true, at(1_000));
        assert!(flow.advance(false, at(60_000)).is_empty());
        assert_eq!(flow.retries(at(60_000)), 0);
    }
}
