//! Every Kubernetes action on a real cluster, through the program as a script would
//! run it and as somebody who may do what containment needs and no more: planned,
//! done, held against `kubectl`, put back, and held against `kubectl` again.
//! Each test has a namespace of its own, and leaves nothing behind.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says where and stops"
)]

#[path = "live_actions/lab.rs"]
mod lab;

#[path = "live_actions/identities.rs"]
mod identities;
#[path = "live_actions/nodes.rs"]
mod nodes;
#[path = "live_actions/pods.rs"]
mod pods;
#[path = "live_actions/workloads.rs"]
mod workloads;
