//! Who may do what: subjects, bindings, roles, and what follows from them.

mod binding;
mod grant;
mod power;
mod read;
mod role;
mod rule;
mod subject;

pub use binding::{Binding, whoever};
pub use grant::{Grant, Rights};
pub use power::{Held, Power, Weight, powers};
pub use role::Role;
pub use rule::{Attempt, Rule};
pub use subject::Subject;

/// The API group of roles and bindings.
pub const GROUP: &str = "rbac.authorization.k8s.io";
