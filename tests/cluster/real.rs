//! A real cluster, named by the environment.

use std::path::{Path, PathBuf};

use tokio::runtime::Runtime;

use crate::held::ground::{Failure, Who};

/// A kubeconfig of the real cluster.
pub struct Cluster {
    path: PathBuf,
}

impl Cluster {
    /// The cluster as somebody; `None`, with a line that says so, where there is none.
    pub fn of(who: Who, _runtime: &Runtime) -> Result<Option<Self>, Failure> {
        let variable = match who {
            Who::Admin => "PODMORTEM_LIVE_KUBECONFIG",
            Who::Responder => "PODMORTEM_LIVE_RESPONDER",
            Who::Observer => "PODMORTEM_LIVE_OBSERVER",
            Who::Stranger => "PODMORTEM_LIVE_STRANGER",
        };
        let path = std::env::var_os(variable).map(PathBuf::from);
        if path.is_none() {
            println!("skipped: {variable} is not set");
        }
        Ok(path.map(|path| Self { path }))
    }

    /// Where the kubeconfig lies.
    pub fn kubeconfig(&self) -> &Path {
        &self.path
    }
}
