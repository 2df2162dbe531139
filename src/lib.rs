//! podmortem: incident response on EKS from a terminal.
//!
//! The rooms of the house, from the ground up. A room imports only from rooms
//! below it; `tests/structure.rs` reads the `use crate::` lines and fails on any
//! other arrow.

pub mod model;

pub mod config;

pub mod aws;

pub mod kubernetes;

pub mod inventory;

pub mod rbac;

pub mod case;

pub mod findings;

pub mod blast;

pub mod triage;

pub mod actions;

pub mod response;

pub mod playbook;

#[cfg(feature = "gameday")]
pub mod gameday;

pub mod tui;

pub mod cli;
