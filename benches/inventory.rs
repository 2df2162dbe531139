//! What the inventory costs as a cluster grows: live memory a pod, the time to
//! select by image and by service account, the time of a frame. No server is
//! needed. `cargo bench --bench inventory` prints a table.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a measurement that cannot be taken stops; it has nothing to lose"
)]

mod load;

use std::hint::black_box;
use std::time::Instant;

use podmortem::inventory::query::Matcher;
use podmortem::inventory::{Marks, View};
use podmortem::model::Kind;

use load::{filled, median};

/// Resident memory of this process, in bytes.
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: u64 = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0);
    pages * 4_096
}

fn main() {
    println!(
        "{:>8} {:>10} {:>12} {:>12} {:>12} {:>12}",
        "pods", "KB a pod", "fill", "by image", "by account", "by text"
    );
    let nothing = Marks::default();
    for pods in [1_000, 5_000, 20_000, 50_000] {
        let before = resident();
        let start = Instant::now();
        let inventory = filled(pods);
        let fill = start.elapsed();
        let each = resident().saturating_sub(before) as f64 / f64::from(pods) / 1_024.0;
        let mut view = View::new(Kind::Pod);
        view.refresh(&inventory, &nothing, &nothing);
        let by = |words: &str| {
            let query = words.parse().expect("a query");
            median(|| {
                let matcher = Matcher::new(&query, &inventory, &nothing, &nothing);
                black_box(inventory.pods().iter().filter(|(_, pod)| matcher.pod(*pod)).count());
            })
        };
        let (image, account) = (by("image:shop/workload-17:1.3"), by("sa:team-17/account-17"));
        let text = by("workload-17");
        println!("{pods:>8} {each:>10.2} {fill:>12.2?} {image:>12.2?} {account:>12.2?} {text:>12.2?}");
    }
}
