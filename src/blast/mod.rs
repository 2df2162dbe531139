//! Blast radius: what could be reached from a pod, a node or an identity, as far
//! as bindings, mounts and placement tell. Facts are read once; what follows from
//! them is computed here, without asking anybody.

mod facts;
mod host;
mod identity;
mod line;
mod origin;
mod pods;
mod radius;
mod roles;
mod secrets;
#[cfg(test)]
mod tests;

pub use facts::{Facts, Iam};
pub use host::{Host, Way, ways};
pub use identity::{Given, Identity, Might};
pub use line::{Lead, Line, Tone};
pub use origin::{Origin, OriginError};
pub use pods::{PodName, Sharing};
pub use radius::{Blast, Unknown};
pub use roles::IamRole;
pub use secrets::Secret;
