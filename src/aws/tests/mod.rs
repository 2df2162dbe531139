//! The account as AWS documents its answers, played by a server on loopback.

mod access;
mod calls;
mod machine;
pub mod scripted;
