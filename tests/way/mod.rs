//! A way to the embedded cluster on which things go wrong.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use kube::client::Body;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use podmortem::gameday::GameDay;
use podmortem::kubernetes::{Cluster, ReadOnly, contexts};
use podmortem::model::SessionId;
use podmortem::response::Site;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// What becomes of a request.
#[derive(Clone, Debug)]
pub enum Fate {
    /// It arrives, and its answer comes back.
    Passes,
    /// It does not arrive; somebody on the way answers: status, reason, message.
    Answered(u16, &'static str, &'static str),
    /// The connection breaks before it arrives.
    LostBefore,
    /// It arrives, and the connection breaks before the answer.
    LostAfter,
}

type Rule = dyn Fn(&str, &str) -> Fate + Send + Sync;

/// The way to a game day's first cluster.
pub struct Way {
    address: SocketAddr,
    rule: Arc<Mutex<Arc<Rule>>>,
    extensions: Value,
}

impl Way {
    pub async fn to(day: &GameDay) -> Self {
        let config = Kubeconfig::from_yaml(&day.kubeconfig()).unwrap();
        let config = Config::from_custom_kubeconfig(config, &KubeConfigOptions::default()).await.unwrap();
        let client = Client::try_from(config).unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let passes: Arc<Rule> = Arc::new(|_, _| Fate::Passes);
        let rule = Arc::new(Mutex::new(passes));
        let rules = Arc::clone(&rule);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (client, rules) = (client.clone(), Arc::clone(&rules));
                let service = service_fn(move |request| {
                    let (client, rule) = (client.clone(), Arc::clone(&rules.lock().unwrap()));
                    async move { passed(client, rule, request).await }
                });
                tokio::spawn(async move {
                    let _ =
                        auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        let kubeconfig: Value = serde_json::from_str(&day.kubeconfig()).unwrap();
        let extensions = kubeconfig["clusters"][0]["cluster"]["extensions"].clone();
        Self { address, rule, extensions }
    }

    /// What happens from here on, by method, path and query.
    pub fn rule(&self, rule: impl Fn(&str, &str) -> Fate + Send + Sync + 'static) {
        *self.rule.lock().unwrap() = Arc::new(rule);
    }

    /// The cluster at the end of the way.
    pub async fn site(&self) -> Site {
        let config = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "way",
            "clusters": [{"name": "way", "cluster": {
                "server": format!("http://{}", self.address), "extensions": self.extensions,
            }}],
            "users": [{"name": "me", "user": {"token": "x"}}],
            "contexts": [{"name": "way", "context": {"cluster": "way", "user": "me"}}],
        });
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("kubeconfig");
        std::fs::write(&path, config.to_string()).unwrap();
        let entry = contexts(Some(&path)).unwrap().into_iter().next().unwrap();
        Site::of(Cluster::new(SessionId(0), entry, ReadOnly::open(), "podmortem/test").unwrap()).await.unwrap()
    }
}

async fn passed(client: Client, rule: Arc<Rule>, request: Request<Incoming>) -> io::Result<Response<Full<Bytes>>> {
    let broken = || io::Error::from(io::ErrorKind::ConnectionReset);
    let target = request.uri().path_and_query().unwrap().to_string();
    let fate = rule(request.method().as_str(), &target);
    let lost = matches!(fate, Fate::LostAfter);
    match fate {
        Fate::LostBefore => return Err(broken()),
        Fate::Answered(status, reason, message) => {
            let body = json!({
                "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": status, "reason": reason,
                "message": message,
            });
            let json = (header::CONTENT_TYPE, "application/json");
            return Ok(Response::builder()
                .status(status)
                .header(json.0, json.1)
                .body(body.to_string().into())
                .unwrap());
        }
        Fate::Passes | Fate::LostAfter => {}
    }
    let (mut parts, body) = request.into_parts();
    parts.headers.remove(header::HOST);
    parts.headers.remove(header::AUTHORIZATION);
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let answer = client.send(Request::from_parts(parts, Body::from(body.to_vec()))).await.map_err(io::Error::other)?;
    let (parts, body) = answer.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    if lost { Err(broken()) } else { Ok(Response::from_parts(parts, body.into())) }
}
