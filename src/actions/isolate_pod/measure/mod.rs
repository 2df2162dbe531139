//! N4: what really gets through, measured from the node.
//!
//! A script runs on each node before anything is changed and once more when everything
//! is in place. It looks at the sockets and connections of the pods' network namespaces
//! and tries new ones from there, and as much from pods beside them, so that silence
//! means something. Nothing runs in a container.

mod answer;
mod call;
mod canary;
mod flows;
mod ground;
mod judge;
mod near;
mod report;
#[cfg(test)]
mod tests;
mod ways;

pub use call::{Phase, find, is_measurement, pods_of};
pub use canary::CANARY;
pub use ground::{Ground, Subject, addresses, instance, named};
pub use judge::{About, verdict};
