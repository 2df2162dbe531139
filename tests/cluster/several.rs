//! Several clusters at once.

use serde_json::{Value, json};

use super::ground::{Failure, Ground, list};

/// The cluster's kubeconfig with a second context whose server refuses connections.
fn with_a_dead_cluster(ground: &Ground) -> Result<Ground, Failure> {
    let mut config: Value =
        serde_json::from_str(&ground.kubectl(&["config", "view", "--raw", "--minify", "-o", "json"])?)?;
    let user = config.pointer("/users/0/name").cloned().ok_or("users")?;
    let mut add = |list: &str, item: Value| config.get_mut(list)?.as_array_mut().map(|items| items.push(item));
    add("clusters", json!({"name": "dead", "cluster": {"server": "https://127.0.0.1:1"}})).ok_or("clusters")?;
    add("contexts", json!({"name": "dead", "context": {"cluster": "dead", "user": user}})).ok_or("contexts")?;
    ground.with_kubeconfig(&config.to_string())
}

#[test]
fn a_cluster_that_fails_takes_nothing_from_another() -> Result<(), Failure> {
    let Some(ground) = Ground::admin()? else { return Ok(()) };
    let alone: Vec<_> = ground.items(&["pods", "-A"])?.into_keys().collect();
    let both = with_a_dead_cluster(&ground)?;
    let context = ground.context()?;
    let ran = both.run(&["--context", &context, "--context", "dead", "pods", "-A", "-o", "json", "--timeout", "10"])?;
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
    let Some(ground) = Ground::admin()? else { return Ok(()) };
    let ran = with_a_dead_cluster(&ground)?.run(&["clusters", "-o", "json", "--timeout", "10"])?;
    assert_eq!(ran.code, Some(3), "{}", ran.err);
    let listed: Value = serde_json::from_str(&ran.out)?;
    let items = list(&listed, "/items");
    let names: Vec<_> = items.iter().map(|item| &item["metadata"]["name"]).collect();
    assert_eq!(names, [&json!(ground.context()?), &json!("dead")]);
    let uid = ground.kubectl(&["get", "namespace", "kube-system", "-o", "jsonpath={.metadata.uid}"])?;
    assert!(items.iter().any(|item| item["metadata"]["uid"] == uid.trim()), "{items:?}");
    Ok(())
}
