//! Paths of the node in containers.

use super::frame::{Rule, Severity, Sightings, Spec, World, is_node_agent};
use crate::model::Clean;

pub const RULE: &dyn Rule = &HostPaths;

struct HostPaths;

static SPEC: Spec = Spec {
    id: "host-paths",
    title: "paths of the node",
    why: "What lies on the node belongs to every pod on it: with its root, its kubelet's or its runtime's files a \
          container reads their secrets and tokens, and where it may write, it runs what it likes on the node.",
    playbook: "privileged-container",
};

/// Paths that are the node, or the credentials of everything on it, with all below and above them.
const GRAVE: [&str; 12] = [
    "/etc",
    "/root",
    "/proc",
    "/dev",
    "/boot",
    "/var/lib/kubelet",
    "/var/lib/containerd",
    "/var/lib/docker",
    "/var/lib/rancher",
    "/var/spool/cron",
    "/usr",
    "/home",
];

/// Paths that tell much, or lead further with some work.
const TELLING: [&str; 6] = ["/var/log", "/sys", "/opt", "/lib", "/run", "/var/run"];

impl Rule for HostPaths {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn by_pod(&self) -> bool {
        true
    }

    fn look(&self, world: &World<'_>, seen: &mut Sightings) {
        for pod in world.pods() {
            let paths = &pod.given().paths;
            let Some(worst) = paths.iter().map(|path| grade(path)).max() else { continue };
            let severity = if is_node_agent(pod) { worst.min(Severity::Low) } else { worst };
            seen.pod(pod, severity, format!("mounts of its node: {}", words(paths)));
        }
    }
}

/// The gravest first.
fn words(paths: &[Clean]) -> String {
    let mut paths: Vec<&Clean> = paths.iter().collect();
    paths.sort_by_key(|path| std::cmp::Reverse(grade(path)));
    paths.into_iter().map(Clean::as_str).collect::<Vec<_>>().join(", ")
}

fn grade(path: &str) -> Severity {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    if parts.is_empty() {
        return Severity::High;
    }
    let holds = |known: &&str| {
        let known: Vec<&str> = known.split('/').filter(|part| !part.is_empty()).collect();
        known.starts_with(&parts) || parts.starts_with(&known)
    };
    if GRAVE.iter().any(&holds) {
        Severity::High
    } else if TELLING.iter().any(&holds) {
        Severity::Medium
    } else {
        Severity::Low
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame::tests::{pod, seen};
    use super::*;

    #[test]
    fn a_path_is_as_grave_as_what_lies_there() {
        for (path, severity) in [
            ("/", Severity::High),
            ("//", Severity::High),
            ("/./etc/", Severity::High),
            ("/etc/kubernetes/pki", Severity::High),
            ("/var/lib", Severity::High),
            ("/var/log/pods", Severity::Medium),
            ("/data", Severity::Low),
            ("/etcetera", Severity::Low),
        ] {
            assert_eq!(grade(path), severity, "{path}");
        }
    }

    #[test]
    fn the_gravest_path_stands_first() {
        let mut web = pod(1, "shop", "web");
        web.given.paths = vec!["/data".into(), "/".into()];
        assert_eq!(seen(&HostPaths, vec![web]), ["HIGH Deployment shop/web: mounts of its node: /, /data"]);
    }
}
