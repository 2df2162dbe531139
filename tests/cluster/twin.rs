//! The embedded cluster, one for each test, with time standing still.

use std::path::{Path, PathBuf};
use std::process::Command;

use podmortem::gameday::{GameDay, Role, Scenario};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::held::ground::{Failure, Who};

/// A running game day and the kubeconfig of a role.
pub struct Cluster {
    path: PathBuf,
    _day: GameDay,
    _directory: TempDir,
}

impl Cluster {
    /// The cluster as somebody; `None`, with a line that says so, where nothing can judge it.
    pub fn of(who: Who, runtime: &Runtime) -> Result<Option<Self>, Failure> {
        if !Command::new("kubectl").args(["version", "--client"]).output().is_ok_and(|output| output.status.success()) {
            println!("skipped: there is no kubectl on the PATH");
            return Ok(None);
        }
        let role = match who {
            Who::Admin => Role::Admin,
            Who::Responder => Role::Responder,
            Who::Observer => Role::Observer,
            Who::Stranger => Role::Stranger,
        };
        let day = runtime.block_on(GameDay::start(Scenario::still(), 1))?;
        let directory = tempfile::tempdir()?;
        let path = directory.path().join("kubeconfig");
        std::fs::write(&path, day.kubeconfig_as(role))?;
        Ok(Some(Self { path, _day: day, _directory: directory }))
    }

    /// Where the kubeconfig lies.
    pub fn kubeconfig(&self) -> &Path {
        &self.path
    }
}
