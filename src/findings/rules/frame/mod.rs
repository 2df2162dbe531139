//! What every rule is made of.

mod exec;
mod observation;
mod rule;
mod sightings;
#[cfg(test)]
pub mod tests;
mod world;

pub use crate::model::Severity;
pub use exec::Exec;
pub use observation::{Object, Observation, Topic};
pub use rule::{Rule, Spec};
pub use sightings::Sightings;
pub use world::{World, is_node_agent, joined};
