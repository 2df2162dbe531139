//! What can be done about it: one file per action.
//!
//! Every file of this folder is an action that exports itself as `ACTION`; the
//! build finds it there, and nothing else is edited. What actions have in common
//! is in `frame/`.

mod frame;

pub use frame::{
    Action, ActionError, Ask, Attempt, Choice, Disabled, Done, Effect, Hand, Kept, Known, Look, MANAGER, Outcome,
    Right, SEND_COMMAND, Spec, Undo, Work, path_of, rule, settled,
};

pub use isolate_pod::measure::is_measurement;
pub use isolate_pod::plugin::Plugin;

include!(concat!(env!("OUT_DIR"), "/actions.rs"));

/// Every action, sorted by the names of their files.
pub fn all() -> &'static [&'static dyn Action] {
    REGISTRY
}

/// The action of that id.
pub fn find(id: &str) -> Option<&'static dyn Action> {
    REGISTRY.iter().copied().find(|action| action.spec().id == id)
}
