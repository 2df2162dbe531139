//! From a container to its node.

use serde::Serialize;

use crate::inventory::Pod;
use crate::model::facts::NodeFacts;
use crate::model::{Clean, Security, Uid};

/// The node that is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Host {
    /// Its name.
    pub node: Clean,
    /// Its identity, where nodes are listed.
    pub uid: Option<Uid>,
    /// Its EC2 instance, empty where there is none or nodes are not listed.
    pub instance: Clean,
    /// What runs it: `managed`, `fargate`…; empty where nodes are not listed.
    pub runs_on: &'static str,
    /// How it is reached; none where it is itself the beginning.
    pub ways: Vec<Way>,
}

/// A way to the node that a specification opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Way {
    /// In the words of the specification: `privileged: web`, `hostPath /`.
    pub by: Clean,
    /// What it gives.
    pub gives: &'static str,
    /// Whether it gives the whole node, and not only a part of it.
    pub whole: bool,
}

/// Linux capabilities that give the whole node, alone or with one of its namespaces.
const WHOLE: [&str; 6] = ["ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO", "SYS_PTRACE", "DAC_READ_SEARCH"];

/// Paths of the node below which lies what gives all of it.
const ROOTS: [&str; 7] = ["", "etc", "root", "proc", "dev", "var", "run"];

/// Every way from a pod to its node.
pub fn ways(pod: Pod<'_>) -> Vec<Way> {
    let (security, given) = (pod.security(), pod.given());
    let mut ways = Vec::new();
    let mut way = |by: String, gives, whole| ways.push(Way { by: by.into(), gives, whole });
    if security.has(Security::PRIVILEGED) {
        let names = given.privileged.iter().map(Clean::as_str).collect::<Vec<_>>().join(", ");
        let by = if names.is_empty() { "privileged".to_owned() } else { format!("privileged: {names}") };
        way(by, "every device and capability of the node", true);
    }
    if security.has(Security::HOST_PID) {
        way("hostPID".to_owned(), "the node's processes, their environment and open files", false);
    }
    if security.has(Security::HOST_NETWORK) {
        let gives = "the node's network: no policy, the kubelet on loopback, the instance's credentials";
        way("hostNetwork".to_owned(), gives, false);
    }
    if security.has(Security::HOST_IPC) {
        way("hostIPC".to_owned(), "memory that the node's processes share", false);
    }
    for path in &given.paths {
        way(format!("hostPath {path}"), "the node's files there", is_root(path));
    }
    for (container, capability) in &given.capabilities {
        let name = capability.to_ascii_uppercase();
        let name = name.strip_prefix("CAP_").unwrap_or(&name);
        if WHOLE.contains(&name) {
            way(format!("{capability} of {container}"), "what the kernel refuses to others", true);
        }
    }
    if given.paths.is_empty() && security.has(Security::HOST_PATH) {
        way("hostPath".to_owned(), "files of the node", false);
    }
    ways
}

/// Whether a path of the node holds what gives all of it: its root, its kubelet, its runtime's socket.
fn is_root(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    match parts.as_slice() {
        [] => true,
        [first] => ROOTS.contains(first),
        ["var", "lib", rest @ ..] => matches!(rest, [] | ["kubelet" | "containerd" | "docker", ..]),
        ["var", "run"] | ["etc", "kubernetes" | "cron.d" | "systemd", ..] => true,
        [.., last] => last.ends_with(".sock"),
    }
}

/// A node that is reached, with what is known of it.
pub fn host(name: &Clean, facts: Option<&NodeFacts>, ways: Vec<Way>) -> Host {
    Host {
        node: name.clone(),
        uid: facts.map(|node| node.meta.uid),
        instance: facts.map(|node| node.instance_id.clone()).unwrap_or_default(),
        runs_on: facts.map_or("", |node| node.kind.word()),
        ways,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_give_the_whole_node_are_told_from_others() {
        for path in ["/", "//", "/etc", "/var/lib/kubelet/pods", "/run/containerd/containerd.sock", "/var/run", "/var"]
        {
            assert!(is_root(path), "{path}");
        }
        for path in ["/var/log", "/data", "/var/lib/postgres", "/run/secrets", "/opt/app"] {
            assert!(!is_root(path), "{path}");
        }
    }
}
