//! Pods that nothing made and nothing replaces.

use super::frame::{Rule, Severity, Sightings, Spec, World};

pub const RULE: &dyn Rule = &NoController;

struct NoController;

static SPEC: Spec = Spec {
    id: "no-controller",
    title: "pod outside any controller",
    why: "Somebody made this pod itself, by hand or by script, past whatever rolls workloads out. It may also have been \
          cut off from its workload by a label, as containment does.",
    playbook: "capture-first",
};

impl Rule for NoController {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn by_pod(&self) -> bool {
        true
    }

    fn look(&self, world: &World<'_>, seen: &mut Sightings) {
        for pod in world.pods().filter(|pod| pod.owner().is_none()) {
            let since = jiff::Timestamp::from_second(pod.created()).map(|at| at.to_string()).unwrap_or_default();
            // What a case of ours has isolated is no news to anybody.
            let ours = pod.labels().iter().any(|(key, _)| key.starts_with("ir.podmortem/"));
            let (severity, by) =
                if ours { (Severity::Info, ", and a case of podmortem's holds it") } else { (Severity::Medium, "") };
            seen.pod(pod, severity, format!("no controller owns it; made at {since}{by}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame::tests::{pod, seen};
    use super::*;

    #[test]
    fn a_pod_without_an_owner_is_seen() {
        let mut lone = pod(1, "shop", "lone");
        lone.meta.owner = None;
        let mut held = lone.clone();
        held.meta.uid = pod(2, "", "").meta.uid;
        held.meta.name = "held".into();
        held.meta.labels.push(("ir.podmortem/case".into(), "inc-42".into()));
        let seen = seen(&NoController, vec![lone, held, pod(3, "shop", "web")]);
        assert_eq!(seen.len(), 2, "{seen:?}");
        assert_eq!(seen[0], "MEDIUM Pod shop/lone-7d9f-1: no controller owns it; made at 1970-01-12T13:46:41Z");
        assert!(seen[1].starts_with("INFO Pod shop/held"), "{seen:?}");
    }
}
