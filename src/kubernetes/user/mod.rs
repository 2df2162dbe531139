//! Who a Kubernetes user is: a service account, a node, an IAM identity, a person of an OIDC provider, nobody.

mod answer;
mod arn;
mod ask;
mod entries;
mod known;
mod person;
mod tree;

pub use answer::{Answer, Link, Sure, WhoIs};
pub use ask::ask;
pub use known::{Known, User};
pub use tree::who_is;
