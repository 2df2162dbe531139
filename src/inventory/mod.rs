//! What is known of every cluster: rows of pods, nodes and the rest, kept by
//! UID, with an age; and the language that selects among them.
//!
//! One owner, no locks: watches send `model::Update`s, the front that draws or
//! prints applies them between two frames.

mod cluster;
pub mod columns;
mod marks;
mod pods;
mod pool;
pub mod query;
mod relations;
mod row;
mod store;
mod table;
mod told;
mod view;

pub use cluster::{ClusterState, Freshness, KnownAs, WatchState};
pub use marks::{Mark, Marks};
pub use pods::{Pod, PodSlot, Pods};
pub use query::Query;
pub use relations::Shared;
pub use row::{Row, RowId};
pub use store::{Inventory, Now};
pub use table::{HasMeta, Row as TableRow, Table};
pub use view::{Order, View};

#[cfg(test)]
mod tests;
