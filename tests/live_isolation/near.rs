//! What a pod is offered near by: the cluster's DNS, its instance's metadata, credentials.

use std::net::{TcpListener, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::thread;

use serde_json::json;

use super::bench::*;

/// This machine, as the nodes reach it.
const HERE: &str = "203.0.113.1";

/// Where the stand-in for the metadata listens.
const METADATA: u16 = 8169;

/// A DNS behind the service `kube-dns`, metadata at its address behind every node, and an agent on each.
struct Neighbourhood {
    agents: Vec<Child>,
}

impl Neighbourhood {
    fn new() -> Self {
        let questions = UdpSocket::bind((HERE, 53)).unwrap();
        thread::spawn(move || {
            let mut question = [0; 512];
            while let Ok((read, from)) = questions.recv_from(&mut question) {
                let _ = questions.send_to(&question[..read], from);
            }
        });
        for port in [53, METADATA] {
            let listener = TcpListener::bind((HERE, port)).unwrap();
            thread::spawn(move || listener.incoming().for_each(drop));
        }
        let ports =
            json!([{"name": "dns", "protocol": "UDP", "port": 53}, {"name": "dns-tcp", "protocol": "TCP", "port": 53}]);
        apply(&json!({
            "apiVersion": "v1", "kind": "Service", "metadata": {"name": "kube-dns", "namespace": "kube-system"},
            "spec": {"clusterIP": "198.18.0.10", "ports": ports},
        }));
        apply(&json!({
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
            "metadata": {"name": "kube-dns-here", "namespace": "kube-system",
                "labels": {"kubernetes.io/service-name": "kube-dns"}},
            "endpoints": [{"addresses": [HERE], "conditions": {"ready": true}}], "ports": ports,
        }));
        let agents = ["1", "2"].map(|node| {
            let to = format!("ip daddr 169.254.169.254 tcp dport 80 dnat to {HERE}:{METADATA}");
            let rules = format!(
                "table ip test_metadata {{ chain a {{ type nat hook prerouting priority -100; {to}; }}; \
                 chain b {{ type nat hook output priority -100; {to}; }}; }}"
            );
            on_cluster(&["node", node, "nft", &rules]);
            on_cluster(&["node", node, "ip", "addr", "add", "169.254.170.23/32", "dev", "lo"]);
            let network = format!("--net=/run/netns/rc-node{node}");
            let mut httpd = Command::new("nsenter");
            httpd.args([&network, "busybox", "httpd", "-f", "-p", "169.254.170.23:80", "-h", "/proc/self/fdinfo"]);
            httpd.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
        });
        Self { agents: agents.into() }
    }
}

impl Drop for Neighbourhood {
    fn drop(&mut self) {
        for agent in &mut self.agents {
            let _ = agent.kill();
            let _ = agent.wait();
        }
        for node in ["1", "2"] {
            on_cluster(&["node", node, "nft", "delete", "table", "ip", "test_metadata"]);
            on_cluster(&["node", node, "ip", "addr", "del", "169.254.170.23/32", "dev", "lo"]);
        }
        kubectl(&["delete", "service", "kube-dns", "-n", "kube-system"]);
        kubectl(&["delete", "endpointslice", "kube-dns-here", "-n", "kube-system", "--ignore-not-found"]);
    }
}

#[test]
fn names_metadata_and_credentials_are_tried_and_said() {
    if cluster().is_none() {
        return;
    }
    let bench = Bench::new("LIVE-N6 near", "cut");
    let _here = Neighbourhood::new();
    let pod = format!("pod/{}", text(&pods("web")[0], "/metadata/name"));
    let isolate = ["isolate-pod", &pod, "-n", "shop"];
    let (verdict, why) = bench.act(&isolate).remove(0);
    assert_eq!(verdict, "proven-for-pod", "{why}");
    for part in [
        "the cluster's DNS at 198.18.0.10:53 is out of its reach, UDP and TCP",
        "the instance metadata service is out of its reach",
        "the Pod Identity agent of its node still answers it at 169.254.170.23:80",
        "it has no way out over IPv6",
    ] {
        assert!(why.contains(part), "{part}: {why}");
    }
    let (verdict, why) = bench.act(&["hard-cut", &pod, "-n", "shop"]).remove(0);
    assert_eq!(verdict, "proven-for-pod", "{why}");
    assert!(why.contains("the Pod Identity agent is out of its reach"), "{why}");
    bench.release();

    on_cluster(&["enforce", "off"]);
    let (verdict, why) = bench.act(&isolate).remove(0);
    assert_eq!(verdict, "not-enforced", "{why}");
    assert!(why.contains("the instance metadata service at 169.254.169.254:80 still answers it"), "{why}");
    bench.release();
}
