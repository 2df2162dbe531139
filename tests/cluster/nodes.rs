//! Nodes.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::ground::{Failure, Ground, agree, at, differences, list, text};

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
    let Some(ground) = Ground::admin()? else { return Ok(()) };
    let taint =
        |taint: &Value| json!({"key": at(taint, "/key"), "value": at(taint, "/value"), "effect": at(taint, "/effect")});
    let address = |node: &Value| {
        let all = list(node, "/status/addresses");
        all.iter().find(|address| at(address, "/type") == "InternalIP").map(|address| at(address, "/address"))
    };
    agree(|| {
        let (ours, theirs) = (ground.items(&["nodes"])?, ground.kubectl_items(&["get", "nodes"])?);
        assert!(!theirs.is_empty());
        Ok(differences(
            &ours,
            &theirs,
            &[
                ("/ready", &ready),
                ("/unschedulable", &|node| json!(at(node, "/spec/unschedulable") == json!(true))),
                ("/providerID", &|node| at(node, "/spec/providerID")),
                ("/instanceId", &|node| {
                    let id = text(node, "/spec/providerID").unwrap_or_default();
                    json!(id.rsplit('/').next().filter(|last| last.starts_with("i-")))
                }),
                ("/zone", &|node| at(node, "/metadata/labels/topology.kubernetes.io~1zone")),
                ("/instanceType", &|node| at(node, "/metadata/labels/node.kubernetes.io~1instance-type")),
                ("/group", &|node| {
                    let makers = ["eks.amazonaws.com~1nodegroup", "karpenter.sh~1nodepool"];
                    let named = makers.iter().find_map(|maker| text(node, &format!("/metadata/labels/{maker}")));
                    json!(named)
                }),
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
    let Some(ground) = Ground::admin()? else { return Ok(()) };
    agree(|| {
        let nodes = ground.items(&["nodes"])?;
        let pods = ground.kubectl_items(&["get", "pods", "-A"])?;
        let on = |name: &Value| pods.values().filter(|pod| at(pod, "/spec/nodeName") == *name).count();
        let wrong = nodes.values().filter(|node| at(node, "/pods") != json!(on(&at(node, "/metadata/name"))));
        Ok(wrong
            .map(|node| format!("{} does not have {} pods", at(node, "/metadata/name"), at(node, "/pods")))
            .collect())
    })?;
    let hosts = ground.items(&["nodes", "--workload", "deploy/web", "-n", "shop"])?;
    let web = ground.kubectl_items(&["get", "pods", "-n", "shop", "-l", "app=web"])?;
    for name in hosts.values().map(|node| at(node, "/metadata/name")) {
        assert!(web.values().any(|pod| at(pod, "/spec/nodeName") == name), "{name} hosts no pod of web");
    }
    assert!(!hosts.is_empty());
    Ok(())
}

#[test]
fn the_table_shows_what_kubectl_shows() -> Result<(), Failure> {
    let Some(ground) = Ground::admin()? else { return Ok(()) };
    let rows = |table: &str| -> BTreeSet<(String, String)> {
        let mut lines = table.lines().map(|line| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        let headings = lines.next().unwrap_or_default();
        let place = |title: &str| headings.iter().position(|heading| heading == title);
        let (name, status) = (place("NAME"), place("STATUS"));
        lines.filter_map(|line| Some((line.get(name?)?.clone(), line.get(status?)?.clone()))).collect()
    };
    agree(|| {
        let (ours, theirs) = (rows(&ground.run(&["nodes"])?.out), rows(&ground.kubectl(&["get", "nodes"])?));
        Ok(if ours == theirs { vec![] } else { vec![format!("{ours:?}\nis not\n{theirs:?}")] })
    })
}
