//! The measurement of one node as a call of a plan.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::net::IpAddr;

use serde_json::Value;

use super::super::super::frame::SEND_COMMAND;
use super::near;
use super::report::Report;
use crate::aws::ssm::Script;
use crate::model::{Call, Plan};

/// The script; its first line, with what it is asked, is put before it.
const SCRIPT: &str = include_str!("../measure.sh");

/// Seconds that a policy may need until it works.
const PATIENCE: u32 = 10;

/// Seconds for which open connections are watched.
const WATCHED: f32 = 2.5;

/// Seconds to deliver a command to its agent: the least that Systems Manager takes.
const DELIVERY: i32 = 30;

/// When a measurement is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Before anything is changed: what works, what is open.
    Before,
    /// When everything is in place.
    After,
}

/// What is asked of one node. Addresses are parsed, so that no text from the cluster
/// ever becomes part of the script.
pub struct Question<'a> {
    /// When.
    pub phase: Phase,
    /// The action that asks.
    pub action: &'a str,
    /// The pods, as `UID=ADDRESS,ADDRESS`.
    pub pods: &'a str,
    /// Innocent pods beside them, written alike.
    pub peers: &'a str,
    /// Addresses that answer TCP, with their ports.
    pub tcp: &'a [(IpAddr, u16)],
    /// Addresses that answer questions about names over UDP and TCP, with their ports.
    pub dns: &'a [(IpAddr, u16)],
}

impl Phase {
    /// The word that the script and the comment of its command have for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
        }
    }
}

/// Whether a call of a plan is a measurement: it looks at a node and leaves nothing there.
pub fn is_measurement(call: &Call) -> bool {
    let comment = call.body.get("Comment").and_then(Value::as_str).unwrap_or_default();
    // Behind it stands the job's name, where it was sent.
    let word = comment.split(' ').nth(2).unwrap_or_default();
    &*call.method == SEND_COMMAND && [Phase::Before, Phase::After].iter().any(|phase| phase.word() == word)
}

impl Question<'_> {
    /// The body of the call.
    pub fn body(&self) -> Value {
        let patience = if self.phase == Phase::After { PATIENCE } else { 0 };
        let first = format!(
            "phase={} pods='{}' peers='{}' tcp='{}' dns='{}' near='{}' patience={patience} watch={WATCHED}",
            self.phase.word(),
            self.pods,
            self.peers,
            ends(self.tcp),
            ends(self.dns),
            ends(&near::ends()),
        );
        let script = Script {
            document_name: "AWS-RunShellScript".to_owned(),
            comment: format!("podmortem {} {}", self.action, self.phase.word()),
            timeout_seconds: DELIVERY,
            parameters: HashMap::from([
                ("commands".to_owned(), vec![first, SCRIPT.to_owned()]),
                ("executionTimeout".to_owned(), vec![(patience + 45).to_string()]),
            ]),
        };
        serde_json::to_value(script).unwrap_or_default()
    }
}

fn ends(ends: &[(IpAddr, u16)]) -> String {
    ends.iter().fold(String::new(), |mut words, (address, port)| {
        let space = if words.is_empty() { "" } else { " " };
        let _ = write!(words, "{space}{address}/{port}");
        words
    })
}

/// A measurement in a plan: which call it is, which number a pod has in it, and of how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ran {
    /// Place of the call in the plan.
    pub call: usize,
    /// Number of the pod.
    pub number: usize,
    /// Pods in it, peers included.
    pub pods: usize,
}

impl Ran {
    /// What a node printed, as a report on these pods.
    pub fn read(&self, printed: &[u8]) -> Report {
        Report::read(&String::from_utf8_lossy(printed), self.pods)
    }
}

/// The measurement of a pod in a plan.
pub fn find(plan: &Plan, uid: &str, phase: Phase) -> Option<Ran> {
    plan.calls.iter().enumerate().find_map(|(call, of)| {
        let (pods, peers) = asked(of, phase)?;
        let number = pods.iter().position(|pod| pod == uid)?;
        Some(Ran { call, number, pods: pods.len() + peers })
    })
}

/// The UIDs that a call asks about, and the number of peers.
fn asked(call: &Call, phase: Phase) -> Option<(Vec<String>, usize)> {
    let before = format!("phase={}", phase.word());
    let uids = pods_of(call, &before)?.into_iter().filter_map(|pod| Some(pod.split_once('=')?.0.to_owned())).collect();
    Some((uids, listed(first_line(call)?, "peers")?.len()))
}

/// The pods of a command whose first line begins so, as they are written in it: `UID=ADDRESS,ADDRESS`.
pub fn pods_of<'a>(call: &'a Call, begins: &str) -> Option<Vec<&'a str>> {
    let rest = first_line(call)?.strip_prefix(begins)?;
    listed(rest, "pods")
}

fn first_line(call: &Call) -> Option<&str> {
    (&*call.method == SEND_COMMAND).then(|| call.body.pointer("/Parameters/commands/0")?.as_str())?
}

fn listed<'a>(line: &'a str, name: &str) -> Option<Vec<&'a str>> {
    let (_, rest) = line.split_once(&format!(" {name}='"))?;
    let (list, _) = rest.split_once('\'')?;
    Some(list.split(' ').filter(|pod| !pod.is_empty()).collect())
}
