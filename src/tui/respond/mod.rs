//! The responding half as the cockpit sees it: a plan to confirm, the jobs and
//! the journal of the case.

mod confirm;
mod offer;
mod view;

pub use confirm::{Answer, Confirm};
pub use offer::Offer;
pub use view::{CaseView, JobLine, TargetLine};
