//! The container runtime's socket in a container.

use super::frame::{Rule, Severity, Sightings, Spec, World, is_node_agent};

pub const RULE: &dyn Rule = &ContainerSocket;

struct ContainerSocket;

static SPEC: Spec = Spec {
    id: "container-socket",
    title: "socket of the container runtime",
    why: "Whoever speaks to the container runtime starts containers on the node that the API server never hears of, \
          privileged ones too, and enters those that run.",
    playbook: "privileged-container",
};

/// Where runtimes listen; `/var/run` is a link to `/run` on every distribution that EKS has.
const SOCKETS: [&str; 6] = [
    "/run/containerd/containerd.sock",
    "/run/docker.sock",
    "/run/dockershim.sock",
    "/run/crio/crio.sock",
    "/run/k3s/containerd/containerd.sock",
    "/run/podman/podman.sock",
];

impl Rule for ContainerSocket {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn by_pod(&self) -> bool {
        true
    }

    fn look(&self, world: &World<'_>, seen: &mut Sightings) {
        for pod in world.pods() {
            for path in pod.given().paths.iter().filter(|path| reaches_a_socket(path)) {
                let severity = if is_node_agent(pod) { Severity::Low } else { Severity::High };
                seen.pod(pod, severity, format!("mounts {path}, where the container runtime listens"));
            }
        }
    }
}

/// Whether a socket is that path or lies below it. That the root of the node holds them all is told as that.
fn reaches_a_socket(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let run = parts.strip_prefix(&["var", "run"]).map(|rest| [&["run"], rest].concat()).unwrap_or(parts);
    let socket = |socket: &&str| socket.split('/').skip(1).collect::<Vec<_>>().starts_with(&run);
    !run.is_empty() && SOCKETS.iter().any(socket)
}

#[cfg(test)]
mod tests {
    use super::super::frame::tests::{pod, seen};
    use super::*;

    #[test]
    fn a_socket_is_reached_by_its_path_and_by_every_folder_above() {
        for path in ["/var/run/docker.sock", "/run/containerd/", "/var/run", "//run/crio/crio.sock", "/run"] {
            assert!(reaches_a_socket(path), "{path}");
        }
        for path in ["/", "/var", "/run/secrets", "/run/containerd/io", "/var/lib/docker.sock"] {
            assert!(!reaches_a_socket(path), "{path}");
        }
    }

    #[test]
    fn the_path_is_named() {
        let mut web = pod(1, "shop", "ci");
        web.given.paths = vec!["/var/run/docker.sock".into()];
        let expected = "HIGH Deployment shop/ci: mounts /var/run/docker.sock, where the container runtime listens";
        assert_eq!(seen(&ContainerSocket, vec![web]), [expected]);
    }
}
