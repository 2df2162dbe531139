//! Plans, kept until somebody confirms them.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use super::access::Access;
use super::error::{At, CaseError};
use crate::model::{Plan, PlanHash};

/// A directory of plans, each in a file named by its hash.
#[derive(Clone, Debug)]
pub struct Plans {
    dir: PathBuf,
    access: Access,
}

impl Plans {
    /// The plans that were made outside a case, below the state directory.
    pub fn outside(state: &std::path::Path) -> Self {
        Self::new(state.join("plans"), Access::Private)
    }

    pub(super) const fn new(dir: PathBuf, access: Access) -> Self {
        Self { dir, access }
    }

    /// Keeps a plan; one that is there already stays as it is.
    pub fn keep(&self, plan: &Plan) -> Result<PlanHash, CaseError> {
        let hash = plan.hash();
        let path = self.path(hash);
        if !path.exists() {
            self.access.create_dir(&self.dir)?;
            self.access.replace(&path, &plan.canonical())?;
        }
        Ok(hash)
    }

    /// Whether a plan of that hash is kept.
    pub fn holds(&self, hash: PlanHash) -> bool {
        self.path(hash).exists()
    }

    /// The plan of that hash, checked against it.
    pub fn find(&self, hash: PlanHash) -> Result<Plan, CaseError> {
        let path = self.path(hash);
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(CaseError::NoPlan { hash: hash.to_string() });
            }
            read => read.at("read", &path)?,
        };
        match serde_json::from_slice::<Plan>(&bytes) {
            Ok(plan) if plan.hash() == hash => Ok(plan),
            _ => Err(CaseError::PlanChanged { path }),
        }
    }

    fn path(&self, hash: PlanHash) -> PathBuf {
        self.dir.join(format!("{hash}.json"))
    }
}
