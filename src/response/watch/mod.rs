//! Watching over what was done: whether it still stands, and whether the same
//! comes up again somewhere else.

mod alike;
mod expected;
mod round;

pub use alike::{Lookout, Seen, Sighting};
pub use round::Watch;
