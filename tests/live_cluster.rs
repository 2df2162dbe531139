//! The program on a real cluster, held against `kubectl`. Skipped, with a line
//! that says so, where `PODMORTEM_LIVE_KUBECONFIG` is unset.

#[path = "cluster/real.rs"]
mod cluster;
#[path = "cluster/mod.rs"]
mod held;
