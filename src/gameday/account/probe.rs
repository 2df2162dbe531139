//! What a node of a game day says of itself, in agreement with its object.

use serde_json::Value;

use super::super::json::text;

/// The report of `probe-node`.
pub(super) fn run(node: &Value) -> String {
    let info = |field: &str| text(node, &format!("/status/nodeInfo/{field}")).to_owned();
    let kib = |field: &str| text(node, field).strip_suffix("Ki").and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0);
    let (memory, disk) = (kib("/status/capacity/memory"), kib("/status/capacity/ephemeral-storage"));
    let machine = if info("architecture") == "arm64" { "aarch64" } else { "x86_64" };
    let mut lines = vec![
        "podmortem-probe 1".to_owned(),
        format!("os {}", info("osImage")),
        format!("kernel {}", info("kernelVersion")),
        format!("machine {machine}"),
        "lockdown none".to_owned(),
        "modules_disabled 0".to_owned(),
        "selinux Permissive".to_owned(),
        "memory_through /proc/kcore".to_owned(),
        format!("memory {memory} {}", memory / 10 * 6),
        format!("uptime {}", 86_400),
    ];
    for place in ["/", "/tmp", "/var/lib/containerd", "/var/lib/kubelet"] {
        lines.push(format!("disk {place} {disk} {}", disk / 10 * 7));
    }
    lines.push(format!("runtime {}", info("containerRuntimeVersion").replace("://", " ")));
    lines.extend(["nerdctl", "ctr", "nft", "iptables", "nsenter"].map(|tool| format!("tool {tool}")));
    lines.push("end\n".to_owned());
    lines.join("\n")
}
