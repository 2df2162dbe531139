//! From what was seen to a verdict that is never better than it.

use std::net::IpAddr;

use super::flows::{Fate, judged};
use super::near;
use super::report::{LAST, Place, Report};
use super::ways::{Way, counts, inwards, outwards};
use crate::model::{Clean, Verdict};

/// Connections that a sentence names; the report has them all.
const NAMED: usize = 4;

/// What is known of a pod beside the measurement.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
    /// Whether it has a way to its node: privileged, the host's namespaces or files.
    pub reaches_node: bool,
}

/// The verdict on pod `number` of a report, with what was seen before the isolation where there is such a report.
pub fn verdict(before: Option<&Report>, after: &Report, number: usize, about: &About) -> Verdict {
    let unmeasured = |why: &str| Verdict::NotMeasured { why: why.into() };
    if !after.whole || after.unreadable > 0 {
        return unmeasured(
            "the report of the node was cut short or cannot be read; isolate fewer pods at once, or look at the node",
        );
    }
    let Some(pod) = after.pods.get(number) else { return unmeasured("the node reported on other pods") };
    match &pod.place {
        Place::Own { .. } => {}
        Place::Node => {
            let rests_on = "its processes were seen in the network of its node, which no policy for pods stops";
            return Verdict::NotEnforced { rests_on: rests_on.into() };
        }
        Place::Absent => {
            return unmeasured(
                "its node has no process of it in a network with its address: it has ended, or is starting anew",
            );
        }
    }
    if pod.sampled != [1, LAST] {
        return unmeasured(
            "the sockets in its network namespace could not be read from its node the whole time: ss is not there or fails",
        );
    }
    let (out, into) = (outwards(before, after, number, about), inwards(after, number));
    let connections = judged(after, number, before);
    let mut leaks: Vec<String> = Vec::new();
    for connection in &connections {
        if let Fate::Leaking(how) = &connection.fate {
            leaks.push(format!("{}: {how}", connection.what));
        }
    }
    if leaks.is_empty() {
        leaks.extend(uncounted(after, number));
    }
    let near = near::judged(before, after, number);
    leaks.extend(near.leaks);
    leaks.extend(pod.strays.iter().map(|stray| {
        let netns = if stray.netns == "node" { "its node's network" } else { "another network namespace" };
        format!("process {} ({}) of the pod is in {netns}", stray.process, stray.command)
    }));
    let leaking = some_of(&leaks);
    match (&out, &into) {
        (Way::Open(one), Way::Open(other)) => {
            return Verdict::NotEnforced { rests_on: sentence(&[one, other, &leaking]) };
        }
        (Way::Open(one), Way::Unknown(other)) | (Way::Unknown(other), Way::Open(one)) => {
            return Verdict::NotEnforced { rests_on: sentence(&[one, other, &leaking]) };
        }
        (Way::Open(open), Way::Stopped(stopped)) | (Way::Stopped(stopped), Way::Open(open)) => {
            return Verdict::StillLeaking { rests_on: sentence(&[open, &leaking, stopped]) };
        }
        _ if !leaks.is_empty() => {
            let new = match (&out, &into) {
                (Way::Stopped(_), Way::Stopped(_)) => "other new connections are stopped",
                _ => "",
            };
            return Verdict::StillLeaking { rests_on: sentence(&[&leaking, new]) };
        }
        _ => {}
    }
    let mut missing: Vec<String> = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    for way in [out, into] {
        match way {
            Way::Unknown(why) => missing.push(why),
            Way::Stopped(how) | Way::Open(how) => seen.push(how),
        }
    }
    let of = |wanted: fn(&Fate) -> bool| connections.iter().filter(move |one| wanted(&one.fate));
    let idle: Vec<_> = of(|fate| *fate == Fate::Idle).map(|one| one.what.clone()).collect();
    if !idle.is_empty() {
        let (open, says) = if idle.len() == 1 { ("an open connection", "says") } else { ("open connections", "say") };
        missing.push(format!(
            "{open} {says} nothing, and what says nothing cannot be seen to be cut: {}; measure again later, or cut hard on the host",
            some_of(&idle)
        ));
    }
    if pod.more {
        missing.push("it has more connections than were looked at".to_owned());
    }
    if !missing.is_empty() {
        missing.extend(seen);
        return Verdict::NotMeasured { why: sentence(&missing.iter().map(String::as_str).collect::<Vec<_>>()) };
    }
    let cut: Vec<_> = connections
        .iter()
        .filter_map(|one| match &one.fate {
            Fate::Cut(how) => Some(format!("{} ({how})", one.what)),
            _ => None,
        })
        .collect();
    if cut.is_empty() {
        seen.push("it has no open connection to anybody but its own node".to_owned());
    } else {
        seen.push(format!("what was open is cut: {}", some_of(&cut)));
    }
    if counts(after) {
        seen.push("no packet of it was forwarded (nft)".to_owned());
    }
    seen.extend(near.said);
    seen.push(format!("watched for {} s; traffic with its own node is not stopped", after.seconds));
    let rests_on = sentence(&seen.iter().map(String::as_str).collect::<Vec<_>>());
    if about.reaches_node { Verdict::ProvenForPod { rests_on } } else { Verdict::Proven { rests_on } }
}

/// Packets that were forwarded in the last window, and that no connection accounts for.
fn uncounted(report: &Report, number: usize) -> Vec<String> {
    let Some(pod) = report.pods.get(number) else { return Vec::new() };
    let mut found = Vec::new();
    for (out, way) in [(true, "left it"), (false, "reached it")] {
        for protocol in ["tcp", "udp", "other"] {
            // Keep-alives of a peer whose answers are stopped arrive as TCP; a socket that
            // takes data from them shows that, one that bypasses TCP would not.
            if !out && protocol == "tcp" && pod.bypassing == 0 {
                continue;
            }
            let at = |sample: u64| {
                let mut of =
                    pod.counts.iter().filter(|one| one.sample == sample && one.out == out && one.protocol == protocol);
                of.next().map_or(0, |one| one.packets)
            };
            let packets = at(LAST).saturating_sub(at(LAST - 1));
            if packets > 0 {
                let name = if protocol == "other" { "neither TCP nor UDP".to_owned() } else { protocol.to_uppercase() };
                found.push(format!("{packets} packets ({name}) {way}"));
            }
        }
    }
    found
}

fn some_of(all: &[String]) -> String {
    let more = all.len().saturating_sub(NAMED);
    let named = all.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if more == 0 { named } else { format!("{named}, and {more} more") }
}

fn sentence(parts: &[&str]) -> Clean {
    let said: Vec<_> = parts.iter().filter(|part| !part.is_empty()).copied().collect();
    Clean::capped(&said.join("; "), 1200)
}
