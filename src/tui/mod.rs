//! The cockpit: a terminal, a loop, panes and overlays over one state.

pub mod app;
pub mod detail;
pub mod effect;
pub mod keys;
pub mod look;
pub mod overlays;
pub mod panes;
pub mod respond;
pub mod screen;
pub mod terminal;
