//! What comes from the terminal: keys, pasted text, the mouse, sizes, signals.

mod channel;
mod csi;
mod keys;
mod mouse;
mod parser;
mod paste;
mod reader;
mod reply;
mod strings;

pub use channel::{Events, Incoming};
pub use parser::{Parsed, Parser};
pub use reply::Reply;

pub(super) use channel::{Sender, channel};
pub(super) use reader::{Ears, Reader};
