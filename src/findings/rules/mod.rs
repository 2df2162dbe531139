//! What is worth a look in any cluster: one file per rule.
//!
//! Every file of this folder is a rule that exports itself as `RULE`; the build
//! finds it there, and nothing else is edited. What rules have in common is in
//! `frame/`.

mod frame;

pub use frame::{Exec, Object, Observation, Rule, Sightings, Spec, Topic, World};

include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// Every rule, sorted by the names of their files.
pub fn all() -> &'static [&'static dyn Rule] {
    REGISTRY
}

/// What is fixed about the rule of an id.
pub fn spec(id: &str) -> Option<&'static Spec> {
    all().iter().map(|rule| rule.spec()).find(|spec| spec.id == id)
}

/// What the rules see, the gravest first, then by cluster and by what it is about.
pub fn observe(world: &World<'_>) -> Vec<Observation> {
    all().iter().fold(Sightings::default(), |seen, rule| seen.looked(*rule, world)).told()
}

#[cfg(test)]
pub use frame::tests as small_world;
#[cfg(test)]
mod tests;
