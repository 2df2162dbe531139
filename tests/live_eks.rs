//! From an AWS profile to the pods, with no kubeconfig at all, where
//! `PODMORTEM_LIVE_AWS` names an endpoint whose EKS lists the cluster `shop-prod`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says where and stops")]

use std::process::Command;

use podmortem::aws::{Place, eks, identity};
use podmortem::kubernetes::{Cluster, Entry, ReadOnly, facts_of_list};
use podmortem::model::{Kind, SessionId};

/// The environment is the process's, so each identity gets a process: this very test again.
fn as_key(test: &str, key: &str, secret: &str) {
    let Some(endpoint) = std::env::var_os("PODMORTEM_LIVE_AWS") else {
        println!("skipped: PODMORTEM_LIVE_AWS is not set");
        return;
    };
    let output = Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture", "--ignored"])
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("AWS_ACCESS_KEY_ID", key)
        .env("AWS_SECRET_ACCESS_KEY", secret)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env_remove("AWS_PROFILE")
        .env_remove("KUBECONFIG")
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

/// The Region of the stand-in account; clusters are found in their own Region only.
fn place() -> Place {
    let region = std::env::var("AWS_REGION").unwrap_or_else(|_| "us-east-1".to_owned());
    Place { region: Some(region), ..Place::default() }
}

async fn shop_prod() -> Cluster {
    let latch = ReadOnly::closed();
    let mut found = eks::discover(&[place()], &latch).await;
    let clusters = found.remove(0).1.unwrap();
    let shop = clusters.into_iter().find(|cluster| cluster.name == "shop-prod").unwrap();
    let entry = Entry::eks(shop);
    assert!(entry.account().is_some() && entry.region().is_some());
    Cluster::new(SessionId(0), entry, latch, "podmortem/test").unwrap()
}

#[test]
fn an_administrator_gets_from_a_profile_to_the_pods() {
    as_key("pods_of_the_administrator", "AKIAREALCLUSTERADMIN", "admin-secret");
}

#[test]
fn an_observer_is_itself() {
    as_key("identity_of_the_observer", "AKIAREALCLUSTEROBSER", "observer-secret");
}

#[test]
fn a_wrong_key_is_told_what_to_do() {
    as_key("refusal_of_a_wrong_key", "AKIAREALCLUSTERADMIN", "not-the-secret");
}

#[test]
fn the_program_lists_what_it_finds_in_a_region() {
    let (Some(endpoint), Some(kubeconfig)) =
        (std::env::var_os("PODMORTEM_LIVE_AWS"), std::env::var_os("PODMORTEM_LIVE_KUBECONFIG"))
    else {
        println!("skipped: PODMORTEM_LIVE_AWS is not set");
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let listed = |arguments: &[&str], environment: &[(&str, &std::ffi::OsStr)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_podmortem"));
        command.args(arguments).env_clear().env("HOME", home.path()).env("AWS_EC2_METADATA_DISABLED", "true");
        let output = command.envs(environment.iter().copied()).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        let listed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        listed.get("items").and_then(|items| items.as_array()).cloned().unwrap()
    };
    let found = || {
        listed(
            &["--region", "us-east-1", "pods", "-A", "-o", "json"],
            &[
                ("AWS_ENDPOINT_URL", &endpoint),
                ("AWS_ACCESS_KEY_ID", "AKIAREALCLUSTEROBSER".as_ref()),
                ("AWS_SECRET_ACCESS_KEY", "observer-secret".as_ref()),
            ],
        )
    };
    let of_shop = |item: &serde_json::Value| {
        item.pointer("/cluster/name").is_some_and(|name| name == "shop-prod")
            && item.pointer("/cluster/region").is_some_and(|region| region == "us-east-1")
    };
    assert!(found().iter().all(of_shop), "{:?}", found());
    let names = |items: &[serde_json::Value]| -> Vec<String> {
        let mut names: Vec<_> =
            items.iter().map(|item| item.pointer("/metadata/name").unwrap().as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    };
    // Pods that another test ended may go between two lists.
    let same = (0..20).any(|_| {
        let (found, listed) = (found(), listed(&["pods", "-A", "-o", "json"], &[("KUBECONFIG", &kubeconfig)]));
        !found.is_empty() && names(&found) == names(&listed)
    });
    assert!(same, "{:?}", names(&found()));
}

#[test]
fn the_way_leads_from_a_pod_to_its_node_its_instance_and_its_volumes() {
    let (Some(endpoint), Some(kubeconfig)) =
        (std::env::var_os("PODMORTEM_LIVE_AWS"), std::env::var_os("PODMORTEM_LIVE_KUBECONFIG"))
    else {
        println!("skipped: PODMORTEM_LIVE_AWS is not set");
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let listed = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_podmortem"));
        command.args(["--read-only"]).args(arguments).args(["-o", "json"]).env_clear().env("HOME", home.path());
        command.env("KUBECONFIG", &kubeconfig).env("AWS_ENDPOINT_URL", &endpoint).env("AWS_REGION", "us-east-1");
        command.env("AWS_ACCESS_KEY_ID", "AKIAREALCLUSTEROBSER").env("AWS_SECRET_ACCESS_KEY", "observer-secret");
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        let listed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        listed.get("items").and_then(|items| items.as_array()).cloned().unwrap()
    };
    let Some(pod) =
        listed(&["pods", "-A"]).into_iter().find(|pod| pod.get("node").is_some_and(|node| node.is_string()))
    else {
        println!("skipped: no pod of this cluster runs on a node");
        return;
    };
    let name = pod.get("node").and_then(|node| node.as_str()).unwrap();
    let node = listed(&["nodes", name]).remove(0);
    let machine = |place: &str| node.pointer(&format!("/machine/value/{place}")).cloned().unwrap_or_default();
    assert_eq!(machine("instance/value/id"), *node.get("instanceId").unwrap());
    assert_eq!(machine("instance/value/state"), "running");
    assert_eq!(machine("scaling/value/group"), "eks-standard");
    assert_eq!(machine("terminationProtection/value"), false);
    assert_eq!(machine("interfaces/value").as_array().unwrap().len(), 2);
    assert_eq!(machine("volumes/value").as_array().unwrap().len(), 2);
    assert!(machine("groups/value/0/name").as_str().unwrap().starts_with("eks-cluster-sg-shop-prod"));
}

#[tokio::test]
#[ignore = "run by the tests above, with keys in the environment"]
async fn pods_of_the_administrator() {
    let read = shop_prod().await.read();
    let (pods, unreadable) = facts_of_list(Kind::Pod, &read.list(Kind::Pod, "", "", "").await.unwrap()).unwrap();
    assert_eq!(unreadable, 0);
    assert!(!pods.is_empty());
    let caller = identity::caller(&place(), &ReadOnly::closed()).await.unwrap();
    assert!(caller.arn.starts_with("arn:aws"), "{caller:?}");
}

#[tokio::test]
#[ignore = "run by the tests above, with keys in the environment"]
async fn identity_of_the_observer() {
    let identity = shop_prod().await.read().identify().await.unwrap();
    assert!(identity.user.ends_with("observer"), "{}", identity.user);
    assert_eq!(identity.writes_denied, Some(true));
}

#[tokio::test]
#[ignore = "run by the tests above, with keys in the environment"]
async fn refusal_of_a_wrong_key() {
    let error = shop_prod().await.read().get_path("/api/v1/pods?limit=1").await.unwrap_err().to_string();
    assert!(error.contains("not authenticated") && error.contains("aws sso login"), "{error}");
}
