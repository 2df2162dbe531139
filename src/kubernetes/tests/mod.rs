//! A server on loopback that counts what reaches it, for tests.

pub mod proto;

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use super::{Cluster, ReadOnly, contexts};
use crate::model::SessionId;

/// The server; it ends with the test's runtime.
pub struct Server {
    address: std::net::SocketAddr,
    requests: Arc<AtomicUsize>,
}

impl Server {
    /// Starts a server that gives `answer` to everything.
    pub async fn start<F>(answer: F) -> Self
    where
        F: Fn(&Request<Incoming>) -> Response<Full<Bytes>> + Send + Sync + 'static,
    {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(AtomicUsize::new(0));
        let (counter, answer) = (Arc::clone(&requests), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (counter, answer) = (Arc::clone(&counter), Arc::clone(&answer));
                let service = service_fn(move |request| {
                    counter.fetch_add(1, Ordering::SeqCst);
                    let response = answer(&request);
                    async move { Ok::<_, Infallible>(response) }
                });
                let connection =
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(socket), service);
                tokio::spawn(async move { drop(connection.await) });
            }
        });
        Self { address, requests }
    }

    /// Requests that arrived.
    pub fn count(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    /// A way to this server.
    pub fn cluster(&self, latch: ReadOnly) -> Cluster {
        let config = format!(
            "{{apiVersion: v1, kind: Config, current-context: x, clusters: [{{name: x, cluster: {{server: 'http://{}'}}}}], \
             users: [{{name: x, user: {{token: t}}}}], contexts: [{{name: x, context: {{cluster: x, user: x}}}}]}}",
            self.address
        );
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), config).unwrap();
        let entry = contexts(Some(file.path())).unwrap().remove(0);
        Cluster::new(SessionId(0), entry, latch, "podmortem/test").unwrap()
    }
}
