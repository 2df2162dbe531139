//! Bindings, and who is bound: what the identity actions have in common.

mod binding;
mod lockout;
mod probe;
mod removal;

pub use binding::{Binding, Subject, bindings, whoever};
pub use lockout::{Lockout, UNSEEN};
pub use probe::{Probe, Who, held, probes, still_held};
pub use removal::{plan_undo, prove_undo, read_back, take_out};

/// The API group of roles and bindings.
pub const GROUP: &str = "rbac.authorization.k8s.io";
