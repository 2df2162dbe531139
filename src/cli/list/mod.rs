//! `podmortem pods`, `nodes`, and the other lists.

mod command;
mod noun;
mod print;
mod selectors;
mod table;

pub use command::{Args, Form, rows, run};
pub use noun::Noun;
pub use print::{Listing, Output, json_items};
pub use selectors::Selectors;
pub use table::{Breadth, Table};
