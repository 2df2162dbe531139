//! A large cluster in memory, for measurements.
#![allow(dead_code, reason = "not every measurement that shares it uses all of it")]

use std::time::{Duration, Instant};

use podmortem::inventory::{ClusterState, Inventory, Now};
use podmortem::model::facts::{ContainerFacts, Facts, Given, Meta, Owner, PodFacts};
use podmortem::model::{Clean, Kind, News, SessionId, Uid, Update};

/// The session of the load.
pub const SESSION: SessionId = SessionId(0);

/// The shape of the real load generator: 900 workloads, 300 accounts, 60 namespaces.
pub fn pod(number: u32) -> Facts {
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
        given: Given {
            secret_files: vec![format!("tls-{}", workload % 100).into()],
            secret_variables: vec![("main".into(), format!("db-{}", workload % 50).into())],
            audiences: vec![Clean::default()],
            ..Given::default()
        },
        ..PodFacts::default()
    }))
}

/// An inventory of so many of them.
pub fn filled(pods: u32) -> Inventory {
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

/// The median of many runs.
pub fn median(mut run: impl FnMut()) -> Duration {
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
