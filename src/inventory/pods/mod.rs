//! Pods: a slab of rows, what they share, and those that are gone.

mod gone;
mod pod;
mod row;
mod table;

pub use pod::Pod;
pub use row::{Labels, Template};
pub use table::{Placed, PodSlot, Pods};
