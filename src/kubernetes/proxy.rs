//! Which proxy leads to an API server, decided as `kubectl` decides it.
//!
//! A cluster's `proxy-url` stands before everything else. Without one the
//! environment is asked: `HTTPS_PROXY` (`HTTP_PROXY` for a server without TLS), unless
//! `NO_PROXY` names the server; what is on this machine is never asked for through a proxy.

use std::net::IpAddr;

use http::Uri;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use kube::config::Kubeconfig;

/// The `proxy-url` of a context's cluster, where it has one.
pub fn configured<'a>(config: &'a Kubeconfig, context: &str) -> Option<&'a str> {
    let context = config.contexts.iter().find(|named| named.name == context)?.context.as_ref()?;
    let cluster = config.clusters.iter().find(|named| named.name == context.cluster)?;
    cluster.cluster.as_ref()?.proxy_url.as_deref().filter(|url| !url.is_empty())
}

/// The proxy to a server, by the kubeconfig or by this process's environment.
///
/// # Errors
/// The proxy that is named cannot be used; what is wrong with it.
pub fn to(server: &Uri, configured: Option<&str>) -> Result<Option<Intercept>, String> {
    by(server, configured, |name| std::env::var(name).ok().filter(|value| !value.is_empty()))
}

fn by(
    server: &Uri,
    configured: Option<&str>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<Intercept>, String> {
    let either = |upper: &str| variable(upper).or_else(|| variable(&upper.to_lowercase()));
    let named = if server.scheme_str() == Some("http") { "HTTP_PROXY" } else { "HTTPS_PROXY" };
    let (source, url) = match (configured, either(named)) {
        (Some(url), _) => ("its proxy-url", url.to_owned()),
        (None, Some(url)) if !spared(server, &either("NO_PROXY").unwrap_or_default()) => (named, url),
        (None, _) => return Ok(None),
    };
    let proxy = Matcher::builder().all(url.as_str()).build().intercept(server);
    let known = proxy.filter(|proxy| matches!(proxy.uri().scheme_str(), Some("http" | "https" | "socks5" | "socks5h")));
    known.map(Some).ok_or_else(|| {
        format!("{source} {} is no proxy; write http://HOST:PORT or socks5://HOST:PORT", without_password(&url))
    })
}

/// Whether a server is spoken to directly although there is a proxy.
fn spared(server: &Uri, no_proxy: &str) -> bool {
    let host = server.host().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    if host == "localhost" || address.is_ok_and(|address| address.is_loopback()) {
        return true;
    }
    let default = if server.scheme_str() == Some("http") { 80 } else { 443 };
    let port = server.port_u16().unwrap_or(default).to_string();
    // The matcher knows no ports: an entry with another port is none, one with this port is its host.
    let entries: Vec<&str> = no_proxy
        .split(',')
        .map(str::trim)
        .filter_map(|entry| match entry.rsplit_once(':') {
            Some((host, of)) if !host.contains(':') || host.ends_with(']') => (of == port).then_some(host),
            _ => Some(entry),
        })
        .map(|entry| entry.strip_prefix("*.").unwrap_or(entry))
        .collect();
    // To the matcher, a star stands for names only.
    if entries.contains(&"*") {
        return true;
    }
    let matcher = Matcher::builder().all("http://proxy.invalid").no(entries.join(",")).build();
    matcher.intercept(server).is_none()
}

/// A URL as it may be shown.
fn without_password(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (scheme, Some(at)) => {
            let scheme = scheme.map_or("", |end| url.get(..end + 3).unwrap_or_default());
            format!("{scheme}…{}", url.get(at..).unwrap_or_default())
        }
        (_, None) => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy(server: &str, variables: &[(&str, &str)]) -> Option<String> {
        let variable =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        by(&server.parse().unwrap(), None, variable).unwrap().map(|proxy| proxy.uri().to_string())
    }

    #[test]
    fn the_environment_is_read_as_kubectl_reads_it() {
        let server = "https://ABC.gr7.eu-west-1.eks.amazonaws.com";
        let with = |variables: &[(&str, &str)]| proxy(server, variables);
        assert_eq!(with(&[]), None);
        assert_eq!(with(&[("HTTPS_PROXY", "http://p:3128")]).as_deref(), Some("http://p:3128/"));
        assert_eq!(with(&[("https_proxy", "p:3128")]).as_deref(), Some("http://p:3128/"));
        assert_eq!(with(&[("HTTP_PROXY", "http://p:3128"), ("ALL_PROXY", "http://p:3128")]), None);
        for spared in ["eks.amazonaws.com", ".eks.amazonaws.com", "*.eks.amazonaws.com", "*", "x,eks.amazonaws.com:443"]
        {
            assert_eq!(with(&[("HTTPS_PROXY", "http://p:3128"), ("NO_PROXY", spared)]), None, "{spared}");
        }
        for other in ["ks.amazonaws.com", "eks.amazonaws.com:8443", "10.0.0.0/8", ""] {
            assert!(with(&[("HTTPS_PROXY", "http://p:3128"), ("NO_PROXY", other)]).is_some(), "{other}");
        }
    }

    #[test]
    fn addresses_are_spared_by_network_and_this_machine_always() {
        let variables = [("HTTPS_PROXY", "http://p:3128"), ("NO_PROXY", "10.0.0.0/8, fd00::/8,192.0.2.7:6443")];
        for spared in [
            "https://10.1.2.3:6443",
            "https://[fd00::1]:6443",
            "https://192.0.2.7:6443",
            "https://127.0.0.1:6443",
            "https://localhost",
            "https://[::1]",
        ] {
            assert_eq!(proxy(spared, &variables), None, "{spared}");
        }
        assert_eq!(proxy("https://192.0.2.8:6443", &[("HTTPS_PROXY", "http://p:3128"), ("NO_PROXY", "*")]), None);
        for proxied in ["https://192.0.2.8:6443", "https://192.0.2.7", "https://203.0.113.1:6443"] {
            assert!(proxy(proxied, &variables).is_some(), "{proxied}");
        }
    }

    #[test]
    fn what_the_kubeconfig_names_stands_before_everything() {
        let server = "https://127.0.0.1:6443".parse().unwrap();
        let variable = |name: &str| (name == "NO_PROXY").then(|| "*".to_owned());
        let by_config = |url: &str| by(&server, Some(url), variable);
        let socks = by_config("socks5h://me:pa%40ss@bastion:1080").unwrap().unwrap();
        assert_eq!(socks.uri().to_string(), "socks5h://bastion:1080/");
        assert_eq!(socks.raw_auth(), Some(("me", "pa@ss")));
        assert!(by_config("http://me:secret@bastion:3128").unwrap().unwrap().basic_auth().is_some());
        let error = by_config("ftp://me:secret@bastion").unwrap_err();
        assert!(error.contains("ftp://…@bastion") && error.contains("socks5") && !error.contains("secret"), "{error}");
    }
}
