//! The account around the clusters, on loopback: what is asked by somebody who looks, and the scripts that run on nodes.
//!
//! Each service speaks its own protocol; which one is asked stands in the signature, as on the real endpoints.

mod autoscaling;
mod command;
mod cut;
mod ec2;
mod ecr;
mod eks;
mod guardduty;
mod iam;
mod instance;
mod logs;
mod measure;
mod probe;
mod request;
mod s3;
mod script;
mod ssm;
mod xml;

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

use super::Error;
use super::cluster::Cluster;
use super::kubeconfig::Context;

use self::command::Commands;
use self::request::{Answer, Request, refused_in_json};

/// The access key and the secret that it takes: no secret, since nobody else takes them.
pub(super) const KEY: &str = "GAMEDAY";

/// The account's number.
pub(super) const ACCOUNT: &str = "111122223333";

/// As the services' limit for a request.
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

    /// REST services tell by the status, too, what is not there and what is not allowed.
    fn status(&self) -> StatusCode {
        match self.kind {
            "ResourceNotFoundException" | "NoSuchEntity" | "NoSuchBucket" | "ObjectLockConfigurationNotFoundError" => {
                StatusCode::NOT_FOUND
            }
            "InvalidAccessException" => StatusCode::UNAUTHORIZED,
            "UnauthorizedOperation" | "AccessDenied" => StatusCode::FORBIDDEN,
            "ResourceInUseException" => StatusCode::CONFLICT,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}

/// The account: its clusters, and the commands that were sent to their nodes.
#[derive(Debug)]
struct Account {
    clusters: Vec<Arc<Cluster>>,
    /// Name, URL and authority of each API server, as `DescribeCluster` tells them.
    servers: Vec<(&'static str, String, String)>,
    commands: Commands,
    /// Steps that the life of each cluster had made when the account was opened.
    begun: Vec<u64>,
    /// The finding that arrived, as it was written then.
    reported: Mutex<Option<Value>>,
    /// What was done about findings.
    archive: guardduty::Archive,
    /// Changes of the control planes.
    updates: eks::Updates,
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
pub(super) async fn start(
    clusters: Vec<Arc<Cluster>>,
    contexts: &[Context],
) -> Result<(JoinHandle<()>, SocketAddr), Error> {
    let open = |source| Error::Open { what: "a port on 127.0.0.1", source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(open)?;
    let address = listener.local_addr().map_err(open)?;
    let servers = clusters
        .iter()
        .zip(contexts)
        .map(|(cluster, context)| (cluster.name, format!("https://{}", context.address), STANDARD.encode(&context.ca)));
    let servers = servers.collect();
    let begun = clusters.iter().map(|cluster| cluster.life().steps()).collect();
    let account = Arc::new(Account {
        clusters,
        servers,
        commands: Commands::default(),
        begun,
        reported: Mutex::default(),
        archive: guardduty::Archive::default(),
        updates: eks::Updates::default(),
    });
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

async fn answer(account: &Arc<Account>, request: http::Request<Incoming>) -> Response<Full<Bytes>> {
    let (parts, body) = request.into_parts();
    let body = match Limited::new(body, LARGEST).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => return refused_in_json(&Fault::new("SerializationException", error.to_string())),
    };
    let request = match Request::read(&parts, &body) {
        Ok(request) => request,
        Err(fault) => return refused_in_json(&fault),
    };
    let signed = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match admitted(signed).and_then(|()| operate(account, &request)) {
        Ok(answer) => request.answered(&answer),
        Err(fault) => request.refused(&fault),
    }
}

/// Whoever has an account of their own never reaches this one by mistake, nor the other way round.
fn admitted(signed: &str) -> Result<(), Fault> {
    if !signed.starts_with("AWS4-HMAC-SHA256 ") {
        return Err(Fault::new("MissingAuthenticationTokenException", "Missing Authentication Token"));
    }
    if !signed.contains(&format!("Credential={KEY}/")) {
        let message = "The security token included in the request is invalid.";
        return Err(Fault::new("UnrecognizedClientException", message));
    }
    Ok(())
}

fn operate(account: &Arc<Account>, request: &Request) -> Result<Answer, Fault> {
    match request.service.as_str() {
        "autoscaling" => autoscaling::operate(account, request),
        "ec2" => ec2::operate(account, request),
        "ecr" => ecr::operate(account, request),
        "eks" => eks::operate(account, request),
        "guardduty" => guardduty::operate(account, request).map(Answer::Json),
        "iam" => iam::operate(account, request),
        "kms" => s3::key(account, request),
        "logs" => logs::operate(account, request).map(Answer::Json),
        "s3" => s3::operate(account, request),
        "securityhub" => {
            Err(Fault::new("InvalidAccessException", "This account is not subscribed to AWS Security Hub"))
        }
        "ssm" => ssm::operate(account, &request.operation, &request.body).map(Answer::Json),
        "sts" => iam::caller(request),
        other => Err(Fault::new("UnknownOperationException", format!("{other} {}", request.operation))),
    }
}
