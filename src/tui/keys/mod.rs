//! What can be done with a key. One record drives the keys, the bar at the
//! bottom, the help, the palette and the reason beside what is disabled.

mod command;
mod table;

pub use command::{Command, Group, Pane};
pub use table::{ENTRIES, Entry, bindings, entry, entry_of};
