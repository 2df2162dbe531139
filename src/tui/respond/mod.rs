//! The responding half as the cockpit sees it: a plan to confirm, the jobs and
//! the journal of the case.

mod confirm;
mod offer;
mod record;
mod view;

pub use confirm::{Answer, Confirm};
pub use offer::Offer;
pub use record::line;
pub use view::{CaseView, verdict_of};
