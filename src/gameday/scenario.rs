//! What is played.

use std::time::Duration;

/// What is played: a shop on EKS whose `web` is a privileged container with a stranger in it.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// How often life goes a step on; `None` where only `GameDay::step` moves it.
    pub pace: Option<Duration>,
}

impl Default for Scenario {
    fn default() -> Self {
        Self { pace: Some(Duration::from_secs(1)) }
    }
}

impl Scenario {
    /// The same world with time standing still between calls of `GameDay::step`.
    pub const fn still() -> Self {
        Self { pace: None }
    }
}
