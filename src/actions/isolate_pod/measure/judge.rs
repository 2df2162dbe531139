//! From what was seen to a verdict that is never better than it.

use std::net::IpAddr;

use super::flows::{Fate, judged};
use super::report::{Answer, LAST, Place, Report};
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

/// One way: out of the pod, or into it.
enum Way {
    /// New traffic gets through.
    Open(String),
    /// It was tried, could have worked, and did not.
    Stopped(String),
    /// It was not measured; why.
    Unknown(String),
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
            "its network namespace could not be entered from its node the whole time: it ended or started anew meanwhile, or ss is not there",
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
                (Way::Stopped(_), Way::Stopped(_)) => "new connections are stopped",
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
    seen.push(format!("watched for {} s; traffic with its own node is not stopped", after.seconds));
    let rests_on = sentence(&seen.iter().map(String::as_str).collect::<Vec<_>>());
    if about.reaches_node { Verdict::ProvenForPod { rests_on } } else { Verdict::Proven { rests_on } }
}

/// New traffic out of the pod, against what others beside it get out.
fn outwards(before: Option<&Report>, after: &Report, number: usize, about: &About) -> Way {
    let of = |report: &Report, kind: &str, from: Option<usize>| -> Vec<Answer> {
        let last = report.rounds;
        let of = report.answers.iter().filter(|one| one.round == last && one.kind == kind);
        of.filter(|one| from.is_none() || one.from == from).cloned().collect()
    };
    let own = of(after, "out", Some(number));
    let through = own.iter().find(|one| matches!(one.said.as_str(), "connected" | "passed"));
    if let Some(one) = through {
        let what = if one.protocol == "tcp" { "a new connection" } else { "a datagram" };
        return Way::Open(format!("{what} from its network reached {}:{}", one.address, one.port));
    }
    if own.iter().any(|one| one.said == "broken") {
        return Way::Unknown(
            "the probes from its network namespace did not run (bash, timeout and nsenter are needed on the node)"
                .to_owned(),
        );
    }
    let worked = |protocol: &str, good: &str| {
        let beside = of(after, "peer", None).iter().filter(|one| one.protocol == protocol && one.said == good).count();
        let earlier = before.is_some_and(|before| {
            of(before, "out", Some(number)).iter().any(|one| one.protocol == protocol && one.said == good)
        });
        let alive = protocol != "tcp" || of(after, "host", None).iter().any(|one| one.said == good);
        match (beside, earlier && alive) {
            (0, false) => None,
            (0, true) => Some("it did before".to_owned()),
            (1, _) => Some("a pod beside it does".to_owned()),
            (pods, _) => Some(format!("{pods} pods beside it do")),
        }
    };
    let Some(tcp) = own.iter().find(|one| one.protocol == "tcp") else {
        return Way::Unknown("no address was there to try to connect to from its network".to_owned());
    };
    let place = format!("{}:{}", tcp.address, tcp.port);
    let Some(control) = worked("tcp", "connected") else {
        return Way::Unknown(format!(
            "nothing from its network reaches {place}, but nothing else was seen to reach it either: what answers nobody proves nothing"
        ));
    };
    if worked("datagram", "passed").is_none() {
        let why = "whether UDP gets out was not measured: the node's connection table cannot be read (conntrack)";
        return Way::Unknown(why.to_owned());
    }
    let untried = about.addresses.iter().find(|address| {
        !own.iter().any(|one| one.address.parse::<IpAddr>().is_ok_and(|canary| canary.is_ipv4() == address.is_ipv4()))
    });
    if let Some(address) = untried.filter(|_| !counts(after)) {
        return Way::Unknown(format!("nothing was there to try its address {address} with"));
    }
    Way::Stopped(format!("nothing new gets out, TCP to {place} or UDP ({control})"))
}

/// New traffic into the pod, against what its own node gets.
fn inwards(after: &Report, number: usize) -> Way {
    let last = |one: &&Answer| one.round == after.rounds;
    let answers = || after.answers.iter().filter(last);
    let Some(node) = answers().find(|one| one.kind == "node" && one.to == Some(number)) else {
        return Way::Unknown("nobody tried to reach it".to_owned());
    };
    let answers_at_all = matches!(node.said.as_str(), "connected" | "refused");
    let lives =
        |peer: Option<usize>| answers().any(|one| one.kind == "peer" && one.from == peer && one.said == "connected");
    let tried: Vec<_> = answers().filter(|one| one.kind == "in" && one.to == Some(number)).collect();
    let through = |one: &&&Answer| one.said == "connected" || (one.said == node.said && answers_at_all);
    let place = format!("{}:{}", node.address, node.port);
    if tried.iter().any(|one| through(&one)) {
        return Way::Open(format!("another pod still reaches it at {place}"));
    }
    if !answers_at_all {
        return Way::Unknown(format!(
            "its own node gets no answer from {place} either, so nobody's silence proves anything"
        ));
    }
    match tried.iter().filter(|one| lives(one.from)).count() {
        0 => Way::Unknown("no pod beside it on its node could be used to try to reach it".to_owned()),
        _ => Way::Stopped(format!("nothing new gets in at {place} (its own node does)")),
    }
}

/// Whether nft counted anything at all: a counter that never counted proves nothing.
fn counts(report: &Report) -> bool {
    report.pods.iter().any(|pod| pod.counts.iter().any(|count| count.out))
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
