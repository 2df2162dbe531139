//! Pods in the namespaces of their node.

use super::frame::{Rule, Severity, Sightings, Spec, World, is_node_agent};
use crate::model::Security;

pub const RULE: &dyn Rule = &HostNamespaces;

struct HostNamespaces;

static SPEC: Spec = Spec {
    id: "host-namespaces",
    title: "namespaces of the node",
    why: "In the node's process table a container sees the environment and the files of every process; in its network \
          no NetworkPolicy reaches it, it hears what others send on the node, and the instance's credentials are one \
          request away.",
    playbook: "privileged-container",
};

/// Each namespace, and how bad it is alone.
const NAMESPACES: [(Security, &str, Severity); 3] = [
    (Security::HOST_PID, "hostPID", Severity::High),
    (Security::HOST_NETWORK, "hostNetwork", Severity::Medium),
    (Security::HOST_IPC, "hostIPC", Severity::Medium),
];

impl Rule for HostNamespaces {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn by_pod(&self) -> bool {
        true
    }

    fn look(&self, world: &World<'_>, seen: &mut Sightings) {
        for pod in world.pods() {
            let shared: Vec<_> = NAMESPACES.iter().filter(|(fact, ..)| pod.security().has(*fact)).collect();
            let Some(worst) = shared.iter().map(|(.., severity)| *severity).max() else { continue };
            let severity = if is_node_agent(pod) { Severity::Low } else { worst };
            let names: Vec<&str> = shared.iter().map(|(_, name, _)| *name).collect();
            seen.pod(pod, severity, format!("shares with its node: {}", names.join(", ")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame::tests::{pod, seen};
    use super::*;

    #[test]
    fn each_namespace_is_named() {
        let mut web = pod(1, "shop", "web");
        web.security.add(Security::HOST_PID);
        web.security.add(Security::HOST_NETWORK);
        let mut api = pod(2, "shop", "api");
        api.security.add(Security::HOST_IPC);
        assert_eq!(
            seen(&HostNamespaces, vec![web, api, pod(3, "shop", "other")]),
            [
                "HIGH Deployment shop/web: shares with its node: hostPID, hostNetwork",
                "MEDIUM Deployment shop/api: shares with its node: hostIPC"
            ]
        );
    }
}
