//! What podmortem keeps of an object that it lists: what selection and display
//! need. The whole object is fetched when somebody looks at it, and for evidence.

mod given;
mod limits;
mod node;
mod object;
mod pod;

pub use given::{Given, IRSA, POD_IDENTITY, names_a_credential};
pub use limits::Limit;
pub use node::{NodeFacts, NodeKind, Readiness, Taint};
pub use object::{Endpoint, ObjectFacts, ServicePort, Shape};
pub use pod::{ContainerFacts, ContainerRole, PodFacts};

use super::{Clean, Kind, Uid};

/// What every object has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meta {
    /// Identity.
    pub uid: Uid,
    /// Namespace, empty for kinds without one.
    pub namespace: Clean,
    /// Name.
    pub name: Clean,
    /// When the server stored it, in seconds since 1970; 0 where it does not say.
    pub created: i64,
    /// Whether it is being deleted.
    pub deleting: bool,
    /// Labels, sorted by key.
    pub labels: Vec<(Clean, Clean)>,
    /// The owner that controls it.
    pub owner: Option<Owner>,
    /// Whether any text of the object's metadata that a person may see hid something.
    pub hid_something: bool,
}

/// The controller of an object. Kinds that podmortem does not list are kept by name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Owner {
    /// `ReplicaSet`, `Node` (a static pod's mirror), or any other.
    pub kind: Clean,
    /// The owner's name.
    pub name: Clean,
    /// The owner's identity.
    pub uid: Uid,
}

/// The facts of one object of any kind.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "each variant is the facts of its name")]
pub enum Facts {
    Pod(Box<PodFacts>),
    Node(Box<NodeFacts>),
    Object(Box<ObjectFacts>),
}

impl Facts {
    /// What every object has.
    pub fn meta(&self) -> &Meta {
        match self {
            Self::Pod(pod) => &pod.meta,
            Self::Node(node) => &node.meta,
            Self::Object(object) => &object.meta,
        }
    }

    /// The object's kind.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Pod(_) => Kind::Pod,
            Self::Node(_) => Kind::Node,
            Self::Object(object) => object.kind,
        }
    }
}
