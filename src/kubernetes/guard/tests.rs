//! Every verb on every resource and sub-resource, against a server that counts.

use http_body_util::{BodyExt as _, Full};
use kube::client::Body;

use super::*;
use crate::kubernetes::Cluster;
use crate::kubernetes::tests::Server;

const VERBS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"];

const RESOURCES: [&str; 16] = [
    "/api/v1/pods",
    "/api/v1/nodes",
    "/api/v1/namespaces/shop/pods",
    "/api/v1/namespaces/shop/secrets",
    "/api/v1/namespaces/shop/services",
    "/api/v1/namespaces/shop/serviceaccounts",
    "/api/v1/namespaces/shop/configmaps",
    "/api/v1/namespaces",
    "/apis/apps/v1/namespaces/shop/deployments",
    "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies",
    "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
    "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
    "/apis/authorization.k8s.io/v1/namespaces/shop/localsubjectaccessreviews",
    "/apis/authentication.k8s.io/v1/selfsubjectreviews",
    "/apis/authentication.k8s.io/v1/tokenreviews",
    "/apis/certificates.k8s.io/v1/certificatesigningrequests",
];

const SUB_RESOURCES: [&str; 20] = [
    "",
    "/web",
    "/web/log",
    "/web/status",
    "/web/scale",
    "/web/exec",
    "/web/attach",
    "/web/portforward",
    "/web/proxy",
    "/web/proxy/run/x",
    "/web/eviction",
    "/web/binding",
    "/web/token",
    "/web/ephemeralcontainers",
    "/web/resize",
    "/web/finalize",
    "/web/approval",
    "/kube-proxy",
    "/exec",
    "/proxy",
];

/// What read-only lets through, said a second time and in other words than the guard does.
fn allowed(verb: &str, resource: &str, sub: &str) -> bool {
    let takes_over = ["/web/exec", "/web/attach", "/web/portforward", "/web/proxy", "/web/proxy/run/x"];
    let reviews = ["selfsubjectaccessreviews", "localsubjectaccessreviews", "selfsubjectreviews"];
    match verb {
        _ if resource.ends_with("/secrets") => false,
        // `/api/v1/namespaces/web/exec` is the collection `exec` in the namespace `web`.
        "GET" | "HEAD" if resource.ends_with("/namespaces") => sub != "/web/proxy" && sub != "/web/proxy/run/x",
        "GET" | "HEAD" => !takes_over.contains(&sub),
        "POST" => sub.is_empty() && reviews.iter().any(|review| resource.ends_with(review)),
        _ => false,
    }
}

async fn send(cluster: &Cluster, verb: &str, path: &str, headers: &[(&str, &str)]) -> Result<(), BoxError> {
    let mut request = Request::builder().method(verb).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = cluster.call(request.body(Body::empty()).unwrap()).await?;
    drop(response.into_body().collect().await);
    Ok(())
}

#[tokio::test]
async fn what_read_only_forbids_does_not_reach_the_socket() {
    let server = Server::start(|_| http::Response::new(Full::from("{}"))).await;
    let cluster = server.cluster(ReadOnly::closed());
    let mut tried = 0;
    for verb in VERBS {
        for resource in RESOURCES {
            for sub in SUB_RESOURCES {
                let path = format!("{resource}{sub}");
                let before = server.count();
                let answer = send(&cluster, verb, &path, &[]).await;
                let expected = usize::from(allowed(verb, resource, sub));
                assert_eq!(server.count() - before, expected, "{verb} {path}: {answer:?}");
                if expected == 0 {
                    let refused = answer.unwrap_err();
                    let refused = refused.downcast_ref::<Refused>().unwrap();
                    assert!(refused.what == format!("{verb} {path}") && !refused.why.is_empty());
                }
                tried += 1;
            }
        }
    }
    assert_eq!(tried, VERBS.len() * RESOURCES.len() * SUB_RESOURCES.len());
}

#[tokio::test]
async fn an_upgrade_is_refused_whatever_it_is_called() {
    let server = Server::start(|_| http::Response::new(Full::from("{}"))).await;
    let cluster = server.cluster(ReadOnly::closed());
    for headers in [[("upgrade", "websocket")], [("connection", "keep-alive, Upgrade")]] {
        assert!(send(&cluster, "GET", "/api/v1/pods", &headers).await.is_err());
    }
    assert_eq!(server.count(), 0);
}

#[tokio::test]
async fn secrets_are_metadata_or_nothing_in_every_mode() {
    let json = |_: &http::Request<_>| {
        http::Response::builder().header("content-type", "application/json").body(Full::from("{}")).unwrap()
    };
    let server = Server::start(json).await;
    let metadata = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
    let both = format!("{metadata}, application/json");
    let quoted = "application/json;x=\";as=PartialObjectMetadata\"";
    for latch in [ReadOnly::closed(), ReadOnly::open()] {
        let cluster = server.cluster(latch);
        let before = server.count();
        for path in ["/api/v1/secrets", "/api/v1/namespaces/shop/secrets/db", "/api/v1/namespaces/shop/%73ecrets"] {
            for accept in ["*/*", "application/json", &both, quoted] {
                for verb in VERBS {
                    assert!(send(&cluster, verb, path, &[("accept", accept)]).await.is_err(), "{verb} {path} {accept}");
                }
            }
        }
        assert_eq!(server.count(), before);
        send(&cluster, "GET", "/api/v1/secrets", &[("accept", metadata)]).await.unwrap();
        assert_eq!(server.count(), before + 1);
    }
}

#[tokio::test]
async fn the_latch_closes_while_the_cluster_is_in_use() {
    let server = Server::start(|_| http::Response::new(Full::from("{}"))).await;
    let latch = ReadOnly::open();
    let cluster = server.cluster(latch.clone());
    send(&cluster, "DELETE", "/api/v1/namespaces/shop/pods/web", &[]).await.unwrap();
    latch.close();
    assert!(send(&cluster, "DELETE", "/api/v1/namespaces/shop/pods/web", &[]).await.is_err());
    assert_eq!(server.count(), 1);
}
