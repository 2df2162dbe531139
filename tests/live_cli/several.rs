//! Several clusters at once, and clusters without a kubeconfig.

use serde_json::Value;

use crate::live::{Failure, Live, list};

/// The live kubeconfig with a second context whose server refuses connections.
fn with_a_dead_cluster(live: &Live) -> Result<Live, Failure> {
    let text = std::fs::read_to_string(&live.kubeconfig)?;
    let mut config: Value = serde_json::to_value(serde_yaml::from_str::<serde_yaml::Value>(&text)?)?;
    let mut add = |list: &str, item: Value| -> Option<()> {
        config.get_mut(list)?.as_array_mut()?.push(item);
        Some(())
    };
    let user = text
        .lines()
        .find_map(|line| line.strip_prefix("users: [{name: ")?.split(',').next())
        .unwrap_or("admin")
        .to_owned();
    add("clusters", serde_json::json!({"name": "dead", "cluster": {"server": "https://127.0.0.1:1"}}))
        .ok_or("clusters")?;
    add("contexts", serde_json::json!({"name": "dead", "context": {"cluster": "dead", "user": user}}))
        .ok_or("contexts")?;
    live.with_kubeconfig(&config.to_string())
}

#[test]
fn a_cluster_that_fails_takes_nothing_from_another() -> Result<(), Failure> {
    let Some(live) = Live::admin()? else { return Ok(()) };
    let alone: Vec<_> = live.items(&["pods"])?.into_keys().collect();
    let both = with_a_dead_cluster(&live)?;
    let ran = both.run(&["--context", "realcluster", "--context", "dead", "pods", "-o", "json", "--timeout", "10"])?;
    assert_eq!(ran.code, Some(3), "{}", ran.err);
    let listed: Value = serde_json::from_str(&ran.out)?;
    assert_eq!(list(&listed, "/items").len(), alone.len());
    assert!(ran.err.contains("podmortem: dead: "), "{}", ran.err);
    let dead = both.run(&["--context", "dead", "pods", "--timeout", "10"])?;
    assert_eq!((dead.code, dead.out.as_str()), (Some(1), ""));
    Ok(())
}

#[test]
fn every_context_is_a_cluster() -> Result<(), Failure> {
    let Some(live) = Live::admin()? else { return Ok(()) };
    let ran = with_a_dead_cluster(&live)?.run(&["clusters", "-o", "json", "--timeout", "10"])?;
    assert_eq!(ran.code, Some(3), "{}", ran.err);
    let listed: Value = serde_json::from_str(&ran.out)?;
    let items = list(&listed, "/items");
    let names: Vec<_> = items.iter().map(|item| &item["metadata"]["name"]).collect();
    assert_eq!(names, ["realcluster", "dead"]);
    let uid = live.kubectl(&["get", "namespace", "kube-system", "-o", "jsonpath={.metadata.uid}"])?;
    assert!(items.iter().any(|item| item["metadata"]["uid"] == uid.trim()), "{items:?}");
    Ok(())
}

#[test]
fn an_eks_cluster_is_found_and_listed_without_a_kubeconfig() -> Result<(), Failure> {
    let Some(live) = Live::admin()? else { return Ok(()) };
    let Some(endpoint) = std::env::var_os("PODMORTEM_LIVE_AWS") else {
        println!("skipped: PODMORTEM_LIVE_AWS is not set");
        return Ok(());
    };
    let mut command = live.command(&["--region", "us-east-1", "pods", "-o", "json"]);
    command
        .env_remove("KUBECONFIG")
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("AWS_ACCESS_KEY_ID", "AKIAREALCLUSTEROBSER")
        .env("AWS_SECRET_ACCESS_KEY", "observer-secret");
    let output = command.output()?;
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let listed: Value = serde_json::from_slice(&output.stdout)?;
    let items = list(&listed, "/items");
    assert!(
        items.iter().all(|item| item["cluster"]["name"] == "shop-prod" && item["cluster"]["region"] == "us-east-1")
    );
    assert_eq!(items.len(), live.items(&["pods"])?.len());
    Ok(())
}
