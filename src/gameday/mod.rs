//! The embedded twin: clusters that live in this process and are spoken to over the wire.
//!
//! An API server for each cluster listens on loopback behind TLS and a bearer
//! token, and answers the ordinary `kube` client and `kubectl` as a real one does.
//! Behind it a small world lives on: rollouts, restarts, failing probes, events.
//! It reads no kubeconfig and no credentials of anybody's.

mod access;
mod account;
mod audit;
mod cluster;
mod fields;
mod form;
mod json;
mod kubeconfig;
mod life;
mod logs;
mod network;
mod pki;
mod random;
mod scenario;
mod schema;
mod selectors;
mod serve;
mod store;
mod table;
mod world;

use std::fs;
use std::io::Write;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;
use tokio::task::JoinHandle;

use self::audit::Audit;
use self::cluster::Cluster;
use self::kubeconfig::Context;
use self::pki::Pki;

pub use self::access::Role;
pub use self::audit::{Reference, Request};
pub use self::network::Enforcement;
pub use self::scenario::Scenario;

/// What keeps a game day from starting.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No certificate could be made.
    #[error("the game day's certificate could not be made: {0}; nothing was started")]
    Certificate(#[from] rcgen::Error),
    /// TLS did not take the certificate.
    #[error("the game day's TLS could not be set up: {0}; nothing was started")]
    Tls(#[from] rustls::Error),
    /// No port on loopback, or no private directory.
    #[error("the game day could not open {what}: {source}; check the limits of this shell (ulimit -n, free space in {dir})", dir = std::env::temp_dir().display())]
    Open {
        /// What was to be opened.
        what: &'static str,
        /// Why it was not.
        source: std::io::Error,
    },
}

/// A running game day. Dropping it stops every server and removes its files.
#[derive(Debug)]
pub struct GameDay {
    clusters: Vec<Arc<Cluster>>,
    audit: Arc<Audit>,
    contexts: Vec<Context>,
    account: SocketAddr,
    tasks: Vec<JoinHandle<()>>,
    path: PathBuf,
    // Kept for its end: dropping it removes the kubeconfig.
    _directory: TempDir,
}

impl GameDay {
    /// Starts the scenario's clusters. The same seed gives the same names, addresses and digests.
    ///
    /// # Errors
    /// Where no certificate can be made, no loopback port opened or no private directory written.
    pub async fn start(scenario: Scenario, seed: u64) -> Result<Self, Error> {
        let pki = Pki::new()?;
        let audit = Arc::new(Audit::default());
        let mut clusters = Vec::new();
        let mut contexts = Vec::new();
        let mut tasks = Vec::new();
        for blueprint in world::blueprints() {
            let cluster = Arc::new(Cluster::new(&blueprint, seed, scenario.enforcement, Arc::clone(&audit)));
            let (server, address) = serve::start(Arc::clone(&cluster), pki.acceptor()).await?;
            contexts.push(Context { name: blueprint.arn(), address, ca: pki.ca().to_owned() });
            tasks.push(server);
            if let Some(pace) = scenario.pace {
                tasks.push(life::keep_going(Arc::clone(&cluster), pace, scenario.intruder));
            }
            clusters.push(cluster);
        }
        let (server, account) = account::start(clusters.clone(), &contexts).await?;
        tasks.push(server);
        let directory = tempfile::Builder::new()
            .prefix("podmortem-gameday-")
            .tempdir()
            .map_err(|source| Error::Open { what: "a private directory", source })?;
        let path = directory.path().join("kubeconfig");
        let day = Self { clusters, audit, contexts, account, tasks, path, _directory: directory };
        day.write().map_err(|source| Error::Open { what: "its kubeconfig", source })?;
        Ok(day)
    }

    fn write(&self) -> Result<(), std::io::Error> {
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.path)?;
        file.write_all(self.kubeconfig().as_bytes())
    }

    /// A kubeconfig of an administrator: every cluster a context, the CA and the token inline.
    pub fn kubeconfig(&self) -> String {
        self.kubeconfig_as(Role::Admin)
    }

    /// A kubeconfig of somebody who may do less.
    pub fn kubeconfig_as(&self, role: Role) -> String {
        kubeconfig::text(&self.contexts, &self.account_url(), role)
    }

    /// Where the administrator's kubeconfig lies (mode 0600) until this value is dropped.
    pub fn kubeconfig_path(&self) -> &Path {
        &self.path
    }

    /// The contexts' names, the first of them current.
    pub fn contexts(&self) -> Vec<&str> {
        self.contexts.iter().map(|context| context.name.as_str()).collect()
    }

    /// Lets one step of life pass in every cluster, as a tick of its pace would.
    pub fn step(&self) {
        for cluster in &self.clusters {
            life::step(cluster, false);
        }
    }

    /// The same without rollouts and trouble: controllers and kubelets finish what was begun.
    pub fn calm_step(&self) {
        for cluster in &self.clusters {
            life::calm_step(cluster);
        }
    }

    /// Lets network policies do something else from now on, in every cluster.
    pub fn enforce(&self, enforcement: Enforcement) {
        for cluster in &self.clusters {
            let (mut network, store) = (cluster.network(), cluster.store());
            network.advance(&store, jiff::Timestamp::now());
            network.enforcement = enforcement;
        }
    }

    /// Where the account around the clusters answers: EC2, Auto Scaling, IAM, STS, EKS, ECR, GuardDuty, CloudWatch Logs,
    /// KMS, Systems Manager, and buckets of S3 as far as they tell about themselves.
    pub fn account_url(&self) -> String {
        format!("http://{}", self.account)
    }

    /// The access key that the account takes, and its secret, which is the same word; no other account takes it.
    pub const fn account_key(&self) -> &'static str {
        account::KEY
    }

    /// Every request that reached a cluster so far, oldest first; the last 20,000 of them.
    pub fn requests(&self) -> Vec<Request> {
        self.audit.requests()
    }

    /// Writes every request that is answered from now on to a new file of this user's: JSON lines
    /// of the form of an API server's audit log (`audit.k8s.io/v1`, level Metadata).
    ///
    /// # Errors
    /// Where the file exists already, or cannot be made.
    pub fn write_audit(&self, path: &Path) -> Result<(), Error> {
        self.audit.write_to(path).map_err(|source| Error::Open { what: "the audit log", source })
    }

    /// Forgets the history of changes as etcd's compaction does: older watches and pages get 410 Gone.
    pub fn compact(&self) {
        for cluster in &self.clusters {
            cluster.store().compact();
        }
    }
}

impl Drop for GameDay {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}
