//! What is done to pods.

use serde_json::json;

use super::lab::{Lab, eventually, kubectl, object};

#[test]
fn a_pod_is_labelled_and_its_owner_keeps_it() {
    let Some(lab) = Lab::new("label") else { return };
    let pod = lab.pod();
    let before = lab.get(&pod);
    let said = lab.refused(&["label-pod", &pod, "--set", "label=app=other", "--set", "replace=yes"]);
    assert!(said.contains("starts a replacement"), "{said}");
    let said = lab.refused(&["label-pod", &pod, "--set", "label=app=other"]);
    assert!(said.contains("app=web already"), "{said}");
    let said = lab.refused(&["label-pod", &pod, "--set", "colour=red"]);
    assert!(said.contains("there is no option colour"), "{said}");

    lab.act(&["label-pod", &pod, "--set", "label=status=PRIVILEGED-POD", "--set", "annotation=ir/why=a = b"]);
    let after = lab.get(&pod);
    assert_eq!(after["metadata"]["labels"]["status"], "PRIVILEGED-POD");
    assert_eq!(after["metadata"]["annotations"]["ir/why"], "a = b");
    assert_eq!(after["metadata"]["ownerReferences"], before["metadata"]["ownerReferences"]);
    assert_eq!(lab.pods().len(), 2);

    lab.undo();
    let undone = lab.get(&pod);
    for part in ["labels", "annotations"] {
        assert_eq!(undone["metadata"][part], before["metadata"][part]);
    }
    lab.verified();
}

#[test]
fn what_somebody_else_made_of_a_label_stays() {
    let Some(lab) = Lab::new("theirs") else { return };
    let pod = lab.pod();
    lab.act(&["label-pod", &pod]);
    assert_eq!(lab.get(&pod)["metadata"]["labels"]["status"], "quarantine");
    assert!(kubectl(&["label", "-n", &lab.namespace, &pod, "status=cleared", "--overwrite"]).status.success());
    lab.undo();
    let labels = lab.get(&pod)["metadata"]["labels"].clone();
    assert_eq!(labels["status"], "cleared");
    assert!(labels["ir.podmortem/case"].is_null(), "{labels}");
}

#[test]
fn a_pod_leaves_its_service_and_comes_back() {
    let Some(lab) = Lab::new("service") else { return };
    let pod = lab.pod();
    let uid = lab.get(&pod)["metadata"]["uid"].clone();
    let named = || {
        let slices = object(&["endpointslices", "-n", &lab.namespace, "-l", "kubernetes.io/service-name=web"]);
        let endpoints = slices["items"].as_array().unwrap().iter().flat_map(|slice| slice["endpoints"].as_array());
        let mut all = endpoints.flatten().map(|endpoint| endpoint["targetRef"]["uid"].clone());
        all.any(|one| one == uid)
    };
    assert!(named());
    lab.act(&["remove-from-services", &pod]);
    assert!(!named());
    assert_eq!(lab.get(&pod)["metadata"]["labels"]["app"], "web");
    assert_eq!(lab.pods().len(), 2);
    lab.undo();
    eventually("the service names the pod again", named);

    // The service of the demo selects by its owner's label alone.
    lab.apply(&json!({
        "apiVersion": "v1", "kind": "Service", "metadata": lab.meta("web"),
        "spec": {"selector": {"app": "web", "traffic": null}, "ports": [{"port": 80, "targetPort": 8080}]},
    }));
    let said = lab.refused(&["remove-from-services", &pod]);
    assert!(said.contains("by its owner's labels alone"), "{said}");
}

#[test]
fn innocent_pods_go_as_their_budget_allows() {
    let Some(lab) = Lab::new("evict") else { return };
    lab.apply(&json!({
        "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": lab.meta("web"),
        "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}},
    }));
    let allowed = || lab.get("pdb/web")["status"]["disruptionsAllowed"] == 1;
    eventually("the budget allows one", allowed);
    let before: Vec<String> =
        lab.pods().iter().map(|pod| pod["metadata"]["name"].as_str().unwrap().to_owned()).collect();
    let pods: Vec<String> = before.iter().map(|name| format!("pod/{name}")).collect();
    let plan = lab.act(&[&["evict"], &pods.iter().map(String::as_str).collect::<Vec<_>>()[..]].concat());
    assert!(plan["notes"].to_string().contains("allows 1 of 2 pods"), "{}", plan["notes"]);
    assert!(plan["notes"].to_string().contains("NOT captured"), "{}", plan["notes"]);
    let after = lab.pods();
    assert!(after.iter().all(|pod| !before.iter().any(|name| pod["metadata"]["name"] == name.as_str())));

    lab.act(&["label-pod", &lab.pod()]);
    let said = lab.refused(&["evict", &lab.pod()]);
    assert!(said.contains("marked for a case"), "{said}");
}

#[test]
fn a_deleted_pod_has_ended_on_its_node() {
    let Some(lab) = Lab::new("delete") else { return };
    let pod = lab.pod();
    let uid = lab.get(&pod)["metadata"]["uid"].clone();
    lab.act(&["capture-pod", &pod]);
    lab.plan(&["delete-pod", &pod]);
    assert!(lab.get(&pod)["metadata"]["deletionTimestamp"].is_null(), "a plan has deleted the pod");
    let plan = lab.act(&["delete-pod", &pod]);
    assert_eq!(plan["calls"][0]["body"]["preconditions"]["uid"], uid);
    assert!(plan["calls"][0]["body"]["gracePeriodSeconds"].as_u64().unwrap() >= 1);
    assert!(plan["notes"].to_string().contains("captured in this case, all of them"), "{}", plan["notes"]);
    let list = object(&["pods", "-n", &lab.namespace]);
    assert!(list["items"].as_array().unwrap().iter().all(|pod| pod["metadata"]["uid"] != uid));
}
