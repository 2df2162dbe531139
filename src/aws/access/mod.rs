//! Who may enter a cluster, as its account tells: access entries, identity providers, pod identities, aws-auth.

mod auth_map;
mod entries;
mod oidc;
mod pod_identity;

pub use auth_map::{AuthMap, Mapped, Mapping};
pub use entries::{AccessEntry, Grant};
pub use oidc::Provider;
pub use pod_identity::Association;
