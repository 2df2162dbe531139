//! What every action is made of.

mod choice;
mod contract;
mod done;
mod error;
mod known;
mod look;
mod object;
mod owner;
mod sketch;
mod spec;

pub use choice::{Choice, settled};
pub use contract::{Action, Ask, Hand, Kept, Outcome, Work};
pub use done::{Attempt, Done, Effect};
pub use error::ActionError;
pub use known::Known;
pub use look::Look;
pub use object::{controller, decode, labels, list, name, path_of, pinned, selects, still_there};
pub use owner::taken_over;
pub use sketch::Sketch;
pub use spec::{Disabled, Right, Spec, Undo, rule};

/// Who the API server's `managedFields` name for what podmortem writes.
pub const MANAGER: &str = "podmortem";

#[cfg(test)]
mod tests;
