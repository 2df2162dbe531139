//! What a request asks for, read from its path the way the API server reads it.

/// The resource that a path names. Sources: `RequestInfoFactory.NewRequestInfo` of
/// k8s.io/apiserver, and <https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked<'a> {
    /// Discovery, version and health: `/version`, `/livez`, `/apis/apps/v1`.
    Server,
    /// An object, a collection, or a sub-resource.
    Resource {
        /// API group, empty for the core group.
        group: &'a str,
        /// Plural name: `pods`.
        resource: &'a str,
        /// Name of the object, where one is named.
        name: Option<&'a str>,
        /// Sub-resource, empty where none is named. What follows it (`proxy/metrics`) is left out.
        sub: &'a str,
    },
}

impl<'a> Asked<'a> {
    /// Reads the path of a URL. `None` is a path that podmortem has no business
    /// with, or that two readers could read differently.
    pub fn parse(path: &'a str) -> Option<Self> {
        let segments: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        let odd = |segment: &&str| {
            segment.is_empty()
                || matches!(*segment, "." | "..")
                || !segment.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'%' | b'\\' | b';'))
        };
        if segments.iter().any(odd) {
            return None;
        }
        match segments.as_slice() {
            ["version" | "livez" | "readyz" | "healthz" | "api" | "apis"]
            | ["livez" | "readyz" | "healthz", _]
            | ["openapi", "v2"]
            | ["openapi", "v3", ..]
            | ["api", "v1"]
            | ["apis", _]
            | ["apis", _, _] => Some(Self::Server),
            ["api", "v1", rest @ ..] => Self::resource("", rest),
            ["apis", group, _version, rest @ ..] => Self::resource(group, rest),
            _ => None,
        }
    }

    fn resource(group: &'a str, segments: &[&'a str]) -> Option<Self> {
        let segments = match segments {
            ["namespaces", _, "status" | "finalize", ..] => segments,
            ["namespaces", _, resource, rest @ ..] => return Self::named(group, resource, rest),
            other => other,
        };
        let (resource, rest) = segments.split_first()?;
        Self::named(group, resource, rest)
    }

    fn named(group: &'a str, resource: &'a str, rest: &[&'a str]) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-');
        // `/api/v1/watch/…` and `/api/v1/proxy/…` are forms of old that would hide what is asked.
        if !resource.bytes().all(plain) || matches!(resource, "watch" | "proxy" | "redirect") {
            return None;
        }
        let sub = rest.get(1).copied().unwrap_or_default();
        sub.bytes().all(plain).then_some(Self::Resource { group, resource, name: rest.first().copied(), sub })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn resource<'a>(group: &'a str, resource: &'a str, name: Option<&'a str>, sub: &'a str) -> Option<Asked<'a>> {
        Some(Asked::Resource { group, resource, name, sub })
    }

    #[test]
    fn paths_are_read_as_the_server_reads_them() {
        for (path, asked) in [
            ("/version", Some(Asked::Server)),
            ("/livez/ping", Some(Asked::Server)),
            ("/apis/apps/v1", Some(Asked::Server)),
            ("/api/v1/pods", resource("", "pods", None, "")),
            ("/api/v1/nodes/a/proxy/run/x", resource("", "nodes", Some("a"), "proxy")),
            ("/api/v1/namespaces/shop", resource("", "namespaces", Some("shop"), "")),
            ("/api/v1/namespaces/shop/finalize", resource("", "namespaces", Some("shop"), "finalize")),
            ("/api/v1/namespaces/shop/pods/kube-proxy/log", resource("", "pods", Some("kube-proxy"), "log")),
            ("/api/v1/namespaces/shop/pods/proxy", resource("", "pods", Some("proxy"), "")),
            (
                "/apis/apps/v1/namespaces/shop/deployments/web/scale",
                resource("apps", "deployments", Some("web"), "scale"),
            ),
            (
                "/apis/rbac.authorization.k8s.io/v1/clusterroles/system:node",
                resource("rbac.authorization.k8s.io", "clusterroles", Some("system:node"), ""),
            ),
        ] {
            assert_eq!(Asked::parse(path), asked, "{path}");
        }
    }

    #[test]
    fn what_two_readers_could_read_differently_is_not_read() {
        for path in [
            "",
            "/",
            "api/v1/pods",
            "//api/v1/pods",
            "/api/v1//pods",
            "/api/v1/pods/",
            "/api/v1/watch/pods",
            "/api/v1/proxy/nodes/a",
            "/api/v1/namespaces/a/%73ecrets",
            "/api/v1/namespaces/a/pods/x%2fexec",
            "/api/v1/namespaces/../secrets",
            "/api/v1/Secrets",
            "/logs/kube-apiserver.log",
            "/debug/pprof/heap",
            "/metrics",
            "/api/v1/pods/x y",
        ] {
            assert_eq!(Asked::parse(path), None, "{path}");
        }
    }

    proptest! {
        #[test]
        fn a_sub_resource_is_never_lost(name in "[a-z][a-z0-9.-]{0,20}", sub in "[a-z]{1,20}", more in "(/[a-z]{1,5}){0,3}") {
            let path = format!("/api/v1/namespaces/x/pods/{name}/{sub}{more}");
            prop_assert_eq!(Asked::parse(&path), resource("", "pods", Some(&name), &sub));
        }

        #[test]
        fn no_path_makes_it_fall_over(path in "\\PC{0,60}") {
            let _ = Asked::parse(&path);
        }
    }
}
