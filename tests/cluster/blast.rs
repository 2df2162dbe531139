//! Blast radius, held against what `kubectl` and the authorizer say.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::ground::{Failure, Ground, agree, at, list, text};

fn blast(ground: &Ground, of: &[&str]) -> Result<Value, Failure> {
    let ran = ground.run(&[&["blast"], of, &["-o", "json"]].concat())?;
    if ran.code != Some(0) {
        return Err(format!("{of:?} ended with {:?}: {}", ran.code, ran.err).into());
    }
    Ok(serde_json::from_str(&ran.out)?)
}

fn web(ground: &Ground) -> Result<Value, Failure> {
    let pods = ground.kubectl_items(&["get", "pods", "-n", "shop", "-l", "app=web"])?;
    pods.into_values().next().ok_or_else(|| "the demo has no web".into())
}

fn texts(value: &Value, place: &str, field: &str) -> BTreeSet<String> {
    list(value, place).iter().filter_map(|one| text(one, field)).collect()
}

#[test]
fn a_compromised_pod_reaches_its_node_and_everything_on_it() -> Result<(), Failure> {
    let Some(ground) = Ground::admin()? else { return Ok(()) };
    let pod = web(&ground)?;
    let (name, node) =
        (text(&pod, "/metadata/name").unwrap_or_default(), text(&pod, "/spec/nodeName").ok_or("no node")?);
    agree(|| {
        let blast = blast(&ground, &[&format!("pod/{name}"), "-n", "shop"])?;
        let mut found = Vec::new();
        let mut same = |what: &str, ours: BTreeSet<String>, theirs: BTreeSet<String>| {
            if ours != theirs {
                found.push(format!("{what}: {ours:?} is not {theirs:?}"));
            }
        };
        assert_eq!(at(&blast, "/host/node"), json!(node));
        let ways = texts(&blast, "/host/ways", "/by");
        assert!(ways.contains("hostPID") && ways.contains("hostPath /"), "{ways:?}");
        let here =
            ground.kubectl_items(&["get", "pods", "-A", "--field-selector", &format!("spec.nodeName={node}")])?;
        let beside = here.iter().filter(|(_, one)| at(one, "/metadata/name") != name.as_str());
        same("pods on the node", texts(&blast, "/pods", "/uid"), beside.map(|(uid, _)| uid.clone()).collect());
        let accounts = here.values().filter_map(|one| {
            Some(format!(
                "ServiceAccount:{}/{}",
                text(one, "/metadata/namespace")?,
                text(one, "/spec/serviceAccountName")?
            ))
        });
        let accounts = accounts.chain([format!("User:system:node:{node}")]).collect();
        same("identities", texts(&blast, "/identities", "/subject"), accounts);
        Ok(found)
    })
}

#[test]
fn rights_are_those_that_the_authorizer_gives() -> Result<(), Failure> {
    let Some(ground) = Ground::admin()? else { return Ok(()) };
    for (namespace, name) in [("shop", "web"), ("shop", "default"), ("kube-system", "default")] {
        let blast = blast(&ground, &["sa", name, "-n", namespace])?;
        let might = list(&blast, "/identities/0/might");
        for (what, verb, resource) in [("read secrets", "list", "secrets"), ("create pods", "create", "pods")] {
            let may = ground.reviewed(&format!("system:serviceaccount:{namespace}:{name}"), verb, resource)?;
            let told = might.iter().any(|one| {
                at(one, "/namespace") == "" && (at(one, "/what") == what || at(one, "/what") == "do everything")
            });
            assert_eq!(told, may, "{namespace}/{name}: {what}");
        }
    }
    let web = blast(&ground, &["sa/web", "-n", "shop"])?;
    let by = texts(&web, "/identities/0/given", "/by");
    assert!(by.iter().any(|by| by.contains("web-reads-everything")), "{by:?}");
    let speaking =
        ground.kubectl_items(&["get", "pods", "-n", "shop", "--field-selector", "spec.serviceAccountName=web"])?;
    assert_eq!(texts(&web, "/pods", "/uid"), speaking.into_keys().collect());
    Ok(())
}

#[test]
fn secrets_are_named_and_never_shown() -> Result<(), Failure> {
    let Some(ground) = Ground::admin()? else { return Ok(()) };
    let name = text(&web(&ground)?, "/metadata/name").unwrap_or_default();
    let pod = blast(&ground, &[&name, "-n", "shop"])?;
    let hand: BTreeSet<_> = list(&pod, "/secrets")
        .iter()
        .filter(|one| at(one, "/atHand") == true)
        .filter_map(|one| text(one, "/name"))
        .collect();
    assert_eq!(hand, BTreeSet::from(["payments".to_owned()]));
    let masters = ground.run(&["blast", "group/system:masters", "-o", "json"])?.out;
    let all = texts(&serde_json::from_str(&masters)?, "/secrets", "/name");
    let theirs = ground.kubectl_items(&["get", "secrets", "-A"])?;
    assert_eq!(all, theirs.values().filter_map(|secret| text(secret, "/metadata/name")).collect());
    for secret in theirs.values() {
        let values = secret.get("data").and_then(Value::as_object).into_iter().flatten();
        for value in values.filter_map(|(_, value)| value.as_str()).filter(|value| value.len() > 8) {
            assert!(!masters.contains(value), "the value of a secret is printed");
        }
    }
    Ok(())
}

#[test]
fn others_with_the_same_credentials_are_named() -> Result<(), Failure> {
    let Some(ground) = Ground::admin()? else { return Ok(()) };
    let name = text(&web(&ground)?, "/metadata/name").unwrap_or_default();
    let shared = list(&blast(&ground, &["pod", &name, "-n", "shop"])?, "/shared");
    let api = shared
        .iter()
        .find(|one| at(one, "/by") == "Deployment shop/api" && at(one, "/what") == "ServiceAccount:shop/web");
    let pods = ground.kubectl_items(&["get", "pods", "-n", "shop", "-l", "app=api"])?;
    assert_eq!(api.map(|one| at(one, "/pods")), Some(json!(pods.len())), "{shared:?}");
    Ok(())
}

#[test]
fn what_is_not_there_is_said() -> Result<(), Failure> {
    let Some(ground) = Ground::admin()? else { return Ok(()) };
    let ran = ground.run(&["blast", "pod/no-such-pod", "-n", "shop"])?;
    assert!(ran.code == Some(1) && ran.err.contains("no Pod no-such-pod in the namespace shop"), "{}", ran.err);
    let ran = ground.run(&["blast", "deploy/web"])?;
    assert!(ran.code == Some(2) && ran.err.contains("sa/NAME"), "{}", ran.err);
    Ok(())
}
