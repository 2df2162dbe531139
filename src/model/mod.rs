//! The vocabulary: ids, clean text, targets, facts, plans, verdicts. No I/O.

mod age;
mod brief;
mod clean;
pub mod facts;
mod feed;
pub mod finding;
mod health;
mod image;
mod kind;
mod latch;
mod options;
mod plan;
mod progress;
mod security;
mod target;
mod typed;
mod uid;
mod verdict;

pub use age::Age;
pub use brief::brief;
pub use clean::Clean;
pub use feed::{Identity, News, SessionId, Update};
pub use finding::{Finding, Severity};
pub use health::Health;
pub use image::{ImageQuery, ImageRef};
pub use kind::Kind;
pub use latch::{ReadOnly, Refused, WriteRight};
pub use options::{Options, Setting};
pub use plan::{Call, Fact, Plan, PlanHash, PlanNote, Tier};
pub use progress::{Progress, Step, StepState};
pub use security::Security;
pub use target::{ClusterId, Target};
pub use typed::{Named, Typed};
pub use uid::Uid;
pub use verdict::Verdict;
