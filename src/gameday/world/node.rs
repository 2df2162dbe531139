//! Nodes as kubelets and the cloud controller register them.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::json::set;
use super::super::random::Random;
use super::super::store::{Store, rfc3339};
use super::machine::{Fleet, Keeper};
use super::{Blueprint, DAY, ago};

/// Registers every node.
pub(super) fn nodes(store: &mut Store, blueprint: &Blueprint, now: Timestamp) {
    let mut place = 0;
    for fleet in blueprint.fleets {
        for number in 0..fleet.size {
            let joined = ago(now, fleet.days * DAY + store.random.below(40_000).cast_signed());
            let mut node = node(&mut store.random, blueprint, fleet, number, place, joined);
            let heard = rfc3339(ago(now, store.random.below(290).cast_signed()));
            for condition in node.pointer_mut("/status/conditions").and_then(Value::as_array_mut).into_iter().flatten()
            {
                set(condition, "/lastHeartbeatTime", heard.as_str());
            }
            place += 1;
            let lease = lease(&node, now);
            store.put(node, joined);
            store.put(lease, joined);
        }
    }
}

fn node(
    random: &mut Random,
    blueprint: &Blueprint,
    fleet: &Fleet,
    number: u64,
    place: u64,
    joined: Timestamp,
) -> Value {
    let region = blueprint.region;
    let letter = ["a", "b", "c"].get(usize::try_from(number % 3).unwrap_or(0)).copied().unwrap_or("a");
    let zone = format!("{region}{letter}");
    let address =
        format!("10.{}.{}.{}", if blueprint.trouble { 42 } else { 57 }, 16 * (number % 3), 10 + place * 5 % 240);
    let domain = if region == "us-east-1" { "ec2.internal".to_owned() } else { format!("{region}.compute.internal") };
    let dashed = address.replace('.', "-");
    let instance = format!("i-0{}", random.hex(16));
    let managed = format!("mi-0{}", random.hex(16));
    let (name, provider) = match fleet.keeper {
        Keeper::Managed | Keeper::SelfManaged => (format!("ip-{dashed}.{domain}"), format!("aws:///{zone}/{instance}")),
        Keeper::Auto => (instance.clone(), format!("aws:///{zone}/{instance}")),
        Keeper::Fargate => {
            let name = format!("fargate-ip-{dashed}.{domain}");
            let provider = format!("aws:///{zone}/{}-{}/{name}", random.hex(10), random.hex(32));
            (name, provider)
        }
        Keeper::Hybrid => (managed.clone(), format!("eks-hybrid:///{region}/{}/{managed}", blueprint.name)),
    };
    let arch = if fleet.system.kernel.ends_with("aarch64") { "arm64" } else { "amd64" };
    let mut labels = json!({
        "kubernetes.io/arch": arch, "kubernetes.io/os": "linux", "kubernetes.io/hostname": name,
        "beta.kubernetes.io/arch": arch, "beta.kubernetes.io/os": "linux",
    });
    if fleet.keeper != Keeper::Hybrid {
        let zone_id = if region == "us-east-1" { "use1-az" } else { "euw1-az" };
        set(&mut labels, "/topology.kubernetes.io~1region", region);
        set(&mut labels, "/topology.kubernetes.io~1zone", zone.as_str());
        set(&mut labels, "/topology.k8s.aws~1zone-id", format!("{zone_id}{}", 1 + number % 3));
    }
    if !fleet.instance.is_empty() {
        set(&mut labels, "/node.kubernetes.io~1instance-type", fleet.instance);
    }
    keeper_labels(&mut labels, random, fleet);
    let mut node = json!({
        "kind": "Node", "apiVersion": "v1",
        "metadata": {"name": name, "labels": labels, "annotations": {
            "alpha.kubernetes.io/provided-node-ip": address, "node.alpha.kubernetes.io/ttl": "0",
            "volumes.kubernetes.io/controller-managed-attach-detach": "true",
        }},
        "spec": {"providerID": provider},
        "status": status(random, fleet, &name, &address, arch, joined),
    });
    if let Some((key, value)) = fleet.taint {
        set(&mut node, "/spec/taints", json!([{"key": key, "value": value, "effect": "NoSchedule"}]));
    }
    node
}

fn keeper_labels(labels: &mut Value, random: &mut Random, fleet: &Fleet) {
    match fleet.keeper {
        Keeper::Managed => {
            set(labels, "/eks.amazonaws.com~1nodegroup", fleet.name);
            set(labels, "/eks.amazonaws.com~1capacityType", "ON_DEMAND");
            set(labels, "/eks.amazonaws.com~1nodegroup-image", format!("ami-0{}", random.hex(16)));
            set(labels, "/eks.amazonaws.com~1sourceLaunchTemplateId", format!("lt-0{}", random.hex(16)));
        }
        Keeper::SelfManaged => set(labels, "/shop.example~1asg", fleet.name),
        Keeper::Auto => {
            set(labels, "/eks.amazonaws.com~1compute-type", "auto");
            set(labels, "/eks.amazonaws.com~1nodeclass", "default");
            set(labels, "/karpenter.sh~1nodepool", fleet.name);
            set(labels, "/karpenter.sh~1capacity-type", "on-demand");
        }
        Keeper::Fargate => set(labels, "/eks.amazonaws.com~1compute-type", "fargate"),
        Keeper::Hybrid => {
            set(labels, "/eks.amazonaws.com~1compute-type", "hybrid");
            set(labels, "/eks.amazonaws.com~1hybrid-credential-provider", "ssm");
        }
    }
}

fn status(random: &mut Random, fleet: &Fleet, name: &str, address: &str, arch: &str, joined: Timestamp) -> Value {
    let (since, system) = (rfc3339(joined), fleet.system);
    let condition = |kind: &str, status: &str, reason: &str, message: &str| json!({"type": kind, "status": status, "reason": reason, "message": message, "lastHeartbeatTime": since, "lastTransitionTime": since});
    let resources = |spare: u64| {
        json!({
            "cpu": fleet.cpus.to_string(), "memory": format!("{}Ki", fleet.memory * 1_048_576 - spare),
            "ephemeral-storage": "83873772Ki", "hugepages-1Gi": "0", "hugepages-2Mi": "0",
            "pods": if fleet.keeper == Keeper::Fargate { "1" } else { "58" },
        })
    };
    json!({
        "addresses": [
            {"type": "InternalIP", "address": address}, {"type": "InternalDNS", "address": name},
            {"type": "Hostname", "address": name},
        ],
        "capacity": resources(220_000), "allocatable": resources(1_250_000),
        "conditions": [
            condition("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
            condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
            condition("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
            condition("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
        ],
        "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
        "nodeInfo": {
            "architecture": arch, "bootID": random.uuid(), "containerRuntimeVersion": system.runtime,
            "kernelVersion": system.kernel, "kubeProxyVersion": "", "kubeletVersion": system.kubelet,
            "machineID": random.hex(32), "operatingSystem": "linux", "osImage": system.image,
            "systemUUID": format!("ec2{}", &random.uuid().split_off(3)),
        },
    })
}

fn lease(node: &Value, now: Timestamp) -> Value {
    let name = node.pointer("/metadata/name").cloned().unwrap_or_default();
    json!({
        "kind": "Lease", "apiVersion": "coordination.k8s.io/v1",
        "metadata": {"name": name, "namespace": "kube-node-lease"},
        "spec": {"holderIdentity": name, "leaseDurationSeconds": 40, "renewTime": now.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string()},
    })
}
