//! Privileged containers.

use super::frame::{Rule, Severity, Sightings, Spec, World, is_node_agent, joined};
use crate::model::Security;

pub const RULE: &dyn Rule = &Privileged;

struct Privileged;

static SPEC: Spec = Spec {
    id: "privileged",
    title: "privileged container",
    why: "A privileged container has every capability and every device of its node: whoever is in it has the node, the \
          pods on it and the credentials of both.",
    playbook: "privileged-container",
};

impl Rule for Privileged {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn by_pod(&self) -> bool {
        true
    }

    fn look(&self, world: &World<'_>, seen: &mut Sightings) {
        for pod in world.pods().filter(|pod| pod.security().has(Security::PRIVILEGED)) {
            let severity = if is_node_agent(pod) { Severity::Low } else { Severity::High };
            let names = joined(&pod.given().privileged);
            seen.pod(pod, severity, format!("privileged: {}", if names.is_empty() { "a container" } else { &names }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame::tests::{pod, seen};
    use super::*;

    #[test]
    fn privileged_containers_are_seen_and_node_agents_below_them() {
        let mut web = pod(1, "shop", "web");
        web.security.add(Security::PRIVILEGED);
        web.given.privileged = vec!["main".into()];
        let mut agent = pod(2, "kube-system", "proxy");
        agent.security.add(Security::PRIVILEGED);
        agent.meta.owner.as_mut().unwrap().kind = "DaemonSet".into();
        let seen = seen(&Privileged, vec![web, agent, pod(3, "shop", "api")]);
        assert_eq!(
            seen,
            [
                "HIGH Deployment shop/web: privileged: main",
                "LOW DaemonSet kube-system/proxy-7d9f: privileged: a container"
            ]
        );
    }
}
