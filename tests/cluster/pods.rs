//! Pods, and every way to select them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::ground::{Failure, Ground, Items, agree, at, differences, list, text};

fn containers(pod: &Value) -> Value {
    let roles = [("containers", "main"), ("initContainers", "init"), ("ephemeralContainers", "ephemeral")];
    let mut all: Vec<(String, Value)> = Vec::new();
    for (field, role) in roles {
        let statuses = match role {
            "main" => list(pod, "/status/containerStatuses"),
            "init" => list(pod, "/status/initContainerStatuses"),
            _ => list(pod, "/status/ephemeralContainerStatuses"),
        };
        for container in list(pod, &format!("/spec/{field}")) {
            let name = text(&container, "/name").unwrap_or_default();
            let status = statuses.iter().find(|status| text(status, "/name").as_ref() == Some(&name));
            let id = status.and_then(|status| text(status, "/imageID")).filter(|id| !id.is_empty());
            all.push((
                name.clone(),
                json!({"name": name, "image": at(&container, "/image"), "imageID": id, "role": role}),
            ));
        }
    }
    all.sort_by(|one, other| one.0.cmp(&other.0));
    all.into_iter().map(|(_, container)| container).collect()
}

/// Security facts, read from the specification a second time and by other means.
fn security(pod: &Value) -> BTreeSet<&'static str> {
    let mut facts = BTreeSet::new();
    for (field, name) in [("hostPID", "hostPID"), ("hostIPC", "hostIPC"), ("hostNetwork", "hostNetwork")] {
        if at(pod, &format!("/spec/{field}")) == json!(true) {
            facts.insert(name);
        }
    }
    if list(pod, "/spec/volumes").iter().any(|volume| volume.get("hostPath").is_some()) {
        facts.insert("hostPath");
    }
    let all = ["containers", "initContainers", "ephemeralContainers"];
    for container in all.iter().flat_map(|field| list(pod, &format!("/spec/{field}"))) {
        let set = |field: &str| at(&container, &format!("/securityContext/{field}"));
        if set("privileged") == json!(true) {
            facts.insert("privileged");
        }
        if !list(&container, "/securityContext/capabilities/add").is_empty() {
            facts.insert("capabilities");
        }
    }
    facts
}

fn sum_of_restarts(pod: &Value) -> Value {
    let statuses = list(pod, "/status/containerStatuses");
    let restarts = statuses.iter().filter_map(|status| status.get("restartCount")?.as_u64());
    json!(restarts.sum::<u64>())
}

#[test]
fn every_fact_of_a_pod_agrees_with_kubectl() -> Result<(), Failure> {
    let Some(ground) = Ground::admin()? else { return Ok(()) };
    agree(|| {
        let (ours, theirs) = (ground.items(&["pods", "-A"])?, ground.kubectl_items(&["get", "pods", "-A"])?);
        assert!(theirs.len() >= 5, "the demo is not there");
        let mut found = differences(
            &ours,
            &theirs,
            &[
                ("/node", &|pod| at(pod, "/spec/nodeName")),
                ("/serviceAccount", &|pod| at(pod, "/spec/serviceAccountName")),
                ("/ips", &|pod| list(pod, "/status/podIPs").iter().map(|ip| at(ip, "/ip")).collect()),
                ("/restarts", &sum_of_restarts),
                ("/owner/uid", &|pod| at(pod, "/metadata/ownerReferences/0/uid")),
                ("/owner/name", &|pod| at(pod, "/metadata/ownerReferences/0/name")),
                ("/readyOf", &|pod| json!(list(pod, "/spec/containers").len())),
            ],
        );
        for (ours, theirs) in ours.values().zip(theirs.values()) {
            let mut own = list(ours, "/containers");
            own.sort_by_key(|container| text(container, "/name"));
            if Value::from(own.clone()) != containers(theirs) {
                found.push(format!("containers: {own:?} are not {}", containers(theirs)));
            }
            let named: BTreeSet<_> =
                list(ours, "/security").iter().filter_map(|fact| fact.as_str().map(str::to_owned)).collect();
            let ours = named.iter().map(String::as_str).filter(|fact| !["root", "escalation"].contains(fact));
            let theirs = security(theirs);
            if !ours.clone().eq(theirs.iter().copied()) {
                found.push(format!("security: {named:?} is not {theirs:?}"));
            }
        }
        Ok(found)
    })
}

#[test]
fn the_table_shows_what_kubectl_shows() -> Result<(), Failure> {
    let Some(ground) = Ground::admin()? else { return Ok(()) };
    agree(|| {
        let rows = |table: &str, columns: [&str; 4]| -> BTreeSet<Vec<String>> {
            let mut lines = table.lines().map(|line| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
            let headings = lines.next().unwrap_or_default();
            let places = columns.map(|column| headings.iter().position(|heading| heading == column));
            lines.map(|line| places.iter().filter_map(|place| line.get((*place)?).cloned()).collect()).collect()
        };
        let columns = ["NAMESPACE", "NAME", "READY", "STATUS"];
        let ours = rows(&ground.run(&["pods", "-A"])?.out, columns);
        let theirs = rows(&ground.kubectl(&["get", "pods", "-A"])?, columns);
        Ok(if ours == theirs { vec![] } else { vec![format!("{ours:?}\nis not\n{theirs:?}")] })
    })
}

/// Pods of kubectl's list that a test of ours selects.
fn those(pods: &Items, selected: impl Fn(&Value) -> bool) -> Vec<String> {
    pods.iter().filter(|(_, pod)| selected(pod)).map(|(uid, _)| uid.clone()).collect()
}

#[test]
fn every_selector_selects_what_kubectl_knows() -> Result<(), Failure> {
    let Some(ground) = Ground::admin()? else { return Ok(()) };
    agree(|| selections(&ground))
}

/// Where the program selects other pods than the fields that kubectl prints would.
fn selections(ground: &Ground) -> Result<Vec<String>, Failure> {
    let pods = ground.kubectl_items(&["get", "pods", "-A"])?;
    let web = pods.values().find(|pod| at(pod, "/metadata/labels/app") == "web").ok_or("the demo has no web")?;
    let image = text(web, "/spec/containers/0/image").ok_or("no image")?;
    let node = text(web, "/spec/nodeName").ok_or("no node")?;
    let ip = text(web, "/status/podIP").ok_or("no address")?;
    let has_image =
        |pod: &Value| containers(pod).as_array().is_some_and(|all| all.iter().any(|one| one["image"] == image));
    let instance = text(
        ground
            .kubectl_items(&["get", "node", "--field-selector", &format!("metadata.name={node}")])?
            .values()
            .next()
            .ok_or("no such node")?,
        "/spec/providerID",
    );
    let instance = instance.as_deref().and_then(|id| id.rsplit('/').next()).ok_or("no instance")?.to_owned();
    let slices = ground.kubectl_items(&["get", "endpointslices", "-A"])?;
    let behind: BTreeSet<String> = slices
        .values()
        .filter(|slice| {
            at(slice, "/metadata/namespace") == "shop"
                && at(slice, "/metadata/labels/kubernetes.io~1service-name") == "web"
        })
        .flat_map(|slice| list(slice, "/endpoints"))
        .filter_map(|endpoint| text(&endpoint, "/targetRef/uid"))
        .collect();
    let in_shop = |pod: &Value| at(pod, "/metadata/namespace") == "shop";
    let mut found = Vec::new();
    for (arguments, expected) in [
        (vec!["--image", &image], those(&pods, has_image)),
        (
            vec!["--service-account", "shop/web"],
            those(&pods, |pod| in_shop(pod) && at(pod, "/spec/serviceAccountName") == "web"),
        ),
        (
            vec!["--workload", "deploy/web", "-n", "shop"],
            those(&pods, |pod| in_shop(pod) && at(pod, "/metadata/labels/app") == "web"),
        ),
        (vec!["--node", &node], those(&pods, |pod| at(pod, "/spec/nodeName") == node.as_str())),
        (vec!["--node", &instance], those(&pods, |pod| at(pod, "/spec/nodeName") == node.as_str())),
        (vec!["--ip", &ip], those(&pods, |pod| at(pod, "/status/podIP") == ip.as_str())),
        (
            vec!["-l", "app in (web,api)"],
            those(&pods, |pod| ["web", "api"].iter().any(|app| at(pod, "/metadata/labels/app") == *app)),
        ),
        (vec!["-n", "shop"], those(&pods, in_shop)),
        (vec!["-A"], those(&pods, |_| true)),
        (vec!["--query", "privileged"], those(&pods, |pod| security(pod).contains("privileged"))),
        (
            vec!["--query", "!privileged ns:shop"],
            those(&pods, |pod| in_shop(pod) && !security(pod).contains("privileged")),
        ),
        (vec!["--service", "shop/web"], behind.into_iter().collect()),
        (vec!["--gone"], vec![]),
    ] {
        let ours: Vec<_> = ground.items(&[&["pods"], arguments.as_slice()].concat())?.into_keys().collect();
        if ours != expected {
            found.push(format!("{arguments:?}: {ours:?} is not {expected:?}"));
        }
    }
    Ok(found)
}

#[test]
fn names_are_kubectl_s() -> Result<(), Failure> {
    let Some(ground) = Ground::admin()? else { return Ok(()) };
    let sorted = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    for (ours, theirs) in [(["pods", "-n", "shop"], "pods"), (["services", "-n", "shop"], "services")] {
        let ours = ground.run(&[ours.as_slice(), &["-o", "name"]].concat())?;
        assert_eq!(sorted(&ours.out), sorted(&ground.kubectl(&["get", theirs, "-n", "shop", "-o", "name"])?));
    }
    Ok(())
}
