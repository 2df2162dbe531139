//! What every action is made of.

mod account;
mod choice;
mod contract;
mod done;
mod error;
mod fields;
mod known;
mod look;
mod marking;
mod object;
mod owner;
pub mod put_back;
pub mod rbac;
mod selecting;
mod sending;
mod sketch;
mod spec;
mod witness;
mod workload;

pub use account::{call_all, finding, held, named};
pub use choice::{Choice, is_yes, settled, wrong};
pub use contract::{Action, Ask, Hand, Kept, Outcome, SEND_COMMAND, Work};
pub use done::{Attempt, Done, Effect};
pub use error::ActionError;
pub use fields::{field, meta_of};
pub use known::Known;
pub use look::Look;
pub use marking::{ANNOTATION, Marking, REPLACE, label_choice};
pub use object::{controller, decode, labels, list, name, path_of, pinned, raw, raw_if_there, selects, still_there};
pub use owner::taken_over;
pub use selecting::{Selecting, adopters, keys, owner_of, selector_of};
pub use sending::{send, send_all, unless_moved};
pub use sketch::Sketch;
pub use spec::{Disabled, Right, Spec, Undo, rule};
pub use witness::Witness;
pub use workload::{has_ended, keepers, losses, pods_of};

/// Who the API server's `managedFields` name for what podmortem writes.
pub const MANAGER: &str = "podmortem";

/// The label with the case's slug on what podmortem makes or marks.
pub const CASE: &str = "ir.podmortem/case";

#[cfg(test)]
mod tests;
