//! The cockpit: a terminal, a loop, panes and overlays over one state.

mod acting;
pub mod alerts;
pub mod app;
pub mod detail;
pub mod effect;
mod files;
mod findings;
mod following;
pub mod keys;
pub mod look;
mod mouse;
mod outside;
pub mod overlays;
mod paging;
pub mod panes;
mod recording;
pub mod reply;
mod rereading;
pub mod respond;
mod run;
mod running;
pub mod screen;
mod start;
mod tail;
pub mod terminal;
pub mod triage;
mod ways;

pub use app::Mode;
pub use run::{Ended, run};
pub use start::Options;
