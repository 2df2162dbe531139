//! Clusters over the wire: ways in, credentials, the read-only guard, reading,
//! writing and watching.

mod asked;
mod clock;
pub mod connect;
pub mod contexts;
mod credential;
pub mod entry;
mod error;
pub mod guard;
pub mod identify;
mod impersonation;
pub mod logs;
mod plugin;
mod proxy;
pub mod read;
mod region;
mod request;
mod rights;
mod secrets;
mod stack;
mod stanza;
mod stream;
mod transport;
pub mod user;
pub mod watch;
mod wire;
pub mod write;

pub use crate::model::{ReadOnly, Refused, WriteRight};
pub use asked::Asked;
pub use connect::Cluster;
pub use contexts::contexts;
pub use entry::{EMBEDDED, Entry};
pub use error::Error;
pub use impersonation::Impersonation;
pub use read::{Events, LogOptions, LogStream, Read, Review, escaped, facts, facts_of_list};
pub use watch::Watches;
pub use wire::proto;
pub use write::{Write, region_of};

#[cfg(test)]
mod tests;
