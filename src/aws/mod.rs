//! The AWS account around the clusters: the only place where an SDK client is built.

pub mod access;
pub mod account;
pub mod agent;
pub mod autoscaling;
pub mod bucket;
mod call;
pub mod clients;
pub mod control_plane;
pub mod detector;
pub mod ec2;
pub mod ecr;
pub mod eks;
pub mod filter;
mod guard;
pub mod guardduty;
pub mod iam;
pub mod identity;
pub mod logs;
mod lost;
pub mod machine;
mod node_roles;
pub mod operations;
pub mod reported;
pub mod rights;
pub mod security_hub;
mod signed;
pub mod ssm;
pub mod token;
pub mod told;

pub use account::Account;
pub use call::{Accepted, CallError, Operation};
pub use control_plane::ControlPlane;
pub use eks::{EksCluster, Place};
pub use lost::NodeLost;
pub use machine::{Machine, at as machine_at};
pub use told::{Told, Unsaid};

#[cfg(test)]
pub mod tests;
