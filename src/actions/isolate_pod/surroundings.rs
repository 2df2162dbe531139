//! N0: what lies around the targets, read once for each namespace and node.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use futures::StreamExt as _;
use k8s_openapi::api::core::v1::{Node, Pod, Service};
use k8s_openapi::api::networking::v1::NetworkPolicy;
use serde_json::Value;

use super::super::frame::{ActionError, Ask, Look, Sketch, controller, decode, labels, list, name};
use super::admin;
use super::neighbour::Neighbour;
use super::plugin::Plugin;
use crate::kubernetes;
use crate::model::{Clean, Kind, PlanNote};

/// Nodes and namespaces that are read at once.
const AT_ONCE: usize = 16;

/// The neighbourhood of the targets.
pub struct Surroundings {
    /// What is known of who enforces policies.
    pub plugin: Plugin,
    /// The cluster-wide policies that are ours.
    pub admin: Vec<Value>,
    targets: HashSet<String>,
    places: HashMap<String, Namespace>,
    nodes: HashMap<String, Option<Node>>,
}

/// One namespace.
#[derive(Default)]
pub struct Namespace {
    /// Its policies.
    pub policies: Vec<NetworkPolicy>,
    /// Its services.
    pub services: Vec<Service>,
    /// Its pods.
    pub pods: Vec<Neighbour>,
}

impl Surroundings {
    /// Reads what lies around some pods.
    pub async fn read(ask: &Ask<'_>, pods: &[Pod]) -> Result<Self, ActionError> {
        let places: BTreeSet<_> = pods.iter().map(|pod| pod.metadata.namespace.clone().unwrap_or_default()).collect();
        let nodes: BTreeSet<_> = pods.iter().filter_map(|pod| pod.spec.as_ref()?.node_name.clone()).collect();
        let places = futures::stream::iter(places).map(|place| async move {
            let all = |kind: Kind| kind.path_in(&place);
            let (policies, services, pods) = (all(Kind::NetworkPolicy), all(Kind::Service), all(Kind::Pod));
            let (policies, services, pods) =
                tokio::try_join!(list(ask.look, &policies), list(ask.look, &services), list(ask.look, &pods),)?;
            Ok::<_, ActionError>((place.clone(), Namespace { policies, services, pods }))
        });
        let nodes = futures::stream::iter(nodes).map(|node| async move {
            let path = format!("{}/{node}", Kind::Node.path());
            match ask.look.get(&path).await {
                Err(kubernetes::Error::NotFound { .. }) => Ok((node, None)),
                read => Ok::<_, ActionError>((node, Some(decode(&path, &read?)?))),
            }
        });
        let (places, nodes, plugin) = tokio::join!(
            places.buffered(AT_ONCE).collect::<Vec<_>>(),
            nodes.buffered(AT_ONCE).collect::<Vec<_>>(),
            Plugin::read(ask.look as &dyn Look),
        );
        let plugin = plugin?;
        let admin = if plugin.cluster_policies { admin::ours(ask.look).await? } else { Vec::new() };
        Ok(Self {
            plugin,
            admin,
            targets: ask.targets.iter().map(|target| target.uid.to_string()).collect(),
            places: places.into_iter().collect::<Result<_, _>>()?,
            nodes: nodes.into_iter().collect::<Result<_, _>>()?,
        })
    }

    /// Whether a pod is one of the targets.
    pub fn is_target(&self, pod: &Neighbour) -> bool {
        self.targets.contains(pod.uid())
    }

    /// The namespace of a pod.
    pub fn of(&self, pod: &Pod) -> Option<&Namespace> {
        self.places.get(pod.metadata.namespace.as_deref().unwrap_or_default())
    }

    /// Every namespace.
    pub fn namespaces(&self) -> impl Iterator<Item = &Namespace> {
        let sorted: BTreeMap<_, _> = self.places.iter().collect();
        sorted.into_values()
    }

    /// Notes what the pod itself and its node say.
    pub fn own(&self, pod: &Pod, plan: &mut Sketch) {
        let pod_name = name(&pod.metadata);
        let mut limit = |text: String| plan.note(PlanNote::Limit(text.into()));
        let spec = pod.spec.clone().unwrap_or_default();
        if spec.host_network == Some(true) {
            limit(format!("{pod_name} uses its node's network: a policy has no effect on it"));
        }
        if controller(&pod.metadata).is_none() {
            limit(format!("{pod_name} has no owner: the VPC CNI does not enforce policies on such pods"));
        }
        if reaches_node(pod) {
            limit(format!(
                "{pod_name} has its node in its hands: it can undo what a policy does to it, and at best the verdict is \
                 PROVEN for the pod's network; the node is not contained"
            ));
        }
        let annotated =
            |key: &str| pod.metadata.annotations.iter().flatten().any(|(name, value)| name == key && !value.is_empty());
        if annotated("vpc.amazonaws.com/pod-eni") {
            limit(format!(
                "{pod_name} has a network interface of its own (security groups for pods): those groups apply beside policies"
            ));
        }
        if annotated("k8s.v1.cni.cncf.io/networks") {
            limit(format!("{pod_name} has further network interfaces (Multus): policies cover the first only"));
        }
        let node = spec.node_name.as_ref().and_then(|node| self.nodes.get(node)?.as_ref());
        let node_labels = node.map(|node| labels(&node.metadata)).unwrap_or_default();
        let is = |key: &str, value: &str| node_labels.get(key).is_some_and(|found| found == value);
        if is("eks.amazonaws.com/compute-type", "fargate")
            || spec.node_name.is_some_and(|node| node.starts_with("fargate-"))
        {
            limit(format!("{pod_name} runs on Fargate: the VPC CNI enforces no policies there"));
        }
        if is("kubernetes.io/os", "windows") {
            limit(format!("{pod_name} runs on Windows: the VPC CNI enforces no policies there"));
        }
    }

    /// Notes pods of the same owner: those that are no targets, and those that share this one's fate.
    pub fn siblings(&self, pod: &Pod, plan: &mut Sketch) {
        let (Some(owner), Some(place)) = (controller(&pod.metadata), self.of(pod)) else { return };
        let same = place.pods.iter().filter(|other| other.owner() == Some(&owner.uid));
        let others: Vec<&Neighbour> = same.filter(|other| !self.is_target(other)).collect();
        if !others.is_empty() {
            let names: Vec<_> = others.iter().map(|other| other.name().to_string()).collect();
            let text = format!(
                "of the same {} and not among the targets: {}",
                Clean::from(owner.kind.as_str()),
                names.join(", ")
            );
            plan.note(PlanNote::Limit(text.into()));
        }
        let node = pod.spec.as_ref().and_then(|spec| spec.node_name.as_deref());
        let beside = others.iter().filter(|other| node.is_some() && other.node() == node);
        let sharing: Vec<_> = beside.map(|other| other.name().to_string()).collect();
        if !sharing.is_empty() {
            // aws-network-policy-agent, pkg/utils/utils.go GetPodIdentifier: the name without its last part, on one node.
            let text = format!(
                "the VPC CNI knows pods of one owner on one node by one name; look whether these share the fate of {}: {}",
                name(&pod.metadata),
                sharing.join(", ")
            );
            plan.note(PlanNote::AlsoHit(text.into()));
        }
    }
}

/// Capabilities with which a container gets at its node.
const WAYS_OUT: [&str; 7] = ["ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO", "SYS_PTRACE", "DAC_READ_SEARCH", "BPF"];

/// Whether the pod has a way to its node.
pub fn reaches_node(pod: &Pod) -> bool {
    let Some(spec) = &pod.spec else { return false };
    let shares = [spec.host_pid, spec.host_ipc, spec.host_network].contains(&Some(true));
    let mounts = spec.volumes.iter().flatten().any(|volume| volume.host_path.is_some());
    let containers = spec.containers.iter().chain(spec.init_containers.iter().flatten());
    let contexts = containers.map(|container| container.security_context.as_ref());
    let debugging = spec.ephemeral_containers.iter().flatten().map(|container| container.security_context.as_ref());
    let privileged = contexts.chain(debugging).flatten().any(|context| {
        let added = context.capabilities.iter().flat_map(|capabilities| capabilities.add.iter().flatten());
        context.privileged == Some(true)
            || added.map(|name| name.trim_start_matches("CAP_")).any(|name| WAYS_OUT.contains(&name))
    });
    shares || mounts || privileged
}
