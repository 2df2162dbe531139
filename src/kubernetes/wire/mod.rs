//! What an API server sends, read as far as podmortem keeps it: borrowed from the
//! buffer where that is possible, and never trusted.

mod event;
mod frames;
mod given;
mod given_proto;
mod list;
mod meta;
mod node;
mod object;
mod pod;
mod pod_facts;
mod pod_proto;
mod pod_status;
pub mod proto;
mod security;
mod text;

pub use event::{Event, Form, event, said_in_protobuf};
pub use frames::Frames;
pub use list::{ListDecoder, page};

use crate::model::Kind;
use crate::model::facts::Facts;

/// Bytes that are not what they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// They end in the middle of something.
    #[error("it ends in the middle of something")]
    Short,
    /// A length is larger than anything that a server stores.
    #[error("it announces something larger than any object")]
    TooLong,
    /// The form is wrong: not the protocol, or a field of the wrong type.
    #[error("it is not of the expected form")]
    Form,
    /// The object has no UID or no name.
    #[error("the object has no usable UID or name")]
    Nameless,
}

/// Reads one object of a kind from JSON.
pub fn from_json(kind: Kind, json: &str) -> Result<Facts, Broken> {
    match kind {
        Kind::Pod => pod::from_json(json).and_then(|pod| pod_facts::facts(&pod)),
        Kind::Node => node::from_json(json),
        _ => object::from_json(kind, json),
    }
}

/// Reads one pod from its protobuf message.
pub fn pod_from_proto(message: &[u8]) -> Result<Facts, Broken> {
    pod_facts::facts(&pod_proto::pod(message)?)
}
