//! What is played.

use std::time::Duration;

use super::network::Enforcement;

/// What is played: a shop on EKS whose `web` is a privileged container with a stranger in it.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// How often life goes a step on; `None` where only `GameDay::step` moves it.
    pub pace: Option<Duration>,
    /// What network policies do.
    pub enforcement: Enforcement,
    /// Whether the intruder acts, too, with what it found.
    pub intruder: bool,
}

impl Default for Scenario {
    fn default() -> Self {
        Self { pace: Some(Duration::from_secs(1)), enforcement: Enforcement::default(), intruder: true }
    }
}

impl Scenario {
    /// The same world with time standing still between calls of `GameDay::step`, and an intruder who waits.
    pub const fn still() -> Self {
        Self { pace: None, enforcement: Enforcement::Keep, intruder: false }
    }

    /// The same with other policies.
    #[must_use]
    pub const fn enforcing(self, enforcement: Enforcement) -> Self {
        Self { enforcement, ..self }
    }
}
