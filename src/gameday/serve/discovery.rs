//! Which groups, versions and resources there are.

use serde_json::{Map, Value, json};

use super::super::store::{RESOURCES, Resource};
use super::negotiate::Form;

/// The answer to a discovery path.
pub(super) fn discovery(parts: &[String], form: Form) -> Value {
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    match (parts.as_slice(), form) {
        (["api"], Form::Discovery(version)) => aggregated(version, &[""]),
        (["apis"], Form::Discovery(version)) => aggregated(version, &groups()),
        (["api"], _) => json!({"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}),
        (["apis"], _) => {
            let groups: Vec<Value> = groups().into_iter().map(group).collect();
            json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})
        }
        (["apis", name], _) => {
            let mut group = group(name);
            super::super::json::set(&mut group, "/kind", "APIGroup");
            super::super::json::set(&mut group, "/apiVersion", "v1");
            group
        }
        (["api", version], _) => resources("", version),
        (["apis", group, version], _) => resources(group, version),
        _ => Value::Null,
    }
}

/// `/version`
pub(super) fn version() -> Value {
    json!({
        "major": "1", "minor": "36", "emulationMajor": "1", "emulationMinor": "36",
        "minCompatibilityMajor": "1", "minCompatibilityMinor": "35",
        "gitVersion": "v1.36.1-eks-3cfe0ce", "gitCommit": "3cfe0ce5b3f5a2c6a1f0f2a7b5b0f4f0a3f0c9d1",
        "gitTreeState": "clean", "buildDate": "2026-10-21T20:14:33Z", "goVersion": "go1.26.5", "compiler": "gc",
        "platform": "linux/amd64",
    })
}

/// The named groups in the order of the resources.
fn groups() -> Vec<&'static str> {
    let mut groups: Vec<&str> = Vec::new();
    for resource in RESOURCES {
        if !resource.group.is_empty() && !groups.contains(&resource.group) {
            groups.push(resource.group);
        }
    }
    groups
}

fn versions(group: &str) -> Vec<&'static str> {
    let mut versions: Vec<&str> =
        RESOURCES.iter().filter(|resource| resource.group == group).map(|resource| resource.version).collect();
    versions.dedup();
    versions
}

fn group(name: &str) -> Value {
    let versions: Vec<Value> = versions(name)
        .into_iter()
        .map(|version| json!({"groupVersion": format!("{name}/{version}"), "version": version}))
        .collect();
    json!({"name": name, "versions": versions, "preferredVersion": versions.first()})
}

fn resources(group: &str, version: &str) -> Value {
    let mut list = Vec::new();
    for resource in RESOURCES.iter().filter(|resource| resource.group == group && resource.version == version) {
        let mut entry = json!({
            "name": resource.plural, "singularName": resource.singular, "namespaced": resource.namespaced,
            "kind": resource.kind, "verbs": resource.verbs,
        });
        if let Some(entry) = entry.as_object_mut() {
            names(entry, resource);
        }
        list.push(entry);
        for part in resource.subresources {
            let mut entry = json!({
                "name": format!("{}/{}", resource.plural, part.name), "singularName": "",
                "namespaced": resource.namespaced, "kind": resource.kind, "verbs": part.verbs,
            });
            if let (Some((group, version, kind)), Some(entry)) = (part.kind, entry.as_object_mut()) {
                entry.extend([
                    ("group".to_owned(), group.into()),
                    ("version".to_owned(), version.into()),
                    ("kind".to_owned(), kind.into()),
                ]);
            }
            list.push(entry);
        }
    }
    let api = if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
    json!({"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": api, "resources": list})
}

fn names(entry: &mut Map<String, Value>, resource: &Resource) {
    if !resource.short.is_empty() {
        entry.insert("shortNames".to_owned(), json!(resource.short));
    }
    if resource.in_all {
        entry.insert("categories".to_owned(), json!(["all"]));
    }
}

fn aggregated(version: &str, groups: &[&str]) -> Value {
    let items: Vec<Value> = groups
        .iter()
        .map(|group| {
            let versions: Vec<Value> = versions(group)
                .into_iter()
                .map(|version| {
                    let resources: Vec<Value> = RESOURCES
                        .iter()
                        .filter(|resource| resource.group == *group && resource.version == version)
                        .map(aggregated_resource)
                        .collect();
                    json!({"version": version, "freshness": "Current", "resources": resources})
                })
                .collect();
            let metadata = if group.is_empty() { json!({}) } else { json!({"name": group}) };
            json!({"metadata": metadata, "versions": versions})
        })
        .collect();
    json!({
        "kind": "APIGroupDiscoveryList", "apiVersion": format!("apidiscovery.k8s.io/{version}"), "metadata": {},
        "items": items,
    })
}

fn aggregated_resource(resource: &Resource) -> Value {
    let own = json!({"group": resource.group, "version": resource.version, "kind": resource.kind});
    let parts: Vec<Value> = resource
        .subresources
        .iter()
        .map(|part| {
            let kind = part.kind.map_or_else(
                || own.clone(),
                |(group, version, kind)| json!({"group": group, "version": version, "kind": kind}),
            );
            json!({"subresource": part.name, "responseKind": kind, "verbs": part.verbs})
        })
        .collect();
    let scope = if resource.namespaced { "Namespaced" } else { "Cluster" };
    let mut entry = json!({
        "resource": resource.plural, "responseKind": own, "scope": scope, "singularResource": resource.singular,
        "verbs": resource.verbs,
    });
    if let Some(entry) = entry.as_object_mut() {
        names(entry, resource);
        if !parts.is_empty() {
            entry.insert("subresources".to_owned(), parts.into());
        }
    }
    entry
}
