//! From a request to the socket: credentials, TLS, the API server's address.

use std::sync::{Arc, PoisonError, RwLock};
use std::task::{Context, Poll};

use futures::future::BoxFuture;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use hyper_util::client::proxy::matcher::Intercept;
use kube::client::Body;
use kube::config::{AuthInfo, KubeConfigOptions, Kubeconfig};
use tokio::sync::Mutex;
use tower::{BoxError, Service};

use super::credential::{Credential, Credentials};
use super::entry::{Entry, Way};
use super::error::Error;
use super::{proxy, secrets, stack};
use crate::model::Clean;

/// Sends requests to one cluster. Clones share connections and credentials.
#[derive(Clone)]
pub struct Transport(Arc<Inner>);

struct Inner {
    entry: Entry,
    user_agent: RwLock<HeaderValue>,
    impersonation: HeaderMap,
    credentials: Credentials,
    built: Mutex<Option<Built>>,
}

/// A client, and the client certificate that it was built with.
struct Built {
    certificate: Option<String>,
    client: kube::Client,
}

impl Transport {
    /// A transport that has connected to nothing yet.
    pub fn new(entry: Entry, user_agent: &str) -> Result<Self, Error> {
        let user_agent = RwLock::new(plain(user_agent)?);
        let credentials = Credentials::of(&entry);
        let impersonation = match &entry.impersonation {
            Some(who) => who.headers().map_err(|why| unusable(&entry, &why))?,
            None => HeaderMap::new(),
        };
        Ok(Self(Arc::new(Inner { entry, user_agent, impersonation, credentials, built: Mutex::new(None) })))
    }

    /// Names every request from here on.
    pub fn call_itself(&self, user_agent: &str) -> Result<(), Error> {
        *self.0.user_agent.write().unwrap_or_else(PoisonError::into_inner) = plain(user_agent)?;
        Ok(())
    }

    /// What requests are named by now.
    pub fn called(&self) -> String {
        self.user_agent().to_str().unwrap_or_default().to_owned()
    }

    fn user_agent(&self) -> HeaderValue {
        self.0.user_agent.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn client(&self, credential: &Credential) -> Result<kube::Client, Error> {
        let certificate = credential.certificate();
        let mut built = self.0.built.lock().await;
        if let Some(built) = built.as_ref()
            && built.certificate.as_deref() == certificate.map(|(pem, _)| pem)
        {
            return Ok(built.client.clone());
        }
        let (config, proxy) = config(&self.0.entry, credential).await?;
        let client =
            stack::client(&config, proxy.as_ref()).map_err(|error| unusable(&self.0.entry, &error.to_string()))?;
        *built = Some(Built { certificate: certificate.map(|(pem, _)| pem.to_owned()), client: client.clone() });
        Ok(client)
    }

    async fn send(self, mut request: Request<Body>) -> Result<Response<Body>, BoxError> {
        let what = format!("{} {}", request.method(), request.uri().path());
        let path = request.uri().path().to_owned();
        let credential = self
            .0
            .credentials
            .current()
            .await
            .map_err(|why| Error::Unauthenticated { what: Clean::from(what), why: Clean::from(why.to_string()) })?;
        request.headers_mut().insert(header::USER_AGENT, self.user_agent());
        request.headers_mut().extend(self.0.impersonation.clone());
        if let Some(bearer) = credential.bearer() {
            let mut value = HeaderValue::from_str(&format!("Bearer {bearer}"))?;
            value.set_sensitive(true);
            request.headers_mut().insert(header::AUTHORIZATION, value);
        }
        let response = self.client(&credential).await?.send(request).await?;
        if response.status() == StatusCode::UNAUTHORIZED {
            self.0.credentials.forget(&credential).await;
        }
        if response.status().is_success() && secrets::asked_for(&path) {
            return secrets::stripped(&path, response).await;
        }
        Ok(response)
    }

    /// The command that renews this entry's credentials, as an order to a person.
    pub fn renewal(&self) -> String {
        self.0.credentials.renewal()
    }
}

impl Service<Request<Body>> for Transport {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Response<Body>, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        Box::pin(self.clone().send(request))
    }
}

fn plain(user_agent: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(user_agent).map_err(|_| Error::Configuration(Clean::from("the user agent is not plain text")))
}

/// What the client is made of, and the proxy that it goes through.
async fn config(entry: &Entry, credential: &Credential) -> Result<(kube::Config, Option<Intercept>), Error> {
    let mut named_proxy = None;
    let mut config = match &entry.way {
        Way::Kubeconfig { context, config, .. } => {
            let mut kubeconfig = Kubeconfig::clone(config);
            named_proxy = proxy::configured(config, context);
            if credential.replaces_kubeconfig() {
                for named in &mut kubeconfig.auth_infos {
                    if let Some(user) = &mut named.auth_info {
                        user.exec = None;
                    }
                }
            }
            let options = KubeConfigOptions { context: Some(context.clone()), ..KubeConfigOptions::default() };
            kube::Config::from_custom_kubeconfig(kubeconfig, &options)
                .await
                .map_err(|error| unusable(entry, &error.to_string()))?
        }
        Way::Account => return Err(unusable(entry, "it is an account and no cluster; --context names a cluster")),
        Way::Eks(cluster) => {
            let endpoint = cluster.endpoint.parse().map_err(|_| unusable(entry, "its endpoint is no URL"))?;
            let mut config = kube::Config::new(endpoint);
            config.root_cert =
                Some(authority(&cluster.authority).ok_or_else(|| {
                    unusable(entry, "DescribeCluster gave no certificate authority that can be read")
                })?);
            config.auth_info = AuthInfo::default();
            config
        }
    };
    if let Some((pem, key)) = credential.certificate() {
        use base64::Engine as _;
        let encode = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
        config.auth_info.client_certificate_data = Some(encode(pem));
        config.auth_info.client_key_data = Some(encode(key).into());
    }
    let proxy = proxy::to(&config.cluster_url, named_proxy).map_err(|why| unusable(entry, &why))?;
    Ok((config, proxy))
}

fn unusable(entry: &Entry, why: &str) -> Error {
    Error::Configuration(Clean::capped(&format!("the configuration of {} cannot be used: {why}", entry.name), 400))
}

/// The certificates of a PEM bundle in base64, in DER.
fn authority(encoded: &str) -> Option<Vec<Vec<u8>>> {
    use base64::Engine as _;
    use rustls::pki_types::{CertificateDer, pem::PemObject as _};
    let pem = base64::engine::general_purpose::STANDARD.decode(encoded.trim()).ok()?;
    let certificates: Vec<Vec<u8>> =
        CertificateDer::pem_slice_iter(&pem).filter_map(Result::ok).map(|der| der.as_ref().to_vec()).collect();
    (!certificates.is_empty()).then_some(certificates)
}
