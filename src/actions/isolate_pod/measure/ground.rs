//! Where pods can be measured: their nodes' agents, pods beside them, and addresses to try.

use std::collections::BTreeMap;
use std::net::IpAddr;

use futures::StreamExt as _;
use k8s_openapi::api::core::v1::{Node, Pod};

use super::super::super::frame::{
    ActionError, Ask, Look, SEND_COMMAND, Sketch, Spec, controller, decode, labels, list,
};
use super::super::policy::TARGET;
use super::call::{Phase, Question};
use super::canary::{self, End};
use crate::kubernetes;
use crate::model::{Kind, PlanNote, Uid};

/// Pods in one command: of more, an answer of the service would hold too little of each.
const IN_ONE: usize = 32;

/// Pods beside them that are tried from.
const PEERS: usize = 2;

/// Nodes that are read at once.
const AT_ONCE: usize = 16;

/// A pod that is to be measured.
#[derive(Clone, Debug)]
pub struct Subject {
    place: usize,
    uid: String,
    node: String,
    owner: Option<String>,
    addresses: Vec<IpAddr>,
}

/// What each node can be asked, and what it is asked.
pub struct Ground {
    action: &'static str,
    nodes: BTreeMap<String, Stand>,
    tcp: Vec<End>,
    dns: Vec<End>,
}

struct Stand {
    subjects: Vec<Subject>,
    peers: Vec<Subject>,
    instance: Result<String, String>,
}

impl Subject {
    /// A target of a plan; `None` for a pod that is on no node or has no address yet.
    pub fn of(place: usize, pod: &Pod) -> Option<Self> {
        let addresses = addresses(pod);
        let node = pod.spec.as_ref()?.node_name.clone()?;
        let owner = controller(&pod.metadata).map(|owner| owner.uid.clone());
        let uid: Uid = pod.metadata.uid.as_deref()?.parse().ok()?;
        (!addresses.is_empty()).then_some(Self { place, uid: uid.to_string(), node, owner, addresses })
    }

    /// Place of the target in the plan.
    pub const fn place(&self) -> usize {
        self.place
    }
}

/// Pods as scripts are told of them: `UID=ADDRESS,ADDRESS`. UIDs and addresses were
/// parsed, so that no text from the cluster ever becomes part of a script.
pub fn named(subjects: &[Subject]) -> String {
    let words = subjects.iter().map(|subject| {
        let addresses: Vec<_> = subject.addresses.iter().map(ToString::to_string).collect();
        format!("{}={}", subject.uid, addresses.join(","))
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The addresses of a pod that are addresses.
pub fn addresses(pod: &Pod) -> Vec<IpAddr> {
    let status = pod.status.clone().unwrap_or_default();
    let listed = status.pod_ips.into_iter().flatten().map(|ip| ip.ip);
    let mut found: Vec<IpAddr> = listed.chain(status.pod_ip).filter_map(|ip| ip.parse().ok()).collect();
    let mut seen = Vec::new();
    found.retain(|ip| {
        !seen.contains(ip) && {
            seen.push(*ip);
            true
        }
    });
    found
}

impl Ground {
    /// Reads where some pods are, and notes what cannot be measured and why.
    pub async fn read(
        spec: &'static Spec,
        ask: &Ask<'_>,
        subjects: Vec<Subject>,
        plan: &mut Sketch,
    ) -> Result<Self, ActionError> {
        let mut by_node: BTreeMap<String, Vec<Subject>> = BTreeMap::new();
        for subject in subjects {
            by_node.entry(subject.node.clone()).or_default().push(subject);
        }
        let (tcp, dns) = tokio::join!(canary::tcp(spec, ask), canary::names(ask.look));
        let (tcp, dns) = (tcp?, dns?);
        let read = futures::stream::iter(by_node).map(|(node, subjects)| async move {
            let instance = instance(ask.look, &node).await?;
            // All pods of a node are a long list: read only where they can be tried from.
            let peers = if instance.is_ok() { peers(ask, &node, &subjects).await? } else { Vec::new() };
            Ok::<_, ActionError>((node, Stand { subjects, peers, instance }))
        });
        let read: Vec<Result<_, ActionError>> = read.buffered(AT_ONCE).collect().await;
        let nodes = read.into_iter().collect::<Result<BTreeMap<_, _>, _>>()?;
        if tcp.is_empty() && !nodes.is_empty() {
            plan.note(PlanNote::Limit("the API server's own addresses cannot be read, so nothing is there to try to connect to: the verdict will be NOT MEASURED".into()));
        }
        for (node, stand) in &nodes {
            if let Err(why) = &stand.instance {
                plan.note(PlanNote::Limit(format!("what gets through on {node} cannot be measured: {why}").into()));
            } else if stand.peers.is_empty() {
                plan.note(PlanNote::Limit(
                    format!("no other pod on {node} can be tried from: the verdict will be NOT MEASURED").into(),
                ));
            }
        }
        Ok(Self { action: spec.id, nodes, tcp, dns })
    }

    /// Adds the measurements of all nodes to a plan: one command a node.
    pub fn measure(&self, phase: Phase, plan: &mut Sketch) {
        for stand in self.nodes.values() {
            let Ok(instance) = &stand.instance else { continue };
            let peers = named(&stand.peers);
            for some in stand.subjects.chunks(IN_ONE) {
                let pods = named(some);
                let question =
                    Question { phase, action: self.action, pods: &pods, peers: &peers, tcp: &self.tcp, dns: &self.dns };
                if let Some(first) = some.first() {
                    plan.call(first.place, SEND_COMMAND, instance.clone(), question.body());
                }
            }
        }
    }

    /// The nodes that can be asked: the instance, and the targets on it.
    pub fn stands(&self) -> impl Iterator<Item = (&str, &[Subject])> {
        self.nodes.values().filter_map(|stand| Some((stand.instance.as_deref().ok()?, stand.subjects.as_slice())))
    }

    /// The instance of a node, or why it cannot be asked.
    pub fn instance(&self, node: &str) -> Option<Result<&str, &str>> {
        self.nodes.get(node).map(|stand| stand.instance.as_deref().map_err(String::as_str))
    }
}

/// The instance under a node, if its agent can be asked.
///
/// # Errors
/// The node cannot be read.
pub async fn instance(look: &dyn Look, node: &str) -> Result<Result<String, String>, ActionError> {
    let path = format!("{}/{node}", Kind::Node.path());
    let node: Node = match look.get(&path).await {
        Err(kubernetes::Error::NotFound { .. }) => return Ok(Err("the node is gone".to_owned())),
        read => decode(&path, &read?)?,
    };
    if let Some(why) = closed(&node) {
        return Ok(Err(why.to_owned()));
    }
    let provider = node.spec.and_then(|spec| spec.provider_id).unwrap_or_default();
    let last = provider.rsplit('/').next().unwrap_or_default();
    // EC2 instances, and the managed instances that hybrid nodes are.
    let hexadecimal = last.strip_prefix("i-").or_else(|| last.strip_prefix("mi-"));
    if !hexadecimal.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit())) {
        return Ok(Err("no instance is under it that Systems Manager could reach: it is not of EC2".to_owned()));
    }
    Ok(look.agent(last).await.map(|()| last.to_owned()).map_err(|lost| lost.to_string()))
}

/// Why no script can look at a node's networks, as far as the node itself tells.
fn closed(node: &Node) -> Option<&'static str> {
    let labels = labels(&node.metadata);
    let is = |key: &str, value: &str| labels.get(key).is_some_and(|found| found == value);
    let system = node.status.as_ref().and_then(|status| status.node_info.as_ref()).map(|info| info.os_image.as_str());
    if is("eks.amazonaws.com/compute-type", "fargate") {
        Some("Fargate gives no access to its node; VPC flow logs of the pod's interface are the next best evidence")
    } else if is("eks.amazonaws.com/compute-type", "auto") {
        Some("nodes of EKS Auto Mode take no commands; VPC flow logs are the next best evidence")
    } else if is("kubernetes.io/os", "windows") {
        Some("it runs Windows, and the script is for Linux; VPC flow logs are the next best evidence")
    } else if system.is_some_and(|system| system.starts_with("Bottlerocket")) {
        Some(
            "Bottlerocket runs commands in its control container, which has no shell on the host and sees no pod's network; VPC flow logs are the next best evidence, or its admin container by hand",
        )
    } else {
        None
    }
}

/// Running pods of a node with a network of their own that nobody suspects, those of other owners first.
async fn peers(ask: &Ask<'_>, node: &str, subjects: &[Subject]) -> Result<Vec<Subject>, ActionError> {
    let all = format!("{}?fieldSelector=spec.nodeName%3D{node}", Kind::Pod.path());
    let pods: Vec<Pod> = match list(ask.look, &all).await {
        Err(ActionError::Cluster(kubernetes::Error::Forbidden { .. })) => {
            let mut spaces: Vec<_> = ask.targets.iter().filter_map(|target| target.namespace.as_deref()).collect();
            spaces.sort_unstable();
            spaces.dedup();
            let mut pods = Vec::new();
            for space in spaces {
                let here = format!("{}?fieldSelector=spec.nodeName%3D{node}", Kind::Pod.path_in(space));
                pods.extend(list::<Pod>(ask.look, &here).await?);
            }
            pods
        }
        read => read?,
    };
    let running = |pod: &&Pod| {
        let phase = pod.status.as_ref().and_then(|status| status.phase.as_deref());
        let hosts = pod.spec.as_ref().and_then(|spec| spec.host_network) == Some(true);
        phase == Some("Running") && !hosts && pod.metadata.deletion_timestamp.is_none()
    };
    let suspected = |pod: &&Pod| {
        labels(&pod.metadata).contains_key(TARGET)
            || ask.targets.iter().any(|target| pod.metadata.uid.as_deref() == Some(&*target.uid.to_string()))
    };
    let mut beside: Vec<(bool, String, Subject)> = pods
        .iter()
        .filter(|pod| running(pod) && !suspected(pod))
        .filter_map(|pod| {
            let subject = Subject::of(0, pod)?;
            let kin = subject.owner.is_some() && subjects.iter().any(|one| one.owner == subject.owner);
            let name = pod.metadata.name.clone().unwrap_or_default();
            Some((kin, format!("{}/{name}", pod.metadata.namespace.as_deref().unwrap_or_default()), subject))
        })
        .collect();
    beside.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
    Ok(beside.into_iter().take(PEERS).map(|(_, _, subject)| subject).collect())
}
