//! The AWS account around the clusters: the only place where an SDK client is built.

pub mod clients;
pub mod eks;
mod guard;
pub mod guardduty;
pub mod identity;
mod lost;
pub mod ssm;
pub mod token;

pub use eks::{EksCluster, Place};
pub use lost::NodeLost;
