//! What a path leads to.

use http::Method;

use super::super::audit::Reference;
use super::super::store::{RESOURCES, Resource, Subresource, by_path};
use super::failure::Failure;

/// What a path leads to.
#[derive(Clone, Debug)]
pub(super) enum Route {
    /// `/api`, `/apis`, `/apis/GROUP`, `/api/v1`, `/apis/GROUP/VERSION`.
    Discovery(Vec<String>),
    /// `/openapi/v3`, and what is behind it: empty, `api/v1`, `apis/GROUP/VERSION`.
    OpenApi(String),
    /// `/version`
    Version,
    /// `/livez`, `/readyz`, `/healthz`
    Health,
    /// A resource.
    Resource(Place),
}

/// A resource, an object of it or a part of an object.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// The resource.
    pub(super) resource: &'static Resource,
    /// The namespace, empty for all of them and for objects of the cluster.
    pub(super) namespace: String,
    /// The object's name, empty for the collection.
    pub(super) name: String,
    /// The part of the object.
    pub(super) part: Option<&'static Subresource>,
}

impl Place {
    /// The namespace that a list is limited to.
    pub(super) fn within(&self) -> Option<&str> {
        (!self.namespace.is_empty()).then_some(self.namespace.as_str())
    }

    /// The verb of a method here, as rights are given by.
    pub(super) fn verb(&self, method: &Method, watch: bool) -> Option<&'static str> {
        let one = !self.name.is_empty();
        match (method.as_str(), one) {
            ("GET" | "HEAD", true) => Some("get"),
            ("GET" | "HEAD", false) => Some(if watch { "watch" } else { "list" }),
            ("POST", _) => Some("create"),
            ("PUT", true) => Some("update"),
            ("PATCH", true) => Some("patch"),
            ("DELETE", true) => Some("delete"),
            ("DELETE", false) => Some("deletecollection"),
            _ => None,
        }
    }

    /// As the audit log names it.
    pub(super) fn reference(&self) -> Reference {
        Reference {
            group: self.resource.group.to_owned(),
            version: self.resource.version.to_owned(),
            resource: self.resource.plural.to_owned(),
            subresource: self.part.map_or("", |part| part.name).to_owned(),
            namespace: self.namespace.clone(),
            name: self.name.clone(),
        }
    }

    /// Whether the verb is served here.
    pub(super) fn serves(&self, verb: &str) -> bool {
        self.part.map_or(self.resource.verbs, |part| part.verbs).contains(&verb)
    }
}

/// Finds what a path leads to.
pub(super) fn route(path: &str) -> Result<Route, Failure> {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        ["version"] => Ok(Route::Version),
        ["openapi", "v3", rest @ ..] => Ok(Route::OpenApi(rest.join("/"))),
        ["livez" | "readyz" | "healthz", ..] => Ok(Route::Health),
        ["api"] | ["apis"] | ["api", _] | ["apis", _] | ["apis", _, _] => {
            Ok(Route::Discovery(parts.iter().map(|part| (*part).to_owned()).collect()))
        }
        ["api", version, rest @ ..] => place("", version, rest).map(Route::Resource),
        ["apis", group, version, rest @ ..] => place(group, version, rest).map(Route::Resource),
        _ => Err(Failure::no_such_path()),
    }
    .and_then(|route| match &route {
        Route::Discovery(parts) if !is_known(parts) => Err(Failure::no_such_path()),
        _ => Ok(route),
    })
}

fn is_known(parts: &[String]) -> bool {
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    match parts.as_slice() {
        ["api", version] => *version == "v1",
        ["apis", group] => RESOURCES.iter().any(|resource| resource.group == *group && !group.is_empty()),
        ["apis", group, version] => {
            RESOURCES.iter().any(|resource| resource.group == *group && resource.version == *version)
        }
        _ => true,
    }
}

fn place(group: &str, version: &str, rest: &[&str]) -> Result<Place, Failure> {
    let found = |plural: &str| by_path(group, version, plural).ok_or_else(Failure::no_such_path);
    let (resource, namespace, rest) = match rest {
        ["namespaces", namespace, plural, rest @ ..] if by_path(group, version, plural).is_some() => {
            (found(plural)?, *namespace, rest)
        }
        [plural, rest @ ..] => (found(plural)?, "", rest),
        [] => return Err(Failure::no_such_path()),
    };
    let part = |name: &str| {
        let part = resource.subresources.iter().find(|part| part.name == name);
        part.map(Some).ok_or_else(Failure::no_such_path)
    };
    let (name, part) = match rest {
        [] => ("", None),
        [name] => (*name, None),
        [name, sub] => (*name, part(sub)?),
        _ => return Err(Failure::no_such_path()),
    };
    if resource.namespaced == namespace.is_empty() && !(name.is_empty() && namespace.is_empty()) {
        return Err(Failure::no_such_path());
    }
    Ok(Place { resource, namespace: namespace.to_owned(), name: name.to_owned(), part })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(path: &str) -> Option<(String, String, String, &'static str)> {
        match route(path) {
            Ok(Route::Resource(place)) => {
                let part = place.part.map_or("", |part| part.name);
                Some((place.resource.qualified(), place.namespace, place.name, part))
            }
            _ => None,
        }
    }

    fn expected(parts: [&str; 3], part: &'static str) -> Option<(String, String, String, &'static str)> {
        let [resource, namespace, name] = parts.map(str::to_owned);
        Some((resource, namespace, name, part))
    }

    #[test]
    fn paths_lead_to_resources() {
        assert_eq!(at("/api/v1/pods"), expected(["pods", "", ""], ""));
        assert_eq!(at("/api/v1/namespaces/shop"), expected(["namespaces", "", "shop"], ""));
        assert_eq!(at("/api/v1/namespaces/shop/pods/a/log"), expected(["pods", "shop", "a"], "log"));
        assert_eq!(
            at("/apis/apps/v1/namespaces/shop/deployments/web/scale"),
            expected(["deployments.apps", "shop", "web"], "scale")
        );
        assert_eq!(at("/api/v1/namespaces/shop/status"), expected(["namespaces", "", "shop"], "status"));
    }

    #[test]
    fn paths_that_lead_nowhere_are_refused() {
        for path in [
            "/apis/apps/v2/deployments",
            "/api/v2",
            "/apis/none.io/v1",
            "/api/v1/pods/a",
            "/api/v1/namespaces/shop/nodes/n",
            "/x",
            "/api/v1/namespaces/shop/pods/a/shell",
        ] {
            assert!(route(path).is_err(), "{path}");
        }
    }
}
