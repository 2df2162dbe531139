//! Who a Kubernetes user is: a service account, a node, an IAM identity, a person of an OIDC provider, nobody.

mod arn;
mod ask;
mod known;
mod tree;

pub use ask::ask;
pub use known::{Known, User};
pub use tree::{Answer, Link, Sure, WhoIs, who_is};
