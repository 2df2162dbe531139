//! What is worth a look in any cluster: one file per rule.
//!
//! Every file of this folder is a rule that exports itself as `RULE`; the build
//! finds it there, and nothing else is edited. What rules have in common is in
//! `frame/`.

mod frame;

pub use frame::{Exec, Object, Observation, Rule, Severity, Sightings, Spec, World, execs};

include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// Every rule, sorted by the names of their files.
pub fn all() -> &'static [&'static dyn Rule] {
    REGISTRY
}

/// What the rules see, the gravest first, then by cluster and by what it is about.
pub fn observe(world: &World<'_>) -> Vec<Observation> {
    let mut seen = Sightings::default();
    for rule in all() {
        seen.of(rule.spec());
        rule.look(world, &mut seen);
    }
    seen.told()
}

#[cfg(test)]
mod tests;
