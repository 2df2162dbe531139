//! The API server: TLS on loopback, HTTP/1.1 and HTTP/2.

mod answer;
mod change;
mod create;
mod decode;
mod defaults;
mod discovery;
mod failure;
mod gate;
mod list;
mod log;
mod negotiate;
mod options;
mod query;
mod remove;
mod route;
mod sent;
mod shape;
mod strategic;
mod valid;
mod watch;
mod write;

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use super::Error;
use super::cluster::Cluster;

/// Listens on a free port of loopback until the task is aborted; its connections end with it.
pub(super) async fn start(cluster: Arc<Cluster>, acceptor: TlsAcceptor) -> Result<(JoinHandle<()>, SocketAddr), Error> {
    let open = |source| Error::Open { what: "a port on 127.0.0.1", source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(open)?;
    let address = listener.local_addr().map_err(open)?;
    let task = tokio::spawn(async move {
        let mut connections = JoinSet::new();
        loop {
            let Ok((stream, _)) = listener.accept().await else { continue };
            while connections.try_join_next().is_some() {}
            let (cluster, acceptor) = (Arc::clone(&cluster), acceptor.clone());
            connections.spawn(async move {
                let _ = stream.set_nodelay(true);
                // A client that breaks off is its own affair.
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let service = service_fn(move |request| {
                    let cluster = Arc::clone(&cluster);
                    async move { Ok::<_, Infallible>(answer::answer(cluster, request).await) }
                });
                let _ = auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    Ok((task, address))
}
