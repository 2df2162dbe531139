//! Debug containers: somebody's session, or somebody's way in.

use super::frame::{Rule, Severity, Sightings, Spec, World};
use crate::model::facts::ContainerRole;

pub const RULE: &dyn Rule = &DebugContainer;

struct DebugContainer;

static SPEC: Spec = Spec {
    id: "debug-container",
    title: "debug container",
    why: "An ephemeral container is put into a running pod by a person (`kubectl debug`) and brings its own image into \
          the pod's network, volumes and, where it says so, processes; `kubectl debug node/…` makes a pod that has the \
          whole node. It stays in the specification until the pod ends: ask who put it there.",
    playbook: "capture-first",
};

impl Rule for DebugContainer {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn by_pod(&self) -> bool {
        true
    }

    fn look(&self, world: &World<'_>, seen: &mut Sightings) {
        for pod in world.pods() {
            for one in pod.containers().iter().filter(|one| one.role == ContainerRole::Ephemeral) {
                seen.pod(pod, Severity::Medium, format!("ephemeral container {} of {}", one.name, one.image));
            }
            // The name that kubectl gives them, and what it gives them; nothing else marks them.
            if pod.owner().is_none() && pod.name().starts_with("node-debugger-") && pod.security().reaches_node() {
                let saw = format!("a pod as `kubectl debug node/{}` makes it: {}", pod.node(), pod.security());
                seen.pod(pod, Severity::High, saw);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame::tests::{pod, seen};
    use super::*;
    use crate::model::Security;
    use crate::model::facts::ContainerFacts;

    #[test]
    fn debug_sessions_in_pods_and_on_nodes_are_seen() {
        let mut web = pod(1, "shop", "web");
        let debugger = ContainerFacts {
            name: "debugger-x".into(),
            image: "busybox".into(),
            role: ContainerRole::Ephemeral,
            ..ContainerFacts::default()
        };
        web.containers.push(debugger);
        let mut node = pod(2, "default", "x");
        node.meta.owner = None;
        node.meta.name = "node-debugger-node-1-abcde".into();
        node.security.add(Security::HOST_PID);
        assert_eq!(
            seen(&DebugContainer, vec![web, node]),
            [
                "HIGH Pod default/node-debugger-node-1-abcde: a pod as `kubectl debug node/node-1` makes it: hostPID",
                "MEDIUM Deployment shop/web: ephemeral container debugger-x of busybox"
            ]
        );
    }
}
