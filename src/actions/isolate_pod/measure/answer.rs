//! What a probe was answered.

use std::net::IpAddr;

/// A family of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// IPv4.
    Four,
    /// IPv6.
    Six,
}

/// What a probe was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Number of the round.
    pub round: u64,
    /// `out`, `in`, `peer`, `host`, `node`.
    pub kind: String,
    /// Number of the pod that it came from, where it is one.
    pub from: Option<usize>,
    /// Number of the pod that it went to, where it is one.
    pub to: Option<usize>,
    /// `tcp`, `datagram`; `udp`, `dns` for questions about names over UDP and TCP; `near`.
    pub protocol: String,
    /// Where it went.
    pub address: String,
    /// The port.
    pub port: String,
    /// `connected`, `refused`, `silent`, `unreachable`, `passed`, `stopped`, `unknown`,
    /// `broken` where the probe itself did not run.
    pub said: String,
}

impl Family {
    /// That of an address.
    pub const fn of(address: &IpAddr) -> Self {
        if address.is_ipv4() { Self::Four } else { Self::Six }
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Four => "IPv4",
            Self::Six => "IPv6",
        }
    }
}

impl Answer {
    /// Whether a packet came back, or was seen to leave the node.
    pub fn is_through(&self) -> bool {
        matches!(self.said.as_str(), "connected" | "passed")
    }

    /// Whether an entry of the connection table to that end is a probe's own.
    pub fn is_of_flow(&self, protocol: &str, (address, port): &(String, String)) -> bool {
        let own = if matches!(self.protocol.as_str(), "udp" | "datagram") { "udp" } else { "tcp" };
        own == protocol && self.address == *address && self.port == *port
    }

    /// Whether it went to an address of that family.
    pub fn is_of(&self, family: Family) -> bool {
        self.address.parse().is_ok_and(|address| Family::of(&address) == family)
    }
}
