//! The account around the clusters on loopback: AWS Systems Manager as far as a proof asks for it, and GuardDuty.

mod command;
mod cut;
mod guardduty;
mod measure;
mod script;
mod ssm;

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

use super::Error;
use super::cluster::Cluster;

use self::command::Commands;

/// The access key and the secret that it takes: no secret, since nobody else takes them.
pub(super) const KEY: &str = "GAMEDAY";

/// As the service's limit for a request.
const LARGEST: usize = 1024 * 1024;

/// A refusal of the service.
#[derive(Clone, Debug)]
struct Fault {
    kind: &'static str,
    message: String,
}

impl Fault {
    fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

/// The account: its clusters, and the commands that were sent to their nodes.
#[derive(Debug)]
struct Account {
    clusters: Vec<Arc<Cluster>>,
    commands: Commands,
    /// Steps that the life of each cluster had made when the account was opened.
    begun: Vec<u64>,
    /// The finding that arrived, as it was written then.
    reported: Mutex<Option<Value>>,
}

impl Account {
    /// Steps that a cluster has lived since the account was opened.
    fn passed(&self, cluster: &Arc<Cluster>) -> u64 {
        let begun = self.clusters.iter().zip(&self.begun).find(|(one, _)| Arc::ptr_eq(one, cluster));
        begun.map_or(0, |(cluster, begun)| cluster.life().steps().saturating_sub(*begun))
    }

    fn reported(&self) -> MutexGuard<'_, Option<Value>> {
        self.reported.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Listens on a free port of loopback until the task is aborted.
pub(super) async fn start(clusters: Vec<Arc<Cluster>>) -> Result<(JoinHandle<()>, SocketAddr), Error> {
    let open = |source| Error::Open { what: "a port on 127.0.0.1", source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(open)?;
    let address = listener.local_addr().map_err(open)?;
    let begun = clusters.iter().map(|cluster| cluster.life().steps()).collect();
    let account = Arc::new(Account { clusters, commands: Commands::default(), begun, reported: Mutex::default() });
    let task = tokio::spawn(async move {
        let mut connections = JoinSet::new();
        loop {
            let Ok((stream, _)) = listener.accept().await else { continue };
            while connections.try_join_next().is_some() {}
            let account = Arc::clone(&account);
            connections.spawn(async move {
                let service = service_fn(move |request| {
                    let account = Arc::clone(&account);
                    async move { Ok::<_, Infallible>(answer(&account, request).await) }
                });
                let _ = auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    Ok((task, address))
}

async fn answer(account: &Arc<Account>, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let (code, body) = match asked(account, request).await {
        Ok(body) => (StatusCode::OK, body),
        Err(fault) => (StatusCode::BAD_REQUEST, json!({"__type": fault.kind, "message": fault.message})),
    };
    let kind = body.get("__type").and_then(Value::as_str).and_then(|kind| HeaderValue::from_str(kind).ok());
    let mut response = Response::new(Full::from(body.to_string()));
    *response.status_mut() = code;
    if let Some(kind) = kind {
        response.headers_mut().insert("x-amzn-errortype", kind);
    }
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.1"));
    response
}

async fn asked(account: &Arc<Account>, request: Request<Incoming>) -> Result<Value, Fault> {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let signed = header(AUTHORIZATION.as_str());
    if !signed.starts_with("AWS4-HMAC-SHA256 ") {
        return Err(Fault::new("MissingAuthenticationTokenException", "Missing Authentication Token"));
    }
    // Whoever has an account of their own never reaches this one by mistake, nor the other way round.
    if !signed.contains(&format!("Credential={KEY}/")) {
        let message = "The security token included in the request is invalid.";
        return Err(Fault::new("UnrecognizedClientException", message));
    }
    let target = header("x-amz-target").to_owned();
    // Credential=KEY/DATE/REGION/SERVICE/aws4_request
    let region = signed.split('/').nth(2).unwrap_or_default().to_owned();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let body = Limited::new(request.into_body(), LARGEST).collect().await;
    let body = body.map_err(|error| Fault::new("SerializationException", error.to_string()))?.to_bytes();
    let body: Value = match body.is_empty() {
        true => Value::Null,
        false => {
            serde_json::from_slice(&body).map_err(|error| Fault::new("SerializationException", error.to_string()))?
        }
    };
    if path.starts_with("/detector") {
        return guardduty::operate(account, &method, &path, &region, &body);
    }
    match target.strip_prefix("AmazonSSM.") {
        Some(operation) => ssm::operate(account, operation, &body),
        None => Err(Fault::new("UnknownOperationException", target)),
    }
}
