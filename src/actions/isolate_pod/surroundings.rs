//! N0: what limits a policy, and who else is hit by it.

use std::collections::{BTreeMap, HashMap};

use k8s_openapi::api::core::v1::{Node, Pod, Service};
use k8s_openapi::api::networking::v1::NetworkPolicy;

use super::super::frame::{ActionError, Ask, Sketch, controller, decode, labels, list, name, selects};
use super::policy::TARGET;
use crate::kubernetes;
use crate::model::{Clean, Kind, PlanNote};

/// What lies around the targets, read once for each namespace and node.
#[derive(Default)]
pub struct Surroundings {
    policies: HashMap<String, Vec<NetworkPolicy>>,
    services: HashMap<String, Vec<Service>>,
    pods: HashMap<String, Vec<Pod>>,
    nodes: HashMap<String, Option<Node>>,
}

impl Surroundings {
    /// Adds the notes of one pod to its plan, and names the policies that select it.
    pub async fn describe(&mut self, ask: &Ask<'_>, pod: &Pod, plan: &mut Sketch) -> Result<Vec<Clean>, ActionError> {
        let namespace = pod.metadata.namespace.clone().unwrap_or_default();
        self.read(ask, &namespace, pod).await?;
        self.own(pod, plan);
        let selecting = self.policies_of(&namespace, pod, plan);
        self.services_of(&namespace, pod, plan);
        self.siblings(ask, &namespace, pod, plan);
        plan.note(PlanNote::Limit("traffic between a pod and its own node stays open, whatever policies say".into()));
        plan.note(PlanNote::Limit(
            "whether connections that are open now are cut depends on the network plugin; Calico and Antrea keep them"
                .into(),
        ));
        Ok(selecting)
    }

    async fn read(&mut self, ask: &Ask<'_>, namespace: &str, pod: &Pod) -> Result<(), ActionError> {
        if !self.policies.contains_key(namespace) {
            let all = |kind: Kind| kind.path_in(namespace);
            self.policies.insert(namespace.to_owned(), list(ask.look, &all(Kind::NetworkPolicy)).await?);
            self.services.insert(namespace.to_owned(), list(ask.look, &all(Kind::Service)).await?);
            self.pods.insert(namespace.to_owned(), list(ask.look, &all(Kind::Pod)).await?);
        }
        let node = pod.spec.as_ref().and_then(|spec| spec.node_name.clone()).unwrap_or_default();
        if !node.is_empty() && !self.nodes.contains_key(&node) {
            let path = format!("{}/{node}", Kind::Node.path());
            let read = match ask.look.get(&path).await {
                Err(kubernetes::Error::NotFound { .. }) => None,
                read => Some(decode(&path, &read?)?),
            };
            self.nodes.insert(node, read);
        }
        Ok(())
    }

    /// What the pod itself and its node say.
    fn own(&self, pod: &Pod, plan: &mut Sketch) {
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
            limit(format!("{pod_name} has its node in its hands: it can undo what a policy does to it"));
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

    /// Policies add up: what another one allows stays allowed.
    fn policies_of(&self, namespace: &str, pod: &Pod, plan: &mut Sketch) -> Vec<Clean> {
        let own = labels(&pod.metadata);
        let mut selecting = Vec::new();
        for policy in self.policies.get(namespace).into_iter().flatten() {
            let spec = policy.spec.clone().unwrap_or_default();
            let policy_name = name(&policy.metadata);
            let selector = spec.pod_selector.clone().unwrap_or_default();
            let ours = selector.match_labels.as_ref().is_some_and(|keys| keys.contains_key(TARGET));
            if ours || !selects(&selector, &own) {
                continue;
            }
            let some = |rules: usize| rules > 0;
            let (ingress, egress) =
                (some(spec.ingress.iter().flatten().count()), some(spec.egress.iter().flatten().count()));
            let ways = match (ingress, egress) {
                (true, true) => "in and out",
                (true, false) => "in",
                (false, true) => "out",
                (false, false) => "",
            };
            if !ways.is_empty() {
                let pod_name = name(&pod.metadata);
                let text = format!("policies add up: {policy_name} still allows {pod_name} some traffic {ways}");
                plan.note(PlanNote::Limit(text.into()));
            }
            selecting.push(policy_name);
        }
        selecting.sort();
        selecting
    }

    /// An isolated pod stays Ready, since its probes come from its node.
    fn services_of(&self, namespace: &str, pod: &Pod, plan: &mut Sketch) {
        let own = labels(&pod.metadata);
        for service in self.services.get(namespace).into_iter().flatten() {
            let selector: BTreeMap<_, _> =
                service.spec.iter().flat_map(|spec| spec.selector.iter().flatten()).collect();
            if !selector.is_empty() && selector.iter().all(|(key, value)| own.get(*key) == Some(*value)) {
                let text = format!(
                    "service {} goes on sending {} traffic while it is ready: callers wait in vain",
                    name(&service.metadata),
                    name(&pod.metadata)
                );
                plan.note(PlanNote::AlsoHit(text.into()));
            }
            if selector.contains_key(&TARGET.to_owned()) {
                let text = format!(
                    "service {} selects by {TARGET}: the label changes what it sends where",
                    name(&service.metadata)
                );
                plan.note(PlanNote::AlsoHit(text.into()));
            }
        }
    }

    fn siblings(&self, ask: &Ask<'_>, namespace: &str, pod: &Pod, plan: &mut Sketch) {
        let Some(owner) = controller(&pod.metadata) else { return };
        let others: Vec<&Pod> = self
            .pods
            .get(namespace)
            .into_iter()
            .flatten()
            .filter(|other| controller(&other.metadata).is_some_and(|of| of.uid == owner.uid))
            .filter(|other| !ask.targets.iter().any(|target| other.metadata.uid == Some(target.uid.to_string())))
            .collect();
        if !others.is_empty() {
            let names: Vec<_> = others.iter().map(|other| name(&other.metadata).to_string()).collect();
            let text = format!(
                "of the same {} and not among the targets: {}",
                Clean::from(owner.kind.as_str()),
                names.join(", ")
            );
            plan.note(PlanNote::Limit(text.into()));
        }
        let node = |of: &Pod| of.spec.as_ref().and_then(|spec| spec.node_name.clone());
        let sharing: Vec<_> = others
            .iter()
            .filter(|other| node(other).is_some() && node(other) == node(pod))
            .map(|other| name(&other.metadata).to_string())
            .collect();
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

/// Whether the pod has a way to its node.
fn reaches_node(pod: &Pod) -> bool {
    let Some(spec) = &pod.spec else { return false };
    let shares = [spec.host_pid, spec.host_ipc, spec.host_network].contains(&Some(true));
    let mounts = spec.volumes.iter().flatten().any(|volume| volume.host_path.is_some());
    let init = spec.init_containers.iter().flatten();
    let privileged = spec
        .containers
        .iter()
        .chain(init)
        .any(|container| container.security_context.as_ref().and_then(|context| context.privileged) == Some(true));
    shares || mounts || privileged
}
