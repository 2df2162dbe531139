//! The account around the embedded clusters, as the `aws` command line reads it where there is one, and as the
//! program does.
#![cfg(feature = "gameday")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says where and stops"
)]

mod command_line;
mod ground;
mod program;
