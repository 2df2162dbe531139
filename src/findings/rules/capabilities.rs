//! Linux capabilities that are added.

use super::frame::{Rule, Severity, Sightings, Spec, World, is_node_agent};
use crate::model::Clean;

pub const RULE: &dyn Rule = &Capabilities;

struct Capabilities;

static SPEC: Spec = Spec {
    id: "capabilities",
    title: "added capabilities",
    why: "Some capabilities are the node by another name: SYS_ADMIN mounts its disks, SYS_MODULE loads code into its \
          kernel, SYS_PTRACE with the host's process table enters any process; NET_ADMIN and NET_RAW redirect and \
          forge what the node's pods send.",
    playbook: "privileged-container",
};

/// Those that lead to the node.
const GRAVE: [&str; 9] =
    ["ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "SYS_RAWIO", "SYS_BOOT", "DAC_READ_SEARCH", "BPF", "MAC_ADMIN"];

/// Those that a container has anyway (containerd's default set), and one that only binds low ports.
const USUAL: [&str; 14] = [
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "SETGID",
    "SETUID",
    "SETPCAP",
    "NET_BIND_SERVICE",
    "NET_RAW",
    "SYS_CHROOT",
    "MKNOD",
    "AUDIT_WRITE",
    "SETFCAP",
];

impl Rule for Capabilities {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn by_pod(&self) -> bool {
        true
    }

    fn look(&self, world: &World<'_>, seen: &mut Sightings) {
        for pod in world.pods() {
            let added = &pod.given().capabilities;
            let Some(worst) = added.iter().map(|(_, capability)| grade(capability)).max() else { continue };
            if worst == Severity::Info {
                continue;
            }
            let severity = if is_node_agent(pod) { Severity::Low } else { worst };
            seen.pod(pod, severity, format!("adds {}", words(added)));
        }
    }
}

/// `SYS_ADMIN, SYS_PTRACE to web; NET_ADMIN to proxy`
fn words(added: &[(Clean, Clean)]) -> String {
    let mut by_container: Vec<(&Clean, Vec<&str>)> = Vec::new();
    for (container, capability) in added {
        match by_container.iter_mut().find(|(name, _)| *name == container) {
            Some((_, capabilities)) => capabilities.push(capability),
            None => by_container.push((container, vec![capability])),
        }
    }
    let words = by_container.iter().map(|(name, capabilities)| format!("{} to {name}", capabilities.join(", ")));
    words.collect::<Vec<_>>().join("; ")
}

fn grade(capability: &str) -> Severity {
    let name = capability.to_ascii_uppercase();
    let name = name.strip_prefix("CAP_").unwrap_or(&name);
    if GRAVE.contains(&name) {
        Severity::High
    } else if USUAL.contains(&name) {
        Severity::Info
    } else {
        Severity::Medium
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame::tests::{pod, seen};
    use super::*;

    #[test]
    fn what_leads_to_the_node_is_told_from_what_every_container_has() {
        let with = |number, name: &str, added: &[(&str, &str)]| {
            let mut pod = pod(number, "shop", name);
            pod.given.capabilities = added.iter().map(|(of, what)| ((*of).into(), (*what).into())).collect();
            pod
        };
        let pods = vec![
            with(1, "web", &[("main", "cap_sys_admin"), ("main", "NET_ADMIN"), ("proxy", "CHOWN")]),
            with(2, "mesh", &[("proxy", "NET_ADMIN")]),
            with(3, "api", &[("main", "NET_BIND_SERVICE")]),
        ];
        assert_eq!(
            seen(&Capabilities, pods),
            [
                "HIGH Deployment shop/web: adds cap_sys_admin, NET_ADMIN to main; CHOWN to proxy",
                "MEDIUM Deployment shop/mesh: adds NET_ADMIN to proxy"
            ]
        );
    }
}
