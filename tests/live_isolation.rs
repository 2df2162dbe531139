//! Isolation on a real cluster, held against the ground truth: what `drop`, to which
//! the compromised pods report, still hears. Needs nodes, their Systems Manager, and the
//! enforcement of policies switched; it leaves everything as it was.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says where and stops"
)]

#[path = "live_isolation/admin.rs"]
mod admin;
#[path = "live_isolation/bench.rs"]
mod bench;
#[path = "live_isolation/cut.rs"]
mod cut;
#[path = "live_isolation/many.rs"]
mod many;
#[path = "live_isolation/modes.rs"]
mod modes;
#[path = "live_isolation/near.rs"]
mod near;
#[path = "live_isolation/restless.rs"]
mod restless;
