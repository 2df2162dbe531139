//! The rules on a node as a call of a plan, and what is read back of them.

use std::collections::HashMap;
use std::fmt;

use serde_json::Value;

use super::super::frame::{ActionError, Choice, SEND_COMMAND, Sketch, Spec, wrong};
use super::super::isolate_pod::measure::{Ground, named, pods_of};
use crate::aws::ssm::Script;
use crate::model::{Call, Clean, Options, Plan};

/// The script; its first line, with what it is asked, is put before it.
const SCRIPT: &str = include_str!("cut.sh");

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Rules are made.
    Cut,
    /// They are taken away.
    Release,
}

/// What a node has for a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// The rules, on that interface, with so many packets dropped.
    Here {
        /// The interface.
        interface: Clean,
        /// Packets.
        packets: u64,
        /// What made them: `nft`, `iptables-nf_tables`, `iptables-legacy`.
        tool: Clean,
    },
    /// Nothing.
    Gone,
    /// They could not be made; why.
    Failed(Clean),
    /// It did not say.
    Unknown,
}

impl Doing {
    const fn word(self) -> &'static str {
        match self {
            Self::Cut => "cut",
            Self::Release => "release",
        }
    }

    /// The body of a call for some pods, written as `UID=ADDRESS,ADDRESS`, with the first of
    /// some tools that works. Rules are taken away whichever made them.
    pub fn body(self, tools: &str, pods: &str) -> Value {
        let script = Script {
            document_name: "AWS-RunShellScript".to_owned(),
            comment: format!("podmortem hard-cut {}", self.word()),
            timeout_seconds: 30,
            parameters: HashMap::from([
                (
                    "commands".to_owned(),
                    vec![format!("do={} tools='{tools}' pods='{pods}'", self.word()), SCRIPT.to_owned()],
                ),
                ("executionTimeout".to_owned(), vec!["60".to_owned()]),
            ]),
        };
        serde_json::to_value(script).unwrap_or_default()
    }
}

/// What can make the rules, in the order in which it is tried.
const TOOLS: [&str; 4] = ["nft", "iptables", "iptables-nft", "iptables-legacy"];

/// What the rules are made with.
pub const WITH: Choice = Choice {
    name: "with",
    doc: "nft, iptables, iptables-nft or iptables-legacy: what makes the rules; without it, the first of them that works on the node",
    default: "",
    asked: false,
};

/// The tools that are tried.
///
/// # Errors
/// There is no such tool.
pub fn tools(spec: &Spec, options: &Options) -> Result<String, ActionError> {
    match options.get(WITH.name) {
        "" => Ok(TOOLS.join(" ")),
        one if TOOLS.contains(&one) => Ok(one.to_owned()),
        other => Err(wrong(spec, format!("with is one of {}, and not {}", TOOLS.join(", "), Clean::from(other)))),
    }
}

/// Adds the rules of all nodes to a plan: one command a node.
pub fn add(ground: &Ground, tools: &str, plan: &mut Sketch) {
    for (instance, subjects) in ground.stands() {
        if let Some(first) = subjects.first() {
            plan.call(first.place(), SEND_COMMAND, instance.to_owned(), Doing::Cut.body(tools, &named(subjects)));
        }
    }
}

/// The call that does something for a pod, and the pod's number in it.
pub fn find(plan: &Plan, uid: &str, doing: Doing) -> Option<(usize, usize)> {
    plan.calls.iter().enumerate().find_map(|(place, call)| {
        let number = pods(call, doing)?.iter().position(|pod| pod.split('=').next() == Some(uid))?;
        Some((place, number))
    })
}

/// The pods of a call, as they are written in it.
pub fn pods(call: &Call, doing: Doing) -> Option<Vec<&str>> {
    pods_of(call, &format!("do={}", doing.word()))
}

/// What a node says of pod `number`.
pub fn state(printed: &str, number: usize) -> State {
    let number = number.to_string();
    for line in printed.lines() {
        let words: Vec<_> = line.split(' ').collect();
        match words.as_slice() {
            ["r", of, "here", interface, packets, tool] if *of == number => {
                let packets = packets.parse().unwrap_or_default();
                return State::Here { interface: (*interface).into(), packets, tool: (*tool).into() };
            }
            ["r", of, "gone"] if *of == number => return State::Gone,
            ["r", of, "failed", why] if *of == number => return State::Failed(why.replace('-', " ").into()),
            _ => {}
        }
    }
    State::Unknown
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Here { interface, packets, tool } => {
                write!(f, "they are on {interface} ({tool}) and have dropped {packets} packets")
            }
            Self::Gone => f.write_str("they are not there"),
            Self::Failed(why) => write!(f, "they could not be made: {why}"),
            Self::Unknown => f.write_str("it said nothing of this pod"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_node_says_of_one_pod_is_not_taken_for_another() {
        let printed = "r 0 here veth1 12 nft\nr 1 failed no-interface-leads-to-it\nr 10 gone\nend\n";
        assert_eq!(state(printed, 0), State::Here { interface: "veth1".into(), packets: 12, tool: "nft".into() });
        assert_eq!(state(printed, 1), State::Failed("no interface leads to it".into()));
        assert_eq!(state(printed, 10), State::Gone);
        assert_eq!(state(printed, 2), State::Unknown);
        assert_eq!(state("", 0), State::Unknown);
    }
}
