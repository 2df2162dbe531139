//! From a file of ten thousand findings to pods among twenty thousand: the time to parse, to sort in and to
//! resolve. The whole has to stay under a second. Then our rules over the same pods: a whole round, and the longest
//! that one look of it took. `cargo bench --bench findings` prints it.

#![allow(clippy::expect_used, reason = "a measurement that cannot be taken stops; it has nothing to lose")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use podmortem::findings::{Networks, Resolver, Rounds, Shelf, read};
use podmortem::inventory::{ClusterState, Inventory, Now};
use podmortem::model::facts::{ContainerFacts, Facts, Given, Meta, NodeFacts, Owner, PodFacts};
use podmortem::model::{Kind, News, Security, SessionId, Uid, Update};
use serde_json::json;

const SESSION: SessionId = SessionId(0);
const PODS: u32 = 20_000;
const FINDINGS: u32 = 10_000;
const NODES: u32 = 200;

fn uid(number: u32) -> Uid {
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(number.to_be_bytes()).for_each(|(to, from)| *to = from);
    Uid::from_bytes(bytes)
}

fn pod(number: u32) -> Facts {
    let workload = number % 900;
    let image = format!("registry.example/shop/workload-{workload}:1.{}", workload % 7);
    Facts::Pod(Box::new(PodFacts {
        meta: Meta {
            uid: uid(number),
            namespace: format!("team-{}", workload % 60).into(),
            name: format!("workload-{workload}-7d9f6c8b5-{number:05}").into(),
            created: 1_700_000_000,
            labels: vec![("pod-template-hash".into(), "7d9f6c8b5".into())],
            owner: Some(Owner {
                kind: "ReplicaSet".into(),
                name: format!("workload-{workload}-7d9f6c8b5").into(),
                uid: uid(7),
            }),
            ..Meta::default()
        },
        service_account: format!("account-{}", workload % 300).into(),
        node: format!("node-{}", number % NODES).into(),
        ips: vec![std::net::IpAddr::from((0x0a00_0000 + number).to_be_bytes())],
        status: "Running".into(),
        security: if number.is_multiple_of(67) { privileged() } else { Security::default() },
        given: Given { secret_variables: vec![("main".into(), "db".into())], ..Given::default() },
        containers: vec![ContainerFacts { name: "main".into(), image: image.into(), ..ContainerFacts::default() }],
        ..PodFacts::default()
    }))
}

fn privileged() -> Security {
    let mut security = Security::default();
    security.add(Security::PRIVILEGED);
    security
}

fn node(number: u32) -> Facts {
    Facts::Node(Box::new(NodeFacts {
        meta: Meta { uid: uid(1_000_000 + number), name: format!("node-{number}").into(), ..Meta::default() },
        instance_id: format!("i-{number:017x}").into(),
        ..NodeFacts::default()
    }))
}

fn filled() -> Inventory {
    let mut inventory = Inventory::new();
    let state = ClusterState::new(SESSION, "bench".into(), "111122223333".into(), "us-east-1".into());
    inventory.open(state);
    let mut tell = |news| {
        inventory.apply(Update { session: SESSION, news }, Now::read());
    };
    tell(News::Facts(Kind::Pod, (0..PODS).map(pod).collect()));
    tell(News::Facts(Kind::Node, (0..NODES).map(node).collect()));
    tell(News::Listed(Kind::Pod));
    inventory
}

/// As GuardDuty writes them; every third is about a pod by its UID, the others are about whole workloads.
fn file() -> String {
    let findings: Vec<_> = (0..FINDINGS)
        .map(|number| {
            let workload = number % 900;
            let namespace = format!("team-{}", workload % 60);
            let pod = number % 3 == 0;
            let name = if pod { format!("gone-{number}") } else { format!("workload-{workload}") };
            let kind = if pod { "pods" } else { "deployments" };
            json!({
                "accountId": "111122223333", "region": "us-east-1", "id": format!("{number:032x}"),
                "arn": format!("arn:aws:guardduty:us-east-1:111122223333:detector/d/finding/{number:032x}"),
                "type": "PrivilegeEscalation:Kubernetes/PrivilegedContainer", "severity": f64::from(number % 10),
                "title": "A privileged container was started.", "description": "x".repeat(200),
                "createdAt": "2026-11-28T09:00:00.000Z", "updatedAt": 1.764_320_400_5E9,
                "resource": {
                    "resourceType": "EKSCluster",
                    "eksClusterDetails": {"name": "bench", "arn": "arn:aws:eks:us-east-1:111122223333:cluster/bench", "tags": []},
                    "kubernetesDetails": {
                        "kubernetesUserDetails": {"username": format!("system:serviceaccount:{namespace}:account-{}", workload % 300), "groups": ["a", "b"]},
                        "kubernetesWorkloadDetails": {
                            "name": name, "namespace": namespace, "type": kind,
                            "uid": if pod { uid(number).to_string() } else { String::new() },
                            "containers": [{"name": "main", "image": format!("registry.example/shop/workload-{workload}:1.0"), "securityContext": {"privileged": false}}],
                        },
                    },
                },
                "service": {
                    "serviceName": "guardduty", "archived": false, "count": 2, "eventLastSeen": "2026-11-28T08:59:00.000Z",
                    "action": {"actionType": "KUBERNETES_API_CALL", "kubernetesApiCallAction": {
                        "verb": "create", "requestUri": "/api/v1/pods", "sourceIPs": [format!("10.0.{}.{}", number / 256 % 256, number % 256)],
                        "remoteIpDetails": {"ipAddressV4": "198.51.100.7", "organization": {"asn": "64500", "asnOrg": "X"}},
                    }},
                },
            })
        })
        .collect();
    json!({"Findings": findings}).to_string()
}

fn main() {
    let (inventory, file) = (filled(), file());
    println!("{FINDINGS} findings in {} MB against {PODS} pods", file.len() / 1_000_000);
    for _ in 0..5 {
        let begun = Instant::now();
        let batch = read(&"bench".into(), file.as_bytes());
        let parsed = begun.elapsed();
        let mut shelf = Shelf::default();
        shelf.take(batch);
        let shelved = begun.elapsed();
        let networks = Networks::default();
        let resolver = Resolver::new(&inventory, &[], &networks);
        let pods: usize = shelf.iter().map(|finding| black_box(resolver.resolve(finding)).pods().count()).sum();
        let all = begun.elapsed();
        println!(
            "parsed {parsed:>10.2?}  in order {:>10.2?}  resolved {:>10.2?} ({pods} links to pods)  all {all:>10.2?}",
            shelved - parsed,
            all - shelved
        );
    }
    rules(&inventory);
}

/// A round of our rules over everything, in looks as the cockpit gives them; nothing is seen anew in the second.
fn rules(inventory: &Inventory) {
    let mut rounds = Rounds::default();
    let (mut whole, mut longest) = (Duration::ZERO, Duration::ZERO);
    while !rounds.looked() {
        let begun = Instant::now();
        black_box(rounds.look(inventory, jiff::Timestamp::UNIX_EPOCH, Duration::from_millis(3)));
        whole += begun.elapsed();
        longest = longest.max(begun.elapsed());
    }
    let seen: usize = rounds.findings().iter().map(|finding| finding.about.seen_on.len()).sum();
    println!(
        "rules: a round {whole:.2?}, its longest look {longest:.2?}; {} findings on {seen} objects",
        rounds.findings().len()
    );
}
