//! The OpenAPI v3 documents, one for each group and version that is served.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::super::random::Random;
use super::super::store::{RESOURCES, Resource};
use super::{KNOWN, PREFIX, schema};

/// `/openapi/v3`: where the documents are.
pub(in super::super) fn documents() -> Value {
    let paths: BTreeSet<String> = RESOURCES.iter().map(root).collect();
    let path = |path: String| {
        let hash = Random::named(0xa91, &path).hex(128).to_uppercase();
        let at = json!({"serverRelativeURL": format!("/openapi/v3/{path}?hash={hash}")});
        (path, at)
    };
    json!({"paths": paths.into_iter().map(path).collect::<Map<_, _>>()})
}

/// `api/v1`, `apis/apps/v1`
fn root(resource: &Resource) -> String {
    if resource.group.is_empty() { "api/v1".to_owned() } else { format!("apis/{}", resource.api_version()) }
}

/// The document of a group and version; `None` where nothing of it is served.
pub(in super::super) fn document(path: &str) -> Option<Value> {
    let served: Vec<&Resource> = RESOURCES.iter().filter(|resource| root(resource) == path).collect();
    served.first()?;
    let mut schemas = Map::new();
    let all = KNOWN.get("schemas").and_then(Value::as_object)?;
    for resource in &served {
        let own = all.iter().find(|(_, schema)| {
            let kinds = schema.get("x-kubernetes-group-version-kind").and_then(Value::as_array).into_iter().flatten();
            kinds.into_iter().any(|kind| *kind == gvk(resource))
        });
        if let Some((name, _)) = own {
            add(&mut schemas, name);
        }
    }
    let paths: Map<String, Value> = served.iter().map(|resource| operations(resource, path)).collect();
    Some(json!({
        "openapi": "3.0.0", "info": {"title": "Kubernetes", "version": "v1.36.3"}, "paths": paths,
        "components": {"schemas": schemas},
    }))
}

fn gvk(resource: &Resource) -> Value {
    json!({"group": resource.group, "version": resource.version, "kind": resource.kind})
}

/// A schema and all that it refers to.
fn add(schemas: &mut Map<String, Value>, name: &str) {
    if schemas.contains_key(name) {
        return;
    }
    let Some(found) = schema(name) else { return };
    schemas.insert(name.to_owned(), found.clone());
    references(found, &mut |name| add(schemas, name));
}

fn references(within: &Value, found: &mut dyn FnMut(&str)) {
    match within {
        Value::Object(map) => {
            for (key, value) in map {
                match value.as_str().filter(|_| key == "$ref").and_then(|text| text.strip_prefix(PREFIX)) {
                    Some(name) => found(name),
                    None => references(value, found),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

/// What may be done to one object, with the parameters that clients look for before they send them.
fn operations(resource: &Resource, root: &str) -> (String, Value) {
    let place = if resource.namespaced { "namespaces/{namespace}/" } else { "" };
    let stored = resource.is_stored();
    let name = if stored { "/{name}" } else { "" };
    let parameter =
        |name: &str| json!({"name": name, "in": "query", "schema": {"type": "string", "uniqueItems": true}});
    let parameters: Vec<Value> = ["dryRun", "fieldManager", "fieldValidation"].into_iter().map(parameter).collect();
    let operation = |action: &str| json!({"x-kubernetes-action": action, "x-kubernetes-group-version-kind": gvk(resource), "parameters": parameters});
    let operations = if stored {
        json!({"get": operation("get"), "patch": operation("patch"), "put": operation("put"), "delete": operation("delete")})
    } else {
        json!({"post": operation("post")})
    };
    (format!("/{root}/{place}{}{name}", resource.plural), operations)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_holds_all_that_it_refers_to() {
        let document = document("apis/apps/v1").unwrap();
        let schemas = document.pointer("/components/schemas").and_then(Value::as_object).unwrap();
        references(&document, &mut |name| assert!(schemas.contains_key(name), "{name}"));
        assert!(schemas.contains_key("io.k8s.api.core.v1.Container"));
        assert!(
            document.pointer("/paths/~1apis~1apps~1v1~1namespaces~1{namespace}~1deployments~1{name}/patch").is_some()
        );
        assert!(super::document("apis/none/v1").is_none());
    }
}
