//! Triage: what has to be asked about an incident, who has answered it, and what
//! the facts offer. The answers are records of the case; nothing here decides.

mod facts;
mod ledger;
mod message;
mod page;
mod priority;
mod table;
mod topic;

pub use facts::{Alert, Facts, Known, Service};
pub use ledger::{Answer, Ledger};
pub use message::draft;
pub use page::{PageCall, PageError};
pub use priority::{Priority, Proposal, proposal};
pub use topic::{Form, Group, Source, Topic, Wrong, all, find};
