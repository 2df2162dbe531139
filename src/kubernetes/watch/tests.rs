//! Watches against servers that do one thing wrong each.

use std::io::Write as _;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;

use super::*;
use crate::kubernetes::ReadOnly;
use crate::kubernetes::tests::{Server, proto};

type Answer = Response<Full<Bytes>>;

const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";

fn answer(status: u16, kind: &str, body: impl Into<Bytes>) -> Answer {
    Response::builder().status(status).header("content-type", kind).body(Full::from(body.into())).unwrap()
}

fn json(status: u16, body: &str) -> Answer {
    answer(status, "application/json", body.to_owned())
}

fn gzipped(body: &[u8]) -> Answer {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(body).unwrap();
    let mut answer = answer(200, PROTOBUF, encoder.finish().unwrap());
    answer.headers_mut().insert("content-encoding", "gzip".parse().unwrap());
    answer
}

fn watches(request: &Request<Incoming>) -> bool {
    request.uri().query().is_some_and(|query| query.contains("watch=true"))
}

/// News of a server until `enough` of them are seen.
async fn news<F>(kinds: &[Kind], serve: F, mut enough: impl FnMut(&[News]) -> bool) -> Vec<News>
where
    F: Fn(&Request<Incoming>) -> Answer + Send + Sync + 'static,
{
    let server = Server::start(serve).await;
    let (sender, mut receiver) = mpsc::channel(8);
    let _watches = Watches::start(server.cluster(ReadOnly::closed()), kinds, sender);
    let mut seen = Vec::new();
    while !enough(&seen) {
        let next = tokio::time::timeout(Duration::from_secs(60), receiver.recv()).await;
        let next = next.unwrap_or_else(|_| panic!("nothing more after {seen:?}"));
        seen.push(next.unwrap().news);
    }
    seen
}

fn names(news: &[News]) -> Vec<String> {
    let facts = news.iter().filter_map(|news| if let News::Facts(_, facts) = news { Some(facts) } else { None });
    facts.flatten().map(|facts| facts.meta().name.to_string()).collect()
}

fn count(news: &[News], wanted: impl Fn(&News) -> bool) -> usize {
    news.iter().filter(|news| wanted(news)).count()
}

fn is_health(news: &News, wanted: Kind, health: &Health) -> bool {
    matches!(news, News::Watch(kind, seen) if *kind == wanted && seen == health)
}

#[tokio::test(flavor = "multi_thread")]
async fn pods_come_as_a_first_page_then_all_then_as_they_change() {
    let all: Vec<String> = (0..700).map(|number| format!("web-{number}")).collect();
    let serve = move |request: &Request<Incoming>| {
        let query = request.uri().query().unwrap_or_default();
        match request.uri().path() {
            "/api/v1/pods" if watches(request) => {
                assert!(query.contains("resourceVersion=4711"), "{query}");
                let frames = [
                    proto::event("MODIFIED", &proto::pod("web-0", 0)),
                    proto::event("DELETED", &proto::pod("web-1", 1)),
                ];
                answer(200, "application/vnd.kubernetes.protobuf;stream=watch", frames.concat())
            }
            "/api/v1/pods" if query == "limit=100" => answer(200, PROTOBUF, proto::pods(&all[..100], "4700", "more")),
            "/api/v1/pods" => gzipped(&proto::pods(&all, "4711", "")),
            _ => json(404, "{}"),
        }
    };
    let seen = news(&[Kind::Pod], serve, |seen| seen.iter().any(|news| matches!(news, News::Gone(..)))).await;
    let listed = seen.iter().position(|news| matches!(news, News::Listed(Kind::Pod))).unwrap();
    assert_eq!(names(&seen[..listed]).len(), 800);
    assert_eq!(names(&seen[listed..]), ["web-0"]);
    assert!(seen.iter().all(|news| !matches!(news, News::Facts(_, facts) if facts.len() > 256)));
    assert!(is_health(&seen[listed + 1], Kind::Pod, &Health::Live), "{:?}", seen[listed + 1]);
    assert_eq!(count(&seen, |news| matches!(news, News::Relist(_))), 1);
}

const NAMESPACE: &str =
    r#"{"metadata":{"name":"shop","uid":"0b5e8f8e-4a3c-4c86-9d3e-2f3b1c0a9d11","resourceVersion":"8"}}"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_protobuf_and_streaming_lists_gets_pages() {
    let serve = |request: &Request<Incoming>| {
        let query = request.uri().query().unwrap_or_default();
        match query {
            _ if query.contains("sendInitialEvents") => {
                json(422, r#"{"reason":"Invalid","message":"sendInitialEvents is forbidden"}"#)
            }
            _ if watches(request) => json(200, ""),
            _ if query.contains("continue=more") => json(200, r#"{"metadata":{"resourceVersion":"9"},"items":[{}]}"#),
            _ => json(
                200,
                &format!(r#"{{"metadata":{{"resourceVersion":"9","continue":"more"}},"items":[{NAMESPACE}]}}"#),
            ),
        }
    };
    for kind in [Kind::Namespace, Kind::Pod] {
        let seen = news(&[kind], serve, |seen| seen.iter().any(|news| is_health(news, kind, &Health::Live))).await;
        assert_eq!(names(&seen), ["shop"]);
        assert_eq!(count(&seen, |news| matches!(news, News::Unreadable(_, 1))), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_streaming_list_ends_with_its_bookmark() {
    let serve = |request: &Request<Incoming>| {
        let bookmark = r#"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9","annotations":{"k8s.io/initial-events-end":"true"}}}}"#;
        match request.uri().query().unwrap_or_default() {
            query if query.contains("sendInitialEvents") => {
                json(200, &format!("{{\"type\":\"ADDED\",\"object\":{NAMESPACE}}}\n{bookmark}\n"))
            }
            query if query.contains("resourceVersion=9") => {
                json(200, &format!("{{\"type\":\"DELETED\",\"object\":{NAMESPACE}}}\n"))
            }
            _ => json(404, "{}"),
        }
    };
    let seen = news(&[Kind::Namespace], serve, |seen| seen.iter().any(|news| matches!(news, News::Gone(..)))).await;
    let place = |wanted: fn(&News) -> bool| seen.iter().position(wanted).unwrap();
    let (relist, listed) =
        (place(|news| matches!(news, News::Relist(_))), place(|news| matches!(news, News::Listed(_))));
    assert!(
        relist < place(|news| matches!(news, News::Facts(..)))
            && place(|news| matches!(news, News::Facts(..))) < listed
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_version_leads_to_a_new_list() {
    let serve = |request: &Request<Incoming>| match request.uri().query().unwrap_or_default() {
        query if query.contains("sendInitialEvents") => json(400, "{}"),
        _ if watches(request) => json(200, "{\"type\":\"ERROR\",\"object\":{\"code\":410,\"message\":\"too old\"}}\n"),
        _ => json(200, r#"{"metadata":{"resourceVersion":"9"},"items":[]}"#),
    };
    let seen = news(&[Kind::Namespace], serve, |seen| count(seen, |news| matches!(news, News::Listed(_))) == 2).await;
    assert_eq!(count(&seen, |news| matches!(news, News::Watch(_, Health::Failing { .. }))), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_kind_in_trouble_disturbs_no_other() {
    let serve = |request: &Request<Incoming>| match request.uri().path() {
        "/livez" => json(200, "ok"),
        path if path.ends_with("/nodes") => json(403, r#"{"message":"nodes is forbidden"}"#),
        path if path.ends_with("/services") => {
            let mut slow = json(429, r#"{"message":"too many requests"}"#);
            slow.headers_mut().insert("retry-after", "7".parse().unwrap());
            slow
        }
        path if path.ends_with("/jobs") => json(404, "{}"),
        path if path.ends_with("/deployments") => json(500, r#"{"message":"etcd\u001b[31m is away"}"#),
        _ if watches(request) && request.uri().query().unwrap_or_default().contains("sendInitialEvents") => {
            json(400, "{}")
        }
        _ if watches(request) => json(200, ""),
        _ => json(200, &format!(r#"{{"metadata":{{"resourceVersion":"9"}},"items":[{NAMESPACE}]}}"#)),
    };
    let kinds = [Kind::Node, Kind::Service, Kind::Job, Kind::Deployment, Kind::Namespace];
    let settled = |seen: &[News], kind| {
        seen.iter().any(|news| {
            matches!(news, News::Watch(one, health) if *one == kind && !matches!(health, Health::Connecting | Health::Listing(_)))
        })
    };
    let seen = news(&kinds, serve, |seen| kinds.iter().all(|kind| settled(seen, *kind))).await;
    let said = |kind, wanted: fn(&Health) -> bool| {
        seen.iter().any(|news| matches!(news, News::Watch(one, health) if *one == kind && wanted(health)))
    };
    assert!(said(Kind::Node, |health| matches!(health, Health::Forbidden(said) if said == "nodes is forbidden")));
    assert!(said(Kind::Service, |health| matches!(health, Health::Throttled(wait) if wait.as_secs() == 7)));
    assert!(said(Kind::Job, |health| *health == Health::Absent));
    assert!(said(
        Kind::Deployment,
        |health| matches!(health, Health::Failing { why, .. } if why.contains("etcd␛[31m is away"))
    ));
    assert!(said(Kind::Namespace, Health::is_live));
    assert_eq!(names(&seen), ["shop"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lying_server_is_an_error_and_never_the_end() {
    for body in ["", "k8s\0", "k8s\0\u{12}\u{7f}\u{12}\u{7f}", "<html>"] {
        let serve = move |request: &Request<Incoming>| match request.uri().path() {
            "/livez" => json(200, "ok"),
            _ => answer(200, PROTOBUF, body),
        };
        let failing = |news: &News| matches!(news, News::Watch(Kind::Pod, Health::Failing { .. }));
        let seen = news(&[Kind::Pod], serve, |seen| seen.iter().any(failing)).await;
        assert_eq!(count(&seen, |news| matches!(news, News::Listed(_))), 0, "{body:?}");
    }
}
