//! Where a blast radius begins.

use crate::inventory::{Inventory, Row, RowId};
use crate::model::{Clean, Kind, SessionId};
use crate::rbac::Subject;

/// A pod, a node or an identity that is taken for lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A pod: whoever is in one of its containers.
    Pod(RowId),
    /// A node: whoever is root on it.
    Node(RowId),
    /// An identity: whoever has its credential.
    Identity(SessionId, Subject),
}

/// Why a row is no beginning.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// Nothing is reached from an object of this kind.
    #[error("a blast radius begins at a pod, a node or an identity, and {0} is none of them")]
    Kind(Kind),
    /// The object is not known.
    #[error("this object is no longer known")]
    Gone,
}

impl Origin {
    /// The beginning that a row is.
    ///
    /// # Errors
    /// It is none, or no longer known.
    pub fn of(row: RowId, inventory: &Inventory) -> Result<Self, OriginError> {
        let held = inventory.row(row).ok_or(OriginError::Gone)?;
        match (row.kind, held) {
            (Kind::Pod, _) => Ok(Self::Pod(row)),
            (Kind::Node, _) => Ok(Self::Node(row)),
            (Kind::ServiceAccount, Row::Object(session, account)) => {
                Ok(Self::Identity(session, Subject::account(&account.meta.namespace, &account.meta.name)))
            }
            (kind, _) => Err(OriginError::Kind(kind)),
        }
    }

    /// The session that it is on.
    pub const fn session(&self) -> SessionId {
        match self {
            Self::Pod(row) | Self::Node(row) => row.session,
            Self::Identity(session, _) => *session,
        }
    }

    /// `Pod shop/web-7d9f`, `Node ip-10-0-1-5`, `ServiceAccount:shop/web`.
    pub fn title(&self, inventory: &Inventory) -> Clean {
        match self {
            Self::Identity(_, subject) => subject.to_string().into(),
            Self::Pod(id) | Self::Node(id) => match inventory.row(*id) {
                Some(row) if row.namespace().is_empty() => format!("{} {}", id.kind, row.name()).into(),
                Some(row) => format!("{} {}/{}", id.kind, row.namespace(), row.name()).into(),
                None => format!("{} {}", id.kind, id.uid).into(),
            },
        }
    }
}
