//! What a plan is asked for.

use crate::actions::Known;
use crate::model::{Options, PlanNote};

/// An action, what it is told beside its targets, and what the case knows.
#[derive(Clone, Debug, Default)]
pub struct Order<'a> {
    /// The action's id.
    pub action: &'a str,
    /// Its options, those that are not left as they are.
    pub options: Options,
    /// What the case knows.
    pub known: Known,
    /// What whoever orders it adds to what is read before the yes.
    pub said: Vec<PlanNote>,
}

impl<'a> From<&'a str> for Order<'a> {
    fn from(action: &'a str) -> Self {
        Self { action, ..Self::default() }
    }
}
