//! Whether new traffic gets out of a pod, and into it.

use super::answer::{Answer, Family};
use super::judge::About;
use super::report::Report;

/// One way: out of the pod, or into it.
pub enum Way {
    /// New traffic gets through.
    Open(String),
    /// It was tried, could have worked, and did not.
    Stopped(String),
    /// It was not measured; why.
    Unknown(String),
}

/// New traffic out of the pod over every family that it has, against what others beside it get out.
pub fn outwards(before: Option<&Report>, after: &Report, number: usize, about: &About) -> Way {
    if outs(after, number).any(|one| one.said == "broken") {
        return Way::Unknown(
            "the probes from its network namespace did not run (bash, timeout and nsenter are needed on the node)"
                .to_owned(),
        );
    }
    let (mut stopped, mut unknown, mut none) = (Vec::new(), Vec::new(), Vec::new());
    for family in [Family::Four, Family::Six] {
        let routed = after.pods.get(number).is_some_and(|pod| pod.families.contains(&family));
        let listed = about.addresses.iter().any(|address| Family::of(address) == family);
        if !routed && !listed && outs(after, number).all(|one| !one.is_of(family)) {
            none.push(family.name());
            continue;
        }
        match out_over(family, before, after, number) {
            Way::Open(how) => return Way::Open(how),
            Way::Stopped(how) => stopped.push(how),
            Way::Unknown(why) => unknown.push(why),
        }
    }
    if !unknown.is_empty() {
        return Way::Unknown(unknown.join("; "));
    }
    if stopped.is_empty() {
        return Way::Unknown("its network has no way out over which anything could be tried".to_owned());
    }
    stopped.extend(none.iter().map(|family| format!("it has no way out over {family}")));
    Way::Stopped(stopped.join("; "))
}

/// The probes out of the pod of the last round; what its node offers is looked at elsewhere.
fn outs(report: &Report, number: usize) -> impl Iterator<Item = &Answer> {
    last(report, "out").filter(move |one| one.from == Some(number) && one.protocol != "near")
}

fn last<'a>(report: &'a Report, kind: &'a str) -> impl Iterator<Item = &'a Answer> {
    report.answers.iter().filter(move |one| one.round == report.rounds && one.kind == kind)
}

fn out_over(family: Family, before: Option<&Report>, after: &Report, number: usize) -> Way {
    let own: Vec<&Answer> = outs(after, number).filter(|one| one.is_of(family)).collect();
    if let Some(one) = own.iter().find(|one| one.is_through()) {
        let what = match one.protocol.as_str() {
            "tcp" => "a new connection",
            "udp" => "a question about a name",
            "dns" => "a connection for questions about names",
            _ => "a datagram",
        };
        return Way::Open(format!("{what} from its network reached {}", end(one)));
    }
    // Who else gets through with the same: only then does the pod's silence say anything.
    let control = |protocol: &str| -> Option<String> {
        let same = |one: &&Answer| one.protocol == protocol && one.is_of(family) && one.is_through();
        let beside = last(after, "peer").filter(same).count();
        let earlier = before.is_some_and(|before| outs(before, number).any(|one| same(&one)));
        let alive = protocol != "tcp" || last(after, "host").any(|one| same(&one));
        match (beside, earlier && alive) {
            (0, false) => None,
            (0, true) => Some("it did before".to_owned()),
            (1, _) => Some("a pod beside it does".to_owned()),
            (pods, _) => Some(format!("{pods} pods beside it do")),
        }
    };
    let of = |protocol: &str| own.iter().find(|one| one.protocol == protocol);
    let connects = ["tcp", "dns"].map(|protocol| Some((end(of(protocol)?), control(protocol)?)));
    let Some((place, how)) = connects.into_iter().flatten().next() else {
        return match of("tcp").or_else(|| of("dns")) {
            Some(one) => Way::Unknown(format!(
                "nothing from its network reaches {}, but nothing else was seen to reach it either: what answers nobody proves nothing",
                end(one)
            )),
            None if counts(after) => {
                Way::Stopped(format!("nothing was there to try {} with (see the counters)", family.name()))
            }
            None => Way::Unknown(format!("no address was there to try to connect to over {}", family.name())),
        };
    };
    if control("datagram").is_none() && control("udp").is_none() {
        let why = "whether UDP gets out was not measured: the node's connection table cannot be read (conntrack), and no answer about a name came to anybody";
        return Way::Unknown(why.to_owned());
    }
    Way::Stopped(format!(
        "nothing new gets out over {}, TCP to {place} or UDP ({how}); {}",
        family.name(),
        names(of("udp").or_else(|| of("dns")), [control("udp").is_some(), control("dns").is_some()])
    ))
}

/// What became of the cluster's DNS.
fn names(asked: Option<&&Answer>, [udp, tcp]: [bool; 2]) -> String {
    let Some(one) = asked else { return "no cluster DNS (kube-dns) was there to ask".to_owned() };
    let place = end(one);
    match (udp, tcp) {
        (true, true) => format!("the cluster's DNS at {place} is out of its reach, UDP and TCP"),
        (true, false) => {
            format!("the cluster's DNS at {place} is out of its reach over UDP; over TCP it answers nobody")
        }
        (false, true) => {
            format!("the cluster's DNS at {place} is out of its reach over TCP; over UDP it answers nobody")
        }
        (false, false) => format!("not measured: the cluster's DNS at {place} answers nobody"),
    }
}

/// New traffic into the pod at each of its addresses, against what its own node gets.
pub fn inwards(after: &Report, number: usize) -> Way {
    let mut stopped = Vec::new();
    let mut unknown = None;
    for node in last(after, "node").filter(|one| one.to == Some(number)) {
        match in_at(after, number, node) {
            Way::Open(how) => return Way::Open(how),
            Way::Stopped(how) => stopped.push(how),
            Way::Unknown(why) => unknown = unknown.or(Some(why)),
        }
    }
    match (unknown, stopped.is_empty()) {
        (Some(why), _) => Way::Unknown(why),
        (None, true) => Way::Unknown("nobody tried to reach it".to_owned()),
        (None, false) => Way::Stopped(stopped.join("; ")),
    }
}

fn in_at(after: &Report, number: usize, node: &Answer) -> Way {
    let answers_at_all = matches!(node.said.as_str(), "connected" | "refused");
    let lives = |peer: Option<usize>| {
        last(after, "peer")
            .any(|one| one.from == peer && one.said == "connected" && matches!(one.protocol.as_str(), "tcp" | "dns"))
    };
    let tried: Vec<_> = last(after, "in").filter(|one| one.to == Some(number) && one.address == node.address).collect();
    let through = |one: &&&Answer| one.said == "connected" || (one.said == node.said && answers_at_all);
    let place = end(node);
    if tried.iter().any(|one| through(&one)) {
        return Way::Open(format!("another pod still reaches it at {place}"));
    }
    if !answers_at_all {
        return Way::Unknown(format!(
            "its own node gets no answer from {place} either, so nobody's silence proves anything"
        ));
    }
    match tried.iter().filter(|one| lives(one.from)).count() {
        0 => Way::Unknown(format!("no pod beside it on its node could be used to try to reach it at {place}")),
        _ => Way::Stopped(format!("nothing new gets in at {place} (its own node does)")),
    }
}

/// Whether nft counted anything at all: a counter that never counted proves nothing.
pub fn counts(report: &Report) -> bool {
    report.pods.iter().any(|pod| pod.counts.iter().any(|count| count.out))
}

fn end(one: &Answer) -> String {
    if one.address.contains(':') {
        format!("[{}]:{}", one.address, one.port)
    } else {
        format!("{}:{}", one.address, one.port)
    }
}
