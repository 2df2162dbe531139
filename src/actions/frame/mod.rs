//! What every action is made of.

mod contract;
mod error;
mod look;
mod object;
mod sketch;
mod spec;

pub use contract::{Action, Ask, Hand, Kept, Outcome, Work};
pub use error::ActionError;
pub use look::Look;
pub use object::{controller, decode, labels, list, name, path_of, pinned, selects};
pub use sketch::Sketch;
pub use spec::{Disabled, Right, Spec};

/// Who the API server's `managedFields` name for what podmortem writes.
pub const MANAGER: &str = "podmortem";

#[cfg(test)]
mod tests;
