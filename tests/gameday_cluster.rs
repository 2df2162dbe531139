//! The program on the embedded cluster, held against `kubectl` by the same tests
//! as on a real one. Skipped, with a line that says so, where there is no `kubectl`.
#![cfg(feature = "gameday")]

#[path = "cluster/twin.rs"]
mod cluster;
#[path = "cluster/mod.rs"]
mod held;
