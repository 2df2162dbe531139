//! Amazon EC2: what an instance is, what is attached to it, and what would end it.

mod attribute;
mod group;
mod instance;
mod interface;
mod volume;
mod vpc;

pub use attribute::Shutdown;
pub use group::{Group, Rule};
pub use instance::{Instance, Named};
pub use interface::Interface;
pub use volume::Volume;
