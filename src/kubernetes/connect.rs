//! A cluster that can be talked to.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::{Request, Response};
use kube::client::Body;
use tokio::sync::Mutex;
use tower::{BoxError, Layer as _, ServiceExt as _};

use super::entry::Entry;
use super::error::Error;
use super::guard::{Guard, Guarded};
use super::read::Read;
use super::transport::Transport;
use super::write::Write;
use crate::aws::ssm::Agents;
use crate::aws::{Account, ControlPlane, NodeLost, Unsaid};
use crate::model::{ReadOnly, SessionId, WriteRight};

/// One way into one cluster, ready to be used. Clones are cheap and share
/// connections, credentials and the read-only latch.
#[derive(Clone)]
pub struct Cluster(Arc<Inner>);

struct Inner {
    session: SessionId,
    entry: Entry,
    latch: ReadOnly,
    renewal: String,
    transport: Transport,
    service: Guarded<Transport>,
    agents: Mutex<Option<(Instant, Result<Agents, NodeLost>)>>,
    /// By Region, empty for the cluster's own.
    accounts: Mutex<HashMap<String, (Instant, Reached)>>,
}

/// An account, or why it is not reached.
type Reached = Result<Account, Unsaid>;

/// How long a failure to find the account's credentials is believed: somebody may log in meanwhile.
const BELIEVED: Duration = Duration::from_secs(30);

impl Cluster {
    /// Prepares a cluster. Nothing is sent and nothing is run yet: that happens
    /// with the first request, and its errors are that request's.
    ///
    /// # Errors
    /// The user agent is not plain text.
    pub fn new(session: SessionId, entry: Entry, latch: ReadOnly, user_agent: &str) -> Result<Self, Error> {
        let transport = Transport::new(entry.clone(), user_agent)?;
        let renewal = transport.renewal();
        let service = Guard(latch.clone()).layer(transport.clone());
        let (agents, accounts) = (Mutex::default(), Mutex::default());
        Ok(Self(Arc::new(Inner { session, entry, latch, renewal, transport, service, agents, accounts })))
    }

    /// The session that this way is.
    pub fn session(&self) -> SessionId {
        self.0.session
    }

    /// The configuration that it comes from.
    pub fn entry(&self) -> &Entry {
        &self.0.entry
    }

    /// Whether it is asked as somebody whom the credential only impersonates.
    pub fn impersonates(&self) -> bool {
        self.0.entry.impersonation.is_some()
    }

    /// The read-only latch that its transport obeys.
    pub fn latch(&self) -> &ReadOnly {
        &self.0.latch
    }

    /// Names every request from here on, over this handle and its clones: a case
    /// that is opened later is in the audit log from then on.
    ///
    /// # Errors
    /// The user agent is not plain text.
    pub fn call_itself(&self, user_agent: &str) -> Result<(), Error> {
        self.0.transport.call_itself(user_agent)
    }

    /// What can be read.
    pub fn read(&self) -> Read {
        Read::new(self.clone())
    }

    /// What can be written, for who has the right.
    pub fn write(&self, right: WriteRight) -> Write {
        Write::new(self.clone(), right)
    }

    /// The agents on its nodes, through the account that it belongs to.
    ///
    /// # Errors
    /// It has no account here, or there is no Region or no credentials for it.
    pub async fn agents(&self) -> Result<Agents, NodeLost> {
        let mut known = self.0.agents.lock().await;
        if let Some((when, found)) = &*known
            && (found.is_ok() || when.elapsed() < BELIEVED)
        {
            return found.clone();
        }
        let found = match self.0.entry.place() {
            Some(place) => Agents::at(place, self.0.latch.clone()).await,
            None => Err(NodeLost::NoAccount),
        };
        *known = Some((Instant::now(), found.clone()));
        found
    }

    /// The account that it belongs to, to look at: nothing can be changed through it, whatever the latch says.
    /// An empty Region is the cluster's own.
    ///
    /// # Errors
    /// It has no account here, or there is no Region or no credentials for it.
    pub async fn account(&self, region: &str) -> Result<Account, Unsaid> {
        let mut known = self.0.accounts.lock().await;
        let found = match known.get(region) {
            Some((when, found)) if found.is_ok() || when.elapsed() < BELIEVED => found.clone(),
            _ => {
                let found = match self.0.entry.place() {
                    Some(place) => Account::at(&place.in_region(region), ReadOnly::closed()).await,
                    None => Err(Unsaid::NotAsked("no AWS account belongs to this cluster here".into())),
                };
                known.insert(region.to_owned(), (Instant::now(), found.clone()));
                found
            }
        };
        // A case may have been opened since.
        found.map(|account| account.called(&self.0.transport.called()))
    }

    /// Its control plane, as its account has it.
    ///
    /// # Errors
    /// The account cannot be asked, or has no such cluster.
    pub async fn control_plane(&self) -> Result<ControlPlane, Unsaid> {
        let entry = &self.0.entry;
        self.account("").await?.control_plane(entry.eks_name(), entry.server()).await
    }

    /// What a person does when the server no longer takes the credential.
    pub(super) fn renewal(&self) -> &str {
        &self.0.renewal
    }

    pub(super) async fn call(&self, request: Request<Body>) -> Result<Response<Body>, BoxError> {
        self.0.service.clone().oneshot(request).await
    }
}

impl fmt::Debug for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cluster({:?}, {})", self.0.session, self.0.entry.name)
    }
}
