//! The cockpit on a terminal.

pub mod terminal;
