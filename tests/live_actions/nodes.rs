//! What is done to nodes. They are everybody's: what a test changes is back at its end.

use serde_json::Value;

use super::lab::{Lab, kubectl, object};

/// The last node, which no other test marks.
fn node() -> (String, Value) {
    let list = object(&["nodes"]);
    let node = list["items"].as_array().unwrap().last().unwrap().clone();
    (node["metadata"]["name"].as_str().unwrap().to_owned(), node)
}

fn taints(node: &Value) -> Vec<Value> {
    let all = node["spec"]["taints"].as_array().cloned().unwrap_or_default();
    all.into_iter().filter(|taint| taint["key"] == "ir-test").collect()
}

#[test]
fn a_node_is_labelled_tainted_and_released() {
    let Some(lab) = Lab::new("node") else { return };
    let (name, before) = node();
    let target = format!("node/{name}");
    lab.act(&["label-node", &target, "--set", "label=ir-test=quarantine"]);
    let said = lab.refused(&["taint-node", &target, "--set", "taint=ir-test=quarantine:NoExecute"]);
    assert!(said.contains("would evict"), "{said}");
    lab.act(&["taint-node", &target, "--set", "taint=ir-test=quarantine:NoSchedule"]);
    let after = object(&[&target]);
    assert_eq!(after["metadata"]["labels"]["ir-test"], "quarantine");
    assert_eq!(taints(&after)[0]["effect"], "NoSchedule");
    lab.undo();
    let undone = object(&[&target]);
    assert!(undone["metadata"]["labels"]["ir-test"].is_null());
    assert_eq!(taints(&undone), taints(&before));
    lab.verified();
}

#[test]
fn a_node_that_is_cordoned_is_opened_and_cordoned_again() {
    let Some(lab) = Lab::new("uncordon") else { return };
    let (name, before) = node();
    let target = format!("node/{name}");
    let was_closed = before["spec"]["unschedulable"] == true;
    if !was_closed {
        assert!(kubectl(&["cordon", &name]).status.success());
    }
    lab.act(&["uncordon", &target]);
    assert!(object(&[&target])["spec"]["unschedulable"].is_null());
    lab.undo();
    assert_eq!(object(&[&target])["spec"]["unschedulable"], true);
    if !was_closed {
        assert!(kubectl(&["uncordon", &name]).status.success());
    }
}
