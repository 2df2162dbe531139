//! What a node offers to its pods at fixed addresses: its metadata, and credentials.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::answer::Answer;
use super::canary::End;
use super::report::Report;

/// Who answers there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    /// The instance metadata service (Amazon EC2 user guide, "Instance metadata").
    Metadata,
    /// The agent of EKS Pod Identity (Amazon EKS user guide, "Pod Identity agent").
    Agent,
}

const METADATA: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)), IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254))];

const AGENT: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::new(169, 254, 170, 23)), IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23))];

/// What a measurement tries, over plain HTTP's port. A connection is made and nothing is
/// asked: no credentials are fetched.
pub fn ends() -> Vec<End> {
    METADATA.into_iter().chain(AGENT).map(|address| (address, 80)).collect()
}

/// What of it a pod still reaches.
#[derive(Debug, Default)]
pub struct Near {
    /// What gets past the node: a leak, in words.
    pub leaks: Vec<String>,
    /// What else is to be said: what is stopped, what the node itself goes on answering, what was not measured.
    pub said: Vec<String>,
}

/// What pod `number` reaches, against what others reach and what it reached before.
pub fn judged(before: Option<&Report>, after: &Report, number: usize) -> Near {
    let mut near = Near::default();
    let mut nobody = Vec::new();
    for who in [Who::Metadata, Who::Agent] {
        let name = who.name();
        let mut tried = at(after, who).filter(|one| one.kind == "out" && one.from == Some(number)).peekable();
        if tried.peek().is_none() {
            nobody.push(format!("{name} was not tried"));
            continue;
        }
        let of = |report: &Report, wanted: &dyn Fn(&Answer) -> bool| {
            at(report, who).any(|one| one.is_through() && wanted(one))
        };
        let beside = of(after, &|one| one.kind == "peer");
        let earlier = before.is_some_and(|before| of(before, &|one| one.kind == "out" && one.from == Some(number)));
        match tried.find(|one| one.is_through()) {
            Some(one) if who == Who::Metadata => near.leaks.push(format!(
                "{name} at {}:{} still answers it: its node's role can be taken from there",
                one.address, one.port
            )),
            Some(one) => near.said.push(format!(
                "{name} of its node still answers it at {}:{}: end the sessions of its role",
                one.address, one.port
            )),
            None if beside => near.said.push(format!("{name} is out of its reach (a pod beside it reaches it)")),
            None if earlier && of(after, &|one| one.kind == "host") => {
                near.said.push(format!("{name} is out of its reach (it was not before)"));
            }
            None => nobody.push(format!("{name} answers nobody here")),
        }
    }
    if !nobody.is_empty() {
        near.said.push(format!("not measured: {}", nobody.join(", ")));
    }
    near
}

fn at(report: &Report, who: Who) -> impl Iterator<Item = &Answer> {
    let here = move |one: &&Answer| {
        let address = one.address.parse::<IpAddr>();
        one.round == report.rounds
            && one.protocol == "near"
            && address.is_ok_and(|address| who.addresses().contains(&address))
    };
    report.answers.iter().filter(here)
}

impl Who {
    const fn addresses(self) -> [IpAddr; 2] {
        match self {
            Self::Metadata => METADATA,
            Self::Agent => AGENT,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Metadata => "the instance metadata service",
            Self::Agent => "the Pod Identity agent",
        }
    }
}
