//! What the proof's script prints on a node of the twin: the same lines as on a real one, of the twin's network.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::super::cluster::Cluster;
use super::super::json::{is_true, label, text};
use super::super::network::{AGENT, Answer, METADATA, Network, OUTSIDE, PORT, listening, reached};
use super::super::random::Random;
use super::super::store::Store;
use super::script::{Named, Place, pods, value};

/// How long a round of probes takes.
const ROUND: Duration = Duration::from_millis(700);

/// Between two rounds.
const PAUSE: Duration = Duration::from_secs(1);

/// Bytes of one report.
const REPORT: u64 = 24;

/// What the script is asked.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Question {
    /// Whether everything is in place.
    pub(super) after: bool,
    /// The pods that are looked at.
    pub(super) pods: Vec<Named>,
    /// Others beside them.
    pub(super) peers: Vec<Named>,
    /// What answers TCP.
    pub(super) tcp: Vec<Place>,
    /// What answers questions about names.
    pub(super) dns: Vec<Place>,
    /// What a node offers to its pods.
    pub(super) near: Vec<Place>,
    patience: Duration,
    watch: Duration,
}

impl Question {
    /// Reads the script's first line.
    pub(super) fn read(line: &str) -> Option<Self> {
        let places = |name: &str| {
            let one = |word: &str| {
                let (address, port) = word.rsplit_once('/')?;
                Some(Place { address: address.to_owned(), port: port.parse().ok()? })
            };
            value(line, name).split_whitespace().map(one).collect::<Option<Vec<_>>>()
        };
        let seconds =
            |name: &str| value(line, name).parse::<f64>().ok().filter(|seconds| (0.0..600.0).contains(seconds));
        let phase = value(line, "phase");
        ["before", "after"].contains(&phase).then_some(())?;
        Some(Self {
            after: phase == "after",
            pods: pods(line, "pods")?,
            peers: pods(line, "peers")?,
            tcp: places("tcp")?,
            dns: places("dns")?,
            near: places("near")?,
            patience: Duration::from_secs_f64(seconds("patience")?),
            watch: Duration::from_secs_f64(seconds("watch")?),
        })
    }
}

/// The node's interface that leads to a pod.
pub(super) fn interface(uid: &str) -> String {
    format!("eni{}", Random::named(0xe41, uid).hex(11))
}

/// A pod that was found on the node.
struct Found {
    number: usize,
    pod: Arc<Value>,
    looked_at: bool,
    /// Reports that the other end had when counting began.
    heard: u64,
    /// Packets of probes that got out.
    probes: (u64, u64),
}

/// Looks, probes, watches, and prints.
pub(super) async fn run(cluster: &Arc<Cluster>, node: &Value, question: &Question) -> String {
    let begun = Timestamp::now();
    let mut out = String::new();
    let mut found = begin(cluster, node, question, begun, &mut out);
    let mut round = 0;
    loop {
        round += 1;
        tokio::time::sleep(ROUND).await;
        let open = probe(cluster, node, question, &mut found, round, &mut out);
        let waited = Timestamp::now().duration_since(begun).as_secs_f64();
        if !question.after || !open || waited >= question.patience.as_secs_f64() {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    sample(cluster, &found, 1, &mut out);
    tokio::time::sleep(question.watch).await;
    sample(cluster, &found, 2, &mut out);
    let _ = writeln!(out, "b {round} {}", question.watch.as_secs());
    for one in found.iter().filter(|one| one.looked_at) {
        let network = cluster.network();
        if let Some(flow) = network.flow(text(&one.pod, "/metadata/uid")) {
            let _ = writeln!(out, "o {} {} {} kworkerd", one.number, flow.inode, flow.process);
        }
    }
    out.push_str("end\n");
    out
}

fn begin(cluster: &Cluster, node: &Value, question: &Question, now: Timestamp, out: &mut String) -> Vec<Found> {
    let (mut network, store) = (cluster.network(), cluster.store());
    network.advance(&store, now);
    let phase = if question.after { "after" } else { "before" };
    let _ = writeln!(out, "podmortem-proof 1 {phase} {}", now.as_second());
    let _ = writeln!(out, "n {}", text(node, "/status/addresses/0/address"));
    for tool in ["ss", "conntrack", "nft", "bash", "nsenter", "timeout"] {
        let _ = writeln!(out, "t {tool}");
    }
    let all = store.list("Pod", None);
    let mut found = Vec::new();
    for (number, named) in question.pods.iter().chain(&question.peers).enumerate() {
        let here = all.iter().find(|pod| {
            text(pod, "/metadata/uid") == named.uid
                && text(pod, "/spec/nodeName") == text(node, "/metadata/name")
                && text(pod, "/status/phase") == "Running"
        });
        match here {
            None => drop(writeln!(out, "p {number} - absent")),
            Some(pod) if is_true(pod, "/spec/hostNetwork") => drop(writeln!(out, "p {number} - node")),
            Some(pod) => {
                let mut random = Random::named(0x9e7, &named.uid);
                let (process, netns) = (2_000 + random.below(18_000), 4_026_532_000 + random.below(900));
                let _ = writeln!(out, "p {number} {process} net:[{netns}] {}", interface(&named.uid));
                let _ = writeln!(out, "f {number} {}", if text(pod, "/status/podIP").contains(':') { 6 } else { 4 });
                let heard = network.flow(&named.uid).map_or(0, |flow| flow.heard());
                let looked_at = number < question.pods.len();
                found.push(Found { number, pod: Arc::clone(pod), looked_at, heard, probes: (0, 0) });
            }
        }
    }
    found
}

/// One round of probes. Gives whether something new got through to or from a pod that is looked at.
fn probe(
    cluster: &Cluster,
    node: &Value,
    question: &Question,
    found: &mut [Found],
    round: u64,
    out: &mut String,
) -> bool {
    let (mut network, store) = (cluster.network(), cluster.store());
    network.advance(&store, Timestamp::now());
    let mut open = false;
    for canary in &question.tcp {
        let said = match reached(&store, &canary.address, canary.port) {
            Answer::Listens(_) => "connected",
            Answer::Refuses(_) => "refused",
            Answer::Silent => "silent",
        };
        let _ = writeln!(out, "a {round} host node - tcp {} {} {said}", canary.address, canary.port);
    }
    for end in &question.near {
        let said = if offers(&store, node, end) { "connected" } else { "silent" };
        let _ = writeln!(out, "a {round} host node - near {} {} {said}", end.address, end.port);
    }
    for one in found.iter_mut() {
        let (kind, number) = (if one.looked_at { "out" } else { "peer" }, one.number);
        let own = text(&one.pod, "/status/podIP").to_owned();
        for canary in question.tcp.iter().filter(|canary| same_family(&own, &canary.address)) {
            let (address, port) = (&canary.address, canary.port);
            let said = from_pod(&network, &store, &one.pod, canary);
            let _ = writeln!(out, "a {round} {kind} {number} - tcp {address} {port} {said}");
            let datagram = network.lets_new(&store, &one.pod, None, address, 33_434);
            let passed = if datagram { "passed" } else { "stopped" };
            let _ = writeln!(out, "a {round} {kind} {number} - datagram {address} 33434 {passed}");
            one.probes.0 += if said == "silent" { 0 } else { 5 };
            one.probes.1 += u64::from(datagram);
            open |= one.looked_at && (said != "silent" || datagram);
        }
        for server in question.dns.iter().filter(|server| same_family(&own, &server.address)) {
            let through = from_pod(&network, &store, &one.pod, server) == "connected";
            let said = if through { "connected" } else { "silent" };
            for protocol in ["udp", "dns"] {
                let _ =
                    writeln!(out, "a {round} {kind} {number} - {protocol} {} {} {said}", server.address, server.port);
            }
            one.probes.0 += if through { 5 } else { 0 };
            one.probes.1 += u64::from(through);
            open |= one.looked_at && through;
        }
        for end in question.near.iter().filter(|end| same_family(&own, &end.address)) {
            let through = offers(&store, node, end) && network.lets_near(&store, &one.pod, &end.address, end.port);
            let said = if through { "connected" } else { "silent" };
            let _ = writeln!(out, "a {round} {kind} {number} - near {} {} {said}", end.address, end.port);
        }
    }
    for one in found.iter().filter(|one| one.looked_at) {
        let (port, address) = (listening(&one.pod), text(&one.pod, "/status/podIP"));
        let answers = if port.is_some() { "connected" } else { "refused" };
        let port = port.unwrap_or(9);
        let _ = writeln!(out, "a {round} node node {} tcp {address} {port} {answers}", one.number);
        for peer in
            found.iter().filter(|peer| !peer.looked_at && same_family(text(&peer.pod, "/status/podIP"), address))
        {
            let through = network.lets_in(&store, &peer.pod, &one.pod, port);
            let said = if through { answers } else { "silent" };
            let _ = writeln!(out, "a {round} in {} {} tcp {address} {port} {said}", peer.number, one.number);
            open |= through;
        }
    }
    open
}

/// What a connection from a pod's network is answered.
fn from_pod(network: &Network, store: &Store, pod: &Value, to: &Place) -> &'static str {
    let (answer, behind) = match reached(store, &to.address, to.port) {
        Answer::Listens(behind) => ("connected", behind),
        Answer::Refuses(behind) => ("refused", Some(behind)),
        Answer::Silent => return "silent",
    };
    let through = network.lets_new(store, pod, behind.as_deref(), &to.address, to.port);
    if through { answer } else { "silent" }
}

/// Whether something answers at an address that only a node and its pods have: the metadata of
/// every instance, and the Pod Identity agent where it runs.
fn offers(store: &Store, node: &Value, end: &Place) -> bool {
    let is_agent = |pod: &Arc<Value>| {
        text(pod, "/spec/nodeName") == text(node, "/metadata/name")
            && label(pod, "k8s-app") == Some("eks-pod-identity-agent")
            && text(pod, "/status/phase") == "Running"
    };
    match end.address.as_str() {
        METADATA => end.port == 80,
        AGENT => end.port == 80 && store.list("Pod", Some("kube-system")).iter().any(is_agent),
        _ => false,
    }
}

fn same_family(one: &str, other: &str) -> bool {
    one.contains(':') == other.contains(':')
}

/// Sockets, the connection table, and counters, at one moment.
fn sample(cluster: &Cluster, found: &[Found], number: u64, out: &mut String) {
    let (mut network, store) = (cluster.network(), cluster.store());
    let now = Timestamp::now();
    network.advance(&store, now);
    let sink = match reached(&store, OUTSIDE, PORT) {
        Answer::Listens(Some(pod)) => text(&pod, "/status/podIP").to_owned(),
        _ => OUTSIDE.to_owned(),
    };
    for one in found {
        let (pod, uid) = (one.number, text(&one.pod, "/metadata/uid"));
        let flow = network.flow(uid);
        if one.looked_at {
            let _ = writeln!(out, "v {pod} {number}");
            if let Some(port) = listening(&one.pod) {
                let inode = Random::named(0x11e, uid).below(900_000);
                let _ = writeln!(out, "s {pod} {number} LISTEN *:{port} *:* 0 0 - 0 {inode}");
            }
            if let Some(flow) = flow {
                let (ours, theirs) = (format!("{}:{}", flow.address, flow.port), format!("{OUTSIDE}:{PORT}"));
                let retries = flow.retries(now);
                let timer = if retries > 0 { "on" } else { "-" };
                let acked = flow.heard() * REPORT + 1;
                let _ =
                    writeln!(out, "s {pod} {number} ESTAB {ours} {theirs} {acked} 0 {timer} {retries} {}", flow.inode);
                if flow.is_through() {
                    let (sent, from) = (flow.heard() + 2, flow.port);
                    let _ = writeln!(
                        out,
                        "c {pod} {number} tcp 431999 ESTABLISHED {} {OUTSIDE} {from} {PORT} {sent} {sink} {} {PORT} {from} {}",
                        flow.address,
                        flow.address,
                        sent.saturating_sub(1)
                    );
                }
            }
        }
        let told = flow.map_or(0, |flow| flow.heard().saturating_sub(one.heard));
        for (protocol, packets) in [("tcp", one.probes.0 + told), ("udp", one.probes.1)] {
            if packets > 0 {
                let _ = writeln!(out, "k {pod} {number} out {protocol} {packets}");
            }
        }
    }
}
