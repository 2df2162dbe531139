//! The terminal itself: what it can do, what is written to it, what comes from
//! it, and leaving it as it was found whatever happens.

pub mod backend;
pub mod clipboard;
mod depth;
mod guard;
pub mod input;
mod modes;
mod output;
mod palette;
mod panics;
pub mod probe;
mod screen;
mod signals;
mod tty;

pub use depth::Depth;
pub use input::{Events, Incoming};
pub use output::{Counts, Tap};
pub use palette::Palette;
pub use panics::take as take_panics;
pub use probe::Capabilities;
pub use screen::{Options, Screen, Suspended};
pub use signals::Signal;
pub use tty::NoTerminal;
