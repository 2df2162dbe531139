//! The engine: plan, confirm, run, prove, undo. Whatever it does is a record before and after.

mod approve;
mod confirm;
mod dry_run;
mod engine;
mod error;
mod hand;
mod holds;
mod job;
mod jobs;
mod live;
mod order;
mod permissions;
mod planning;
mod rests;
mod site;
mod stale;
mod undo;

pub use approve::{Person, approve};
pub use confirm::{Confirmation, How, to_type};
pub use engine::{Engine, Running};
pub use error::ResponseError;
pub use jobs::{Job, Jobs, TargetState};
pub use order::{Order, known};
pub use permissions::{Missing, missing};
pub use planning::plan;
pub use site::Site;
pub use stale::changes;
pub use undo::{standing, standing_jobs};
