//! Alerts: reading them in whatever shape they come, what their types mean, and
//! from an alert to the cluster, the pods, the node, the user and the instance
//! that it speaks of.

mod account;
pub mod catalogue;
mod document;
mod envelope;
mod explain;
mod member;
mod moment;
mod read;
mod resolve;
pub mod rules;
mod shape;
mod shelf;
mod unpack;

pub use account::of_accounts;
pub use explain::{Leads, Line, Weight, explain};
pub use read::{Batch, Trouble, Unreadable, read, read_file, read_stdin};
pub use resolve::{Link, Network, Networks, Place, Reach, Resolution, Resolver, Step, Sure, UserKind, Who, who};
pub use shelf::Shelf;

#[cfg(test)]
mod tests;
