//! The responding half as the cockpit sees it: a plan to confirm, the jobs and
//! the journal of the case.

mod confirm;
mod notes;
mod offer;
mod plan;
mod record;
mod told;
mod view;

pub use confirm::{Answer, Confirm};
pub use notes::{Notes, Written};
pub use offer::Offer;
pub use plan::lines;
pub use record::line;
pub use told::told;
pub use view::{CaseView, WORD, verdict_of};
