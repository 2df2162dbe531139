//! The lists and `doctor` on a real cluster: every fact agrees with `kubectl`.
//! Skipped, with a line that says so, where `PODMORTEM_LIVE_KUBECONFIG` is unset.

#[path = "live_cli/doctor.rs"]
mod doctor;
#[path = "live_cli/live.rs"]
mod live;
#[path = "live_cli/nodes.rs"]
mod nodes;
#[path = "live_cli/objects.rs"]
mod objects;
#[path = "live_cli/plain.rs"]
mod plain;
#[path = "live_cli/pods.rs"]
mod pods;
#[path = "live_cli/several.rs"]
mod several;
