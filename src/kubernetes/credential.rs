//! The credential of an entry: made when it is first needed, renewed ahead of time.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kube::config::ExecConfig;
use tokio::sync::Mutex;

use super::entry::{Entry, Way};
use super::plugin;
use super::stanza::{self, TokenRequest};
use crate::aws::{clients, token};

/// An EKS token lives for 14 minutes after its signature
/// (<https://github.com/kubernetes-sigs/aws-iam-authenticator>); it is renewed well before.
const TOKEN_SERVES: Duration = Duration::from_mins(10);

/// A plugin's credential is asked for again so long before it expires.
const AHEAD: Duration = Duration::from_mins(1);

/// What a request is authenticated with.
#[derive(Clone)]
pub enum Credential {
    /// What the kubeconfig says: a client certificate, a token, a token file.
    Configured,
    /// What was made here or by a plugin: a bearer token, a client certificate with its key in PEM, or both.
    Made {
        /// The token.
        bearer: Option<Arc<str>>,
        /// The certificate and its key.
        certificate: Option<Arc<(String, String)>>,
    },
}

/// The source of an entry's credentials.
pub struct Credentials {
    source: Source,
    made: Mutex<Option<(Credential, Option<Instant>)>>,
}

enum Source {
    Configured,
    Eks(TokenRequest),
    Plugin(Box<ExecConfig>),
}

/// A credential could not be made.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// The AWS credentials behind an EKS token are missing or have expired.
    #[error("{0}")]
    Aws(#[from] clients::CredentialError),
    /// The plugin of the kubeconfig failed.
    #[error("{0}")]
    Plugin(#[from] plugin::PluginError),
}

impl Credentials {
    /// Where an entry's credentials come from. Nothing is asked for yet.
    pub fn of(entry: &Entry) -> Self {
        let source = match &entry.way {
            Way::Eks(cluster) => {
                Source::Eks(TokenRequest { place: cluster.place.clone(), cluster: cluster.name.to_string() })
            }
            Way::Account => Source::Configured,
            Way::Kubeconfig { context, config, .. } => match stanza::of(config, context) {
                None => Source::Configured,
                Some(exec) => match stanza::read(exec) {
                    Some(mut request) => {
                        let region = &mut request.place.region;
                        *region = region.take().or_else(|| entry.region().map(ToString::to_string));
                        Source::Eks(request)
                    }
                    None => Source::Plugin(Box::new(exec.clone())),
                },
            },
        };
        Self { source, made: Mutex::new(None) }
    }

    /// A credential that holds now; makes one where there is none or the last one is about to expire.
    pub async fn current(&self) -> Result<Credential, CredentialError> {
        let mut made = self.made.lock().await;
        if let Some((credential, until)) = made.as_ref()
            && until.is_none_or(|until| Instant::now() < until)
        {
            return Ok(credential.clone());
        }
        let (credential, until) = match &self.source {
            Source::Configured => (Credential::Configured, None),
            Source::Eks(request) => {
                let token = token::eks(&request.place, &request.cluster).await?;
                (Credential::of_token(token), Some(Instant::now() + TOKEN_SERVES))
            }
            Source::Plugin(exec) => {
                let given = plugin::run(exec).await?;
                let until = given.serves.map(|serves| Instant::now() + serves.saturating_sub(AHEAD));
                (given.credential, until)
            }
        };
        *made = Some((credential.clone(), until));
        Ok(credential)
    }

    /// Forgets a credential that the server refused, unless another took its place meanwhile.
    pub async fn forget(&self, refused: &Credential) {
        let mut made = self.made.lock().await;
        if made.as_ref().is_some_and(|(credential, _)| credential.same(refused)) {
            *made = None;
        }
    }

    /// What a person does to renew the credentials.
    pub fn renewal(&self) -> String {
        match &self.source {
            Source::Configured => {
                "renew the credential in the kubeconfig (`kubectl config view` shows which)".to_owned()
            }
            Source::Eks(request) => clients::renewal(&request.place),
            Source::Plugin(exec) => {
                format!("run `{}` by hand to see what it needs", exec.command.as_deref().unwrap_or("the exec plugin"))
            }
        }
    }
}

impl Credential {
    /// A bearer token alone.
    fn of_token(token: String) -> Self {
        Self::Made { bearer: Some(token.into()), certificate: None }
    }

    /// The bearer token, where one was made.
    pub fn bearer(&self) -> Option<&str> {
        match self {
            Self::Made { bearer, .. } => bearer.as_deref(),
            Self::Configured => None,
        }
    }

    /// Certificate and key in PEM, where they were made.
    pub fn certificate(&self) -> Option<(&str, &str)> {
        match self {
            Self::Made { certificate: Some(pair), .. } => Some((&pair.0, &pair.1)),
            _ => None,
        }
    }

    /// Whether it stands in for the exec stanza of the kubeconfig.
    pub const fn replaces_kubeconfig(&self) -> bool {
        !matches!(self, Self::Configured)
    }

    fn same(&self, other: &Self) -> bool {
        self.bearer() == other.bearer() && self.certificate() == other.certificate()
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Configured => "Configured",
            Self::Made { .. } => "Made(…)",
        })
    }
}
