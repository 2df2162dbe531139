//! Everything that is neither a pod nor a node.

use serde_json::{Value, json};

use super::ground::{Failure, Ground, Items, agree, at, differences, list, text};

fn or_empty(value: Value) -> Value {
    if value.is_null() { json!({}) } else { value }
}

fn or_zero(value: Value) -> Value {
    if value.is_null() { json!(0) } else { value }
}

#[test]
fn services_agree_with_kubectl() -> Result<(), Failure> {
    let Some(ground) = Ground::admin()? else { return Ok(()) };
    let port =
        |port: &Value| json!({"name": at(port, "/name"), "port": at(port, "/port"), "protocol": at(port, "/protocol")});
    let addresses = |service: &Value| {
        let all = list(service, "/spec/clusterIPs");
        all.into_iter().filter(|ip| ip != "None").collect::<Value>()
    };
    agree(|| {
        Ok(differences(
            &ground.items(&["services", "-A"])?,
            &ground.kubectl_items(&["get", "services", "-A"])?,
            &[
                ("/type", &|service| at(service, "/spec/type")),
                ("/clusterIPs", &addresses),
                ("/selector", &|service| or_empty(at(service, "/spec/selector"))),
                ("/ports", &|service| list(service, "/spec/ports").iter().map(port).collect()),
            ],
        ))
    })
}

#[test]
fn workloads_agree_with_kubectl() -> Result<(), Failure> {
    let Some(ground) = Ground::admin()? else { return Ok(()) };
    let images = |workload: &Value| -> Value {
        let fields = ["containers", "initContainers"];
        let all = fields.iter().flat_map(|field| list(workload, &format!("/spec/template/spec/{field}")));
        all.map(|container| at(&container, "/image")).collect()
    };
    agree(|| {
        let ours = ground.items(&["workloads", "-A"])?;
        let of = |kind: &str| -> Items { ours.clone().into_iter().filter(|(_, item)| item["kind"] == kind).collect() };
        let mut found = differences(
            &of("Deployment"),
            &ground.kubectl_items(&["get", "deployments", "-A"])?,
            &[
                ("/desired", &|workload| at(workload, "/spec/replicas")),
                ("/ready", &|workload| or_zero(at(workload, "/status/readyReplicas"))),
                ("/images", &images),
            ],
        );
        found.extend(differences(
            &of("CronJob"),
            &ground.kubectl_items(&["get", "cronjobs", "-A"])?,
            &[
                ("/schedule", &|job| at(job, "/spec/schedule")),
                ("/suspended", &|job| json!(at(job, "/spec/suspend") == json!(true))),
            ],
        ));
        if ours.values().any(|item| item["kind"] == "ReplicaSet") {
            found.push("a Deployment's ReplicaSet is listed beside it".to_owned());
        }
        Ok(found)
    })
}

#[test]
fn namespaces_and_service_accounts_agree_with_kubectl() -> Result<(), Failure> {
    let Some(ground) = Ground::admin()? else { return Ok(()) };
    agree(|| {
        let mut found = differences(
            &ground.items(&["namespaces"])?,
            &ground.kubectl_items(&["get", "namespaces"])?,
            &[("/status", &|namespace| at(namespace, "/status/phase"))],
        );
        found.extend(differences(
            &ground.items(&["serviceaccounts", "-A"])?,
            &ground.kubectl_items(&["get", "serviceaccounts", "-A"])?,
            &[("/roleArn", &|account| at(account, "/metadata/annotations/eks.amazonaws.com~1role-arn"))],
        ));
        Ok(found)
    })
}

#[test]
fn identities_name_their_pods_and_what_they_may_do() -> Result<(), Failure> {
    let Some(ground) = Ground::admin()? else { return Ok(()) };
    let identities = ground.items(&["identities", "-n", "shop"])?;
    let web = identities.values().find(|identity| at(identity, "/metadata/name") == "web").ok_or("no web")?;
    let pods =
        ground.kubectl_items(&["get", "pods", "-n", "shop", "--field-selector", "spec.serviceAccountName=web"])?;
    let mut named: Vec<_> = list(web, "/pods").iter().filter_map(|pod| text(pod, "/uid")).collect();
    named.sort();
    assert_eq!(named, pods.into_keys().collect::<Vec<_>>());
    for (right, verb, resource) in [("read secrets", "get", "secrets"), ("create pods", "create", "pods")] {
        let may = ground.reviewed("system:serviceaccount:shop:web", verb, resource)?;
        let told = list(web, "/may").iter().any(|held| *held == right || *held == "*");
        assert_eq!(told, may, "{right}");
    }
    Ok(())
}
