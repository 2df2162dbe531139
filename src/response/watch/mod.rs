//! Watching over what was done: whether it still stands, whether something gets through
//! again, and whether the same comes up somewhere else.

mod account;
mod alike;
mod expected;
mod flows;
mod round;

pub use alike::{Lookout, Seen, Sighting};
pub use round::Watch;
