//! Alerts: reading them in whatever shape they come, what their types mean, and
//! from an alert to the cluster, the pods, the node, the user and the instance
//! that it speaks of.

mod account;
mod again;
mod audit_log;
pub mod catalogue;
mod document;
mod envelope;
mod execs;
mod explain;
mod filter;
mod member;
mod moment;
mod observed;
mod read;
mod resolve;
mod rounds;
pub mod rules;
mod shape;
mod shelf;
mod since;
mod typed;
mod unpack;

pub use account::{guardduty_of, of_accounts, of_guardduty, of_security_hub};
pub use again::{Again, Asks, NotAsked, again, changes};
pub use audit_log::of_audit_log;
pub use execs::Execs;
pub use explain::{Leads, Line, Weight, explain};
pub use filter::Filter;
pub use observed::observed;
pub use read::{Batch, Trouble, Unreadable, read, read_file, read_stdin};
pub use resolve::{Link, Network, Networks, Place, Reach, Resolution, Resolver, Step, Sure, UserKind, Who, who};
pub use rounds::Rounds;
pub use shelf::Shelf;
pub use since::since;
pub use typed::{typed, typed_id, typed_in};

#[cfg(test)]
mod tests;
