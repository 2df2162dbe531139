//! Bindings, and who is bound: what the identity actions have in common.

mod binding;
mod lockout;
mod probe;
mod removal;

pub use crate::rbac::{Binding, GROUP, Subject, whoever};
pub use binding::bindings;
pub use lockout::{Lockout, UNSEEN};
pub use probe::{Probe, Who, held, probes, still_held};
pub use removal::{plan_undo, prove_undo, read_back, take_out};
