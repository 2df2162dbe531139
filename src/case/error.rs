//! What can go wrong with a case.

use std::io;
use std::path::{Path, PathBuf};

use super::CaseId;
use crate::model::Clean;

/// Why a case could not be made, read or written.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// The disk refused.
    #[error("cannot {doing} {}: {source}; check the space and the permissions there", path.display())]
    Io {
        /// What was attempted: `write`, `create`.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A case of that id is there.
    #[error("case {id} exists already in {}; open it, or choose another id", path.display())]
    Exists {
        /// The id.
        id: CaseId,
        /// Where it is.
        path: PathBuf,
    },
    /// There is no such case.
    #[error("there is no case {id} in {}; `podmortem case list` shows what is there, `podmortem case new` opens one", root.display())]
    Absent {
        /// What was asked for.
        id: String,
        /// Where it was looked for.
        root: PathBuf,
    },
    /// The directory holds no opening record.
    #[error("{} is no case: no record in its journal opens one", path.display())]
    NotACase {
        /// The directory.
        path: PathBuf,
    },
    /// A case needs an id.
    #[error("a case needs an id or a ticket: give it with --id")]
    NoId,
    /// A case needs somebody who answers for it.
    #[error("a case needs a responder: say who with --responder")]
    NoResponder,
    /// An earlier write failed half-way and could not be taken back.
    #[error("the journal {} is not written to any more, since a write failed half-way ({why}); free the disk and start again: the next start closes it", path.display())]
    JournalLost {
        /// The file.
        path: PathBuf,
        /// What happened.
        why: String,
    },
    /// The file of the signing key holds no key.
    #[error("{} is no ed25519 key: move it away and start again; a new one is made, and heads that the old one signed are told from those of the new one", path.display())]
    NotAKey {
        /// The file.
        path: PathBuf,
    },
    /// Evidence would leave its Region, and the case does not allow that.
    #[error(
        "evidence of {from} is not kept in {to}, where this machine stands; :allow-copy {from} {to} REASON allows it in \
         this case, or `podmortem case allow-copy --from {from} --to {to} --reason TEXT --case '{id}'`"
    )]
    Elsewhere {
        /// The Region that it is of.
        from: Clean,
        /// The Region where it would be kept.
        to: Clean,
        /// The case.
        id: CaseId,
    },
    /// A plan that is not there.
    #[error("there is no plan {hash} here; make it again with `podmortem plan`")]
    NoPlan {
        /// The hash that was asked for.
        hash: String,
    },
    /// A stored plan whose content is not what its name says.
    #[error("the plan in {} is not the one that its name says; it was changed, make it again", path.display())]
    PlanChanged {
        /// The file.
        path: PathBuf,
    },
}

/// Names what failed and where.
pub(super) trait At<T> {
    /// Adds what was being done, and on which path.
    fn at(self, doing: &'static str, path: &Path) -> Result<T, CaseError>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, doing: &'static str, path: &Path) -> Result<T, CaseError> {
        self.map_err(|source| CaseError::Io { doing, path: path.to_owned(), source })
    }
}

impl<T> At<T> for Result<T, rustix::io::Errno> {
    fn at(self, doing: &'static str, path: &Path) -> Result<T, CaseError> {
        self.map_err(io::Error::from).at(doing, path)
    }
}
