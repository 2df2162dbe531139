//! What `measure.sh` printed, read line by line. Its head tells what each line is.

use std::io::Read as _;
use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;

use super::answer::{Answer, Family};

/// Most bytes that a packed report unpacks to: what a node sends is not trusted with our memory.
const UNPACKED: u64 = 4 << 20;

/// Number of the last of the two samples.
pub const LAST: u64 = 2;

/// What one node saw in one run of the script.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The node's own addresses.
    pub node: Vec<IpAddr>,
    /// Tools that are there.
    pub tools: Vec<String>,
    /// The pods, then their peers, in the order in which they were asked for.
    pub pods: Vec<Seen>,
    /// What was answered to probes.
    pub answers: Vec<Answer>,
    /// Rounds of probes.
    pub rounds: u64,
    /// Seconds between the two samples, which were taken after the last round.
    pub seconds: u64,
    /// Whether the last line arrived: the service cuts long outputs.
    pub whole: bool,
    /// Lines that say nothing that is known.
    pub unreadable: usize,
}

/// One pod as its node sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Where it is.
    pub place: Place,
    /// The families over which it has a way out of its network.
    pub families: Vec<Family>,
    /// Samples of its sockets that could be taken in its own network namespace.
    pub sampled: Vec<u64>,
    /// Its processes in other network namespaces.
    pub strays: Vec<Stray>,
    /// TCP sockets, every sample of them.
    pub sockets: Vec<Socket>,
    /// UDP sockets, every sample of them.
    pub udp: Vec<Datagrams>,
    /// Most sockets at one time that bypass TCP and UDP: raw and packet sockets.
    pub bypassing: u64,
    /// Entries of the node's connection table.
    pub flows: Vec<Flow>,
    /// Packets forwarded, counted by nft.
    pub counts: Vec<Count>,
    /// Who holds which socket.
    pub holders: Vec<Holder>,
    /// Whether there was more than was printed.
    pub more: bool,
}

/// Where a pod is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// No process of it, or none in a namespace with its address.
    #[default]
    Absent,
    /// It uses its node's network.
    Node,
    /// In a network namespace of its own, behind this interface of the node.
    Own {
        /// The interface on the node.
        interface: String,
    },
}

/// A process of the pod outside the pod's network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stray {
    /// Its id on the node.
    pub process: String,
    /// `node`, or the namespace.
    pub netns: String,
    /// Its command, as it calls itself.
    pub command: String,
}

/// A TCP socket at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Socket {
    /// Number of the sample.
    pub sample: u64,
    /// `ESTAB`, `LISTEN`.
    pub state: String,
    /// The pod's end.
    pub local: String,
    /// The other end.
    pub peer: String,
    /// Bytes that the other end has acknowledged.
    pub acked: u64,
    /// Bytes that came from the other end.
    pub received: u64,
    /// Packets sent again, or asked for in vain, since the other end was last heard.
    pub retries: u64,
    /// Its number in the kernel.
    pub inode: String,
}

/// A UDP socket at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Datagrams {
    /// Number of the sample.
    pub sample: u64,
    /// The pod's end.
    pub local: String,
}

/// An entry of the connection table at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Number of the sample.
    pub sample: u64,
    /// `tcp`, `udp`, `icmp`.
    pub protocol: String,
    /// Source, destination and their ports, as the first packet had them.
    pub asked: [String; 4],
    /// Packets that way, where they are counted.
    pub sent: Option<u64>,
    /// Source, destination and their ports of the answers.
    pub answered: [String; 4],
    /// Packets that way, where they are counted.
    pub returned: Option<u64>,
}

/// Packets of one protocol that were forwarded one way, up to one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// Number of the sample.
    pub sample: u64,
    /// From the pod, or to it.
    pub out: bool,
    /// `tcp`, `udp`, `other`.
    pub protocol: String,
    /// Packets.
    pub packets: u64,
}

/// Who holds a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The socket.
    pub inode: String,
    /// The process.
    pub process: String,
    /// Its command, as it calls itself.
    pub command: String,
}

impl Report {
    /// Reads an output. What is no report at all is an empty one that is not whole.
    pub fn read(output: &str, pods: usize) -> Self {
        let mut report = Self { pods: vec![Seen::default(); pods], ..Self::default() };
        let unpacked = output.trim().strip_prefix("z ").map(unpack);
        for line in unpacked.as_deref().unwrap_or(output).lines() {
            if report.line(line).is_none() {
                report.unreadable += 1;
            }
        }
        report
    }

    fn line(&mut self, line: &str) -> Option<()> {
        let mut words = line.split(' ').filter(|word| !word.is_empty());
        let mut next = || words.next();
        match next()? {
            "podmortem-proof" => drop(next().filter(|version| *version == "1")?),
            "n" => self.node.push(next()?.parse().ok()?),
            "t" => self.tools.push(next()?.to_owned()),
            "b" => (self.rounds, self.seconds) = (number(next()?)?, number(next()?)?),
            "end" => self.whole = true,
            "a" => self.answers.push(Answer {
                round: number(next()?)?,
                kind: next()?.to_owned(),
                from: next()?.parse().ok(),
                to: next()?.parse().ok(),
                protocol: next()?.to_owned(),
                address: next()?.to_owned(),
                port: next()?.to_owned(),
                said: next()?.to_owned(),
            }),
            letter => {
                let pod = next()?.parse::<usize>().ok()?;
                self.pods.get_mut(pod)?.line(letter, &mut next)?;
            }
        }
        Some(())
    }
}

impl Seen {
    fn line<'a>(&mut self, letter: &str, next: &mut impl FnMut() -> Option<&'a str>) -> Option<()> {
        match letter {
            "p" => {
                self.place = match (next()?, next()?, next()) {
                    ("-", "node", _) => Place::Node,
                    ("-", _, _) => Place::Absent,
                    (_, _, interface) => Place::Own { interface: interface?.to_owned() },
                }
            }
            "f" => self.families.push(match next()? {
                "4" => Family::Four,
                "6" => Family::Six,
                _ => return None,
            }),
            "v" => self.sampled.push(number(next()?)?),
            "x" => self.strays.push(Stray {
                process: next()?.to_owned(),
                netns: next()?.to_owned(),
                command: next().unwrap_or_default().to_owned(),
            }),
            "s" => self.sockets.push(Socket {
                sample: number(next()?)?,
                state: next()?.to_owned(),
                local: next()?.to_owned(),
                peer: next()?.to_owned(),
                acked: number(next()?)?,
                received: number(next()?)?,
                retries: {
                    let _kind_of_timer = next()?;
                    number(next()?)?
                },
                inode: next()?.to_owned(),
            }),
            "u" => self.udp.push(Datagrams { sample: number(next()?)?, local: next()?.to_owned() }),
            "r" => {
                let _sample = next()?;
                self.bypassing = self.bypassing.max(number(next()?)?);
            }
            "o" => self.holders.push(Holder {
                inode: next()?.to_owned(),
                process: next()?.to_owned(),
                command: next().unwrap_or_default().to_owned(),
            }),
            "c" => self.flows.push(flow(next)?),
            "k" => self.counts.push(Count {
                sample: number(next()?)?,
                out: next()? == "out",
                protocol: next()?.to_owned(),
                packets: number(next()?)?,
            }),
            "m" => self.more = true,
            _ => return None,
        }
        Some(())
    }
}

fn flow<'a>(next: &mut impl FnMut() -> Option<&'a str>) -> Option<Flow> {
    let (sample, protocol) = (number(next()?)?, next()?.to_owned());
    let (_timeout, _state) = (next()?, next()?);
    let asked = four(next)?;
    let sent = next()?.parse().ok();
    Some(Flow { sample, protocol, asked, sent, answered: four(next)?, returned: next()?.parse().ok() })
}

fn four<'a>(next: &mut impl FnMut() -> Option<&'a str>) -> Option<[String; 4]> {
    Some([next()?.to_owned(), next()?.to_owned(), next()?.to_owned(), next()?.to_owned()])
}

fn number(word: &str) -> Option<u64> {
    word.parse().ok()
}

/// The text behind a `z`; what cannot be unpacked is empty, and so never whole.
fn unpack(packed: &str) -> String {
    let mut text = String::new();
    let Ok(bytes) = STANDARD.decode(packed.trim()) else { return text };
    if GzDecoder::new(bytes.as_slice()).take(UNPACKED).read_to_string(&mut text).is_err() {
        text.clear();
    }
    text
}
