//! The panes' state: what is listed, where the cursor is, what is scrolled.

mod list;
mod text;

pub use list::{Columns, List};
pub use text::{Scroll, TextPane};
