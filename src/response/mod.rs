//! The engine: plan, confirm, run, prove. Whatever it does is a record before and after.

mod confirm;
mod engine;
mod error;
mod hand;
mod job;
mod jobs;
mod live;
mod order;
mod permissions;
mod site;
mod stale;
mod undo;

pub use confirm::{Confirmation, How, to_type};
pub use engine::{Engine, Running, plan};
pub use error::ResponseError;
pub use jobs::{Job, Jobs, TargetState};
pub use order::{Order, known};
pub use permissions::{Missing, missing};
pub use site::Site;
pub use stale::changes;
