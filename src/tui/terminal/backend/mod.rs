//! Frames into as few bytes as a terminal needs for them.

mod frame;
mod motion;
mod pen;
mod scroll;
mod shadow;

pub use frame::Painter;
