//! From a configuration to a client: a connection, through a proxy or not, TLS, and the headers of an identity.

use std::time::Duration;

use hyper::rt::{Read, Write};
use hyper_timeout::TimeoutConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::client::legacy::connect::{Connection, HttpConnector};
use hyper_util::client::proxy::matcher::Intercept;
use hyper_util::rt::TokioExecutor;
use kube::client::{Body, ConfigExt as _};
use tower::{BoxError, Service, ServiceBuilder};

/// Time to a connection, the proxy's and TLS included; the server's answers have deadlines of their own.
const CONNECT: Duration = Duration::from_secs(5);

/// A client that connects as the configuration says, through the proxy where there is one. Nothing is sent yet,
/// and nothing will be sent twice.
///
/// # Errors
/// Certificates, keys or headers of the configuration cannot be used.
pub fn client(config: &kube::Config, proxy: Option<&Intercept>) -> Result<kube::Client, kube::Error> {
    // One provider for the whole process; somebody else may have been first.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let mut direct = HttpConnector::new();
    direct.enforce_http(false);
    direct.set_nodelay(true);
    let Some(proxy) = proxy else { return over(direct, config) };
    let uri = proxy.uri().clone();
    if uri.scheme_str().is_some_and(|scheme| scheme.starts_with("socks5")) {
        // The proxy resolves the server's name: this side may not know it.
        let socks = SocksV5::new(uri, direct);
        return match proxy.raw_auth() {
            Some((user, password)) => over(socks.with_auth(user.to_owned(), password.to_owned()), config),
            None => over(socks, config),
        };
    }
    let auth = proxy.basic_auth().cloned();
    if uri.scheme_str() == Some("https") {
        let tunnel = Tunnel::new(uri, config.rustls_https_connector_with_connector(direct)?);
        return over(auth.into_iter().fold(tunnel, Tunnel::with_auth), config);
    }
    over(auth.into_iter().fold(Tunnel::new(uri, direct), Tunnel::with_auth), config)
}

fn over<H>(connector: H, config: &kube::Config) -> Result<kube::Client, kube::Error>
where
    H: Service<http::Uri> + Clone + Send + Sync + 'static,
    H::Response: Connection + Read + Write + Send + Unpin + 'static,
    H::Future: Send + 'static,
    H::Error: std::error::Error + Send + Sync + 'static,
{
    let mut connector = TimeoutConnector::new(config.rustls_https_connector_with_connector(connector)?);
    connector.set_connect_timeout(Some(CONNECT));
    let service = ServiceBuilder::new()
        .layer(config.base_uri_layer())
        .option_layer(config.auth_layer()?)
        .layer(config.extra_headers_layer()?)
        .map_err(BoxError::from)
        .service(Client::builder(TokioExecutor::new()).build::<_, Body>(connector));
    Ok(kube::Client::new(service, config.default_namespace.clone()))
}
