//! What every rule is made of.

mod exec;
mod observation;
mod rule;
mod severity;
mod sightings;
#[cfg(test)]
pub mod tests;
mod world;

pub use exec::{Exec, execs};
pub use observation::{Object, Observation};
pub use rule::{Rule, Spec};
pub use severity::Severity;
pub use sightings::Sightings;
pub use world::{World, is_node_agent, joined};
