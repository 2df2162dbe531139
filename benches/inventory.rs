//! What the inventory costs as a cluster grows: live memory a pod, the time to
//! select by image and by service account, the time of a frame. No server is
//! needed. `cargo bench --bench inventory` prints a table.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a measurement that cannot be taken stops; it has nothing to lose"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use podmortem::inventory::query::Matcher;
use podmortem::inventory::{ClusterState, Inventory, Marks, Now, View};
use podmortem::model::facts::{ContainerFacts, Facts, Meta, Owner, PodFacts};
use podmortem::model::{Clean, Kind, News, SessionId, Uid, Update};

const SESSION: SessionId = SessionId(0);

/// The shape of the real load generator: 900 workloads, 300 accounts, 60 namespaces.
fn pod(number: u32) -> Facts {
    let workload = number % 900;
    let mut uid = [0; 16];
    uid[..4].copy_from_slice(&number.to_be_bytes());
    let container = |name: &str, image: String| ContainerFacts {
        name: name.into(),
        image: image.as_str().into(),
        image_id: format!("{image}@sha256:{workload:064x}").into(),
        ..ContainerFacts::default()
    };
    Facts::Pod(Box::new(PodFacts {
        meta: Meta {
            uid: Uid::from_bytes(uid),
            namespace: format!("team-{}", workload % 60).into(),
            name: format!("workload-{workload}-7d9f6c8b5-{number:05}").into(),
            created: 1_700_000_000 + i64::from(number),
            labels: vec![
                ("app".into(), format!("workload-{workload}").into()),
                ("pod-template-hash".into(), "7d9f6c8b5".into()),
            ],
            owner: Some(Owner {
                kind: "ReplicaSet".into(),
                name: format!("workload-{workload}-7d9f6c8b5").into(),
                uid: Uid::from_bytes([7; 16]),
            }),
            ..Meta::default()
        },
        service_account: format!("account-{}", workload % 300).into(),
        node: format!("ip-10-0-{}-{}.ec2.internal", number % 200 / 100, number % 100).into(),
        ips: vec![std::net::IpAddr::from(number.to_be_bytes())],
        status: "Running".into(),
        ready: 2,
        containers: vec![
            container("main", format!("registry.example/shop/workload-{workload}:1.{}", workload % 7)),
            container("proxy", "registry.example/mesh/proxy:2.1".to_owned()),
        ],
        ..PodFacts::default()
    }))
}

fn filled(pods: u32) -> Inventory {
    let mut inventory = Inventory::new();
    inventory.open(ClusterState::new(SESSION, "bench".into(), Clean::default(), Clean::default()));
    let mut tell = |news| {
        inventory.apply(Update { session: SESSION, news }, Now::read());
    };
    tell(News::Relist(Kind::Pod));
    for first in (0..pods).step_by(256) {
        tell(News::Facts(Kind::Pod, (first..pods.min(first + 256)).map(pod).collect()));
    }
    tell(News::Listed(Kind::Pod));
    inventory
}

/// Resident memory of this process, in bytes.
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: u64 = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0);
    pages * 4_096
}

/// The median of many runs.
fn median(mut run: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..51)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
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
