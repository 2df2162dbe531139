//! Nodes.

use serde_json::{Value, json};

use crate::live::{Failure, Live, agree, at, differences, list, text};

fn ready(node: &Value) -> Value {
    let conditions = list(node, "/status/conditions");
    let ready = conditions.iter().find(|condition| at(condition, "/type") == "Ready");
    match ready.and_then(|ready| text(ready, "/status")).as_deref() {
        Some("True") => json!(true),
        Some("False") => json!(false),
        _ => Value::Null,
    }
}

#[test]
fn every_fact_of_a_node_agrees_with_kubectl() -> Result<(), Failure> {
    let Some(live) = Live::admin()? else { return Ok(()) };
    let taint =
        |taint: &Value| json!({"key": at(taint, "/key"), "value": at(taint, "/value"), "effect": at(taint, "/effect")});
    let address = |node: &Value| {
        let all = list(node, "/status/addresses");
        all.iter().find(|address| at(address, "/type") == "InternalIP").map(|address| at(address, "/address"))
    };
    agree(|| {
        let (ours, theirs) = (live.items(&["nodes"])?, live.kubectl_items(&["get", "nodes"])?);
        assert!(!theirs.is_empty());
        Ok(differences(
            &ours,
            &theirs,
            &[
                ("/ready", &ready),
                ("/unschedulable", &|node| json!(at(node, "/spec/unschedulable") == json!(true))),
                ("/providerID", &|node| at(node, "/spec/providerID")),
                ("/instanceId", &|node| {
                    json!(text(node, "/spec/providerID").and_then(|id| id.rsplit('/').next().map(str::to_owned)))
                }),
                ("/zone", &|node| at(node, "/metadata/labels/topology.kubernetes.io~1zone")),
                ("/instanceType", &|node| at(node, "/metadata/labels/node.kubernetes.io~1instance-type")),
                ("/group", &|node| at(node, "/metadata/labels/eks.amazonaws.com~1nodegroup")),
                ("/internalIP", &|node| json!(address(node))),
                ("/osImage", &|node| at(node, "/status/nodeInfo/osImage")),
                ("/kernelVersion", &|node| at(node, "/status/nodeInfo/kernelVersion")),
                ("/containerRuntimeVersion", &|node| at(node, "/status/nodeInfo/containerRuntimeVersion")),
                ("/kubeletVersion", &|node| at(node, "/status/nodeInfo/kubeletVersion")),
                ("/architecture", &|node| at(node, "/status/nodeInfo/architecture")),
                ("/taints", &|node| list(node, "/spec/taints").iter().map(taint).collect()),
            ],
        ))
    })
}

#[test]
fn nodes_know_their_pods() -> Result<(), Failure> {
    let Some(live) = Live::admin()? else { return Ok(()) };
    agree(|| {
        let nodes = live.items(&["nodes"])?;
        let pods = live.kubectl_items(&["get", "pods", "-A"])?;
        let on = |name: &Value| pods.values().filter(|pod| at(pod, "/spec/nodeName") == *name).count();
        let wrong = nodes.values().filter(|node| at(node, "/pods") != json!(on(&at(node, "/metadata/name"))));
        Ok(wrong
            .map(|node| format!("{} does not have {} pods", at(node, "/metadata/name"), at(node, "/pods")))
            .collect())
    })?;
    let hosts = live.items(&["nodes", "--workload", "deploy/web", "-n", "shop"])?;
    let web = live.kubectl_items(&["get", "pods", "-n", "shop", "-l", "app=web"])?;
    for name in hosts.values().map(|node| at(node, "/metadata/name")) {
        assert!(web.values().any(|pod| at(pod, "/spec/nodeName") == name), "{name} hosts no pod of web");
    }
    assert!(!hosts.is_empty());
    Ok(())
}
