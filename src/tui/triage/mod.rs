//! Triage on the screen: the questions with their answers, one of them being
//! answered, and a call of people that waits for its yes.

mod answering;
mod list;
mod paging;

pub use answering::Answering;
pub use list::{Row, Triage};
pub use paging::{Paging, Said};
