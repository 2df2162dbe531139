//! What became of each open connection of a pod.

use std::fmt::Write as _;
use std::net::IpAddr;

use super::report::{Flow, LAST, Report, Seen, Socket};

/// An open connection, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The connection, for a person: both ends, and who holds it.
    pub what: String,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a connection while it was watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Something got through; what.
    Leaking(String),
    /// It cannot get anything through any more; how that shows.
    Cut(String),
    /// It said nothing, so nothing is known of it.
    Idle,
}

/// The open connections of pod `number` at the end of a report. Those with its own
/// node and with itself are left out: no policy stops them.
pub fn judged(report: &Report, number: usize, before: Option<&Report>) -> Vec<Judged> {
    let Some(pod) = report.pods.get(number) else { return Vec::new() };
    let tracks = report.tools.iter().any(|tool| tool == "conntrack");
    let mut found = Vec::new();
    for socket in pod.sockets.iter().filter(|socket| socket.sample == LAST && is_open(&socket.state)) {
        if !is_remote(&socket.peer, &socket.local, report) {
            continue;
        }
        let earlier = pod.sockets.iter().find(|one| one.sample + 1 == LAST && is_same(one, socket));
        let tracked = |report: &Report, sample: Option<u64>| {
            let of = report.pods.get(number).into_iter().flat_map(|pod| pod.flows.iter());
            of.filter(|flow| sample.is_none_or(|sample| flow.sample == sample)).any(|flow| is_of(flow, socket))
        };
        let was_tracked = before.is_some_and(|before| tracked(before, None)) || tracked(report, None);
        let fate = match earlier {
            // Of a pod with more than was printed, the other sample may just not have it.
            None if pod.more => Fate::Idle,
            None => Fate::Leaking("it was made after everything was in place".to_owned()),
            Some(earlier) if socket.acked > earlier.acked || socket.received > earlier.received => {
                Fate::Leaking(moved(earlier, socket, report.seconds))
            }
            // Only what became unanswered since: a peer may have been silent before.
            Some(earlier) if socket.retries > unanswered(before, number, socket).unwrap_or(earlier.retries) => {
                Fate::Cut(format!("{} packets unanswered", socket.retries))
            }
            Some(_) if tracks && was_tracked && !tracked(report, Some(LAST)) => {
                Fate::Cut("gone from the node's connection table".to_owned())
            }
            Some(_) => Fate::Idle,
        };
        found.push(Judged { what: named(socket, pod), fate });
    }
    found.extend(without_socket(report, pod));
    found
}

/// Traffic that the connection table knows and no TCP socket of the pod owns: UDP,
/// other protocols, raw sockets.
fn without_socket(report: &Report, pod: &Seen) -> Vec<Judged> {
    let mut found = Vec::new();
    for flow in pod.flows.iter().filter(|flow| flow.sample == LAST) {
        let (local, peer) = ends(flow, pod);
        let owned = pod.sockets.iter().any(|socket| is_of(flow, socket));
        let probed = report.answers.iter().any(|answer| answer.is_of_flow(&flow.protocol, &peer));
        if owned || probed || is_local(&peer.0, report) {
            continue;
        }
        let earlier = pod
            .flows
            .iter()
            .find(|one| one.sample + 1 == LAST && (&one.protocol, &one.asked) == (&flow.protocol, &flow.asked));
        let grew = |of: fn(&Flow) -> Option<u64>| match (of(flow), earlier.and_then(of)) {
            (Some(now), Some(then)) => now.saturating_sub(then),
            (Some(now), None) => now,
            (None, _) => 0,
        };
        let (sent, returned) = (grew(|flow| flow.sent), grew(|flow| flow.returned));
        let held = flow.protocol == "udp"
            && pod.udp.iter().any(|socket| socket.sample == LAST && port_of(&socket.local) == Some(local.1.as_str()));
        let what = format!("{} {}:{} → {}:{}", flow.protocol, local.0, local.1, peer.0, peer.1);
        if sent > 0 && returned > 0 {
            found.push(Judged { what, fate: Fate::Leaking(format!("{sent} packets one way, {returned} the other")) });
        } else if held && flow.returned.is_none_or(|packets| packets > 0) {
            found.push(Judged { what, fate: Fate::Idle });
        }
    }
    found
}

/// The pod's end and the other one. Behind a service the two directions name different addresses.
fn ends(flow: &Flow, pod: &Seen) -> ((String, String), (String, String)) {
    let [source, destination, from, to] = flow.asked.clone();
    let [answering, asking, answers_from, answers_to] = flow.answered.clone();
    let own = |address: &str| pod.sockets.iter().any(|socket| host_of(&socket.local) == Some(address));
    if own(&source) || !own(&answering) {
        ((source, from), (destination, to))
    } else {
        ((answering, answers_from), (asking, answers_to))
    }
}

/// Whether a flow is a socket's, seen from the pod.
fn is_of(flow: &Flow, socket: &Socket) -> bool {
    let same = |host: &str, port: &str, end: &str| host_of(end) == Some(host) && port_of(end) == Some(port);
    let [source, destination, from, to] = &flow.asked;
    let [answering, asking, answers_from, answers_to] = &flow.answered;
    flow.protocol == "tcp"
        && ((same(source, from, &socket.local) && same(destination, to, &socket.peer))
            || (same(answering, answers_from, &socket.local) && same(asking, answers_to, &socket.peer)))
}

/// Packets of a socket that nobody had answered before the isolation, where that was seen.
fn unanswered(before: Option<&Report>, number: usize, socket: &Socket) -> Option<u64> {
    let mut then = before?.pods.get(number)?.sockets.iter().rev();
    then.find(|one| is_same(one, socket)).map(|one| one.retries)
}

fn is_same(one: &Socket, other: &Socket) -> bool {
    (&one.local, &one.peer, &one.inode) == (&other.local, &other.peer, &other.inode)
}

fn is_open(state: &str) -> bool {
    !matches!(state, "LISTEN" | "SYN-SENT" | "TIME-WAIT" | "UNCONN" | "CLOSED")
}

fn moved(earlier: &Socket, now: &Socket, seconds: u64) -> String {
    let mut text = String::new();
    for (bytes, word) in [
        (now.acked - earlier.acked.min(now.acked), "sent"),
        (now.received - earlier.received.min(now.received), "received"),
    ] {
        if bytes > 0 {
            let comma = if text.is_empty() { "" } else { ", " };
            let _ = write!(text, "{comma}{bytes} bytes {word}");
        }
    }
    let _ = write!(text, " while it was watched for {seconds} s");
    text
}

fn named(socket: &Socket, pod: &Seen) -> String {
    let holder = pod.holders.iter().find(|holder| holder.inode == socket.inode && socket.inode != "0");
    let held = holder.map(|holder| format!(" ({}, process {})", holder.command, holder.process));
    format!("{} → {}{}", socket.local, socket.peer, held.unwrap_or_default())
}

fn is_remote(peer: &str, local: &str, report: &Report) -> bool {
    let (Some(peer), local) = (host_of(peer), host_of(local)) else { return true };
    Some(peer) != local && !is_local(peer, report)
}

/// Whether an address is the node's own, or the pod's loopback.
fn is_local(address: &str, report: &Report) -> bool {
    address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback() || report.node.contains(&address))
}

/// The address of `198.51.100.3:8080`, `[2001:db8::1]:80`, `[::ffff:198.51.100.3]:80` or `*:80`, as conntrack writes it.
fn host_of(end: &str) -> Option<&str> {
    let host = end.rsplit_once(':')?.0.trim_start_matches('[').trim_end_matches(']');
    let host = host.split('%').next()?;
    Some(host.strip_prefix("::ffff:").filter(|rest| rest.contains('.')).unwrap_or(host))
}

fn port_of(end: &str) -> Option<&str> {
    Some(end.rsplit_once(':')?.1)
}
