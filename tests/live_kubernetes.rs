//! Against a real API server, where `PODMORTEM_LIVE_KUBECONFIG` names one: what
//! podmortem reads must be what `kubectl` prints.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says where and stops"
)]

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use podmortem::kubernetes::{Cluster, Error, Events, LogOptions, ReadOnly, Review, Watches, contexts, facts_of_list};
use podmortem::model::facts::{ContainerRole, Facts, PodFacts};
use podmortem::model::{Call, Health, Kind, News, SessionId, Uid, Update};
use tokio::sync::mpsc;

/// Long enough for any machine; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(60);

fn kubeconfig() -> Option<PathBuf> {
    let path = std::env::var_os("PODMORTEM_LIVE_KUBECONFIG").map(PathBuf::from);
    if path.is_none() {
        println!("skipped: PODMORTEM_LIVE_KUBECONFIG is not set");
    }
    path
}

fn cluster(latch: ReadOnly) -> Option<Cluster> {
    cluster_of(&kubeconfig()?, latch)
}

fn cluster_of(kubeconfig: &std::path::Path, latch: ReadOnly) -> Option<Cluster> {
    let entries = contexts(Some(kubeconfig)).unwrap();
    let entry = entries.into_iter().find(|entry| entry.current).unwrap();
    Some(Cluster::new(SessionId(0), entry, latch, "podmortem/test").unwrap())
}

fn kubectl(args: &[&str]) -> String {
    let output = Command::new("kubectl").args(args).env("KUBECONFIG", kubeconfig().unwrap()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Everything that the watches of `kinds` list, and what they said on the way.
async fn listed(cluster: &Cluster, kinds: &[Kind]) -> (HashMap<Uid, Facts>, Vec<News>) {
    let (sender, mut receiver) = mpsc::channel::<Update>(64);
    let _watches = Watches::start(cluster.clone(), kinds, sender);
    let (mut known, mut said, mut complete) = (HashMap::new(), Vec::new(), Vec::new());
    tokio::time::timeout(PATIENCE, async {
        while complete.len() < kinds.len() {
            match receiver.recv().await.unwrap().news {
                News::Facts(_, facts) => known.extend(facts.into_iter().map(|facts| (facts.meta().uid, facts))),
                News::Gone(_, gone) => known.retain(|uid, _| !gone.contains(uid)),
                News::Listed(kind) => complete.push(kind),
                other => said.push(other),
            }
        }
    })
    .await
    .unwrap_or_else(|_| panic!("listed {complete:?} only, and heard {said:?}"));
    (known, said)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_lists_the_same_from_json_and_from_its_watch() {
    let Some(cluster) = cluster(ReadOnly::closed()) else { return };
    for _ in 0..5 {
        let (known, said) = listed(&cluster, &Kind::ALL).await;
        assert!(!said.iter().any(|news| matches!(news, News::Unreadable(..))), "{said:?}");
        let mut others = Vec::new();
        for kind in Kind::ALL {
            let json = cluster.read().list(kind, "", "", "").await.unwrap();
            let (facts, unreadable) = facts_of_list(kind, &json).unwrap();
            assert_eq!(unreadable, 0, "{kind}");
            others.extend(facts);
        }
        let different = others.iter().filter(|facts| known.get(&facts.meta().uid) != Some(*facts)).count();
        // A cluster in use changes between the two lists; five times in a row it does not.
        if different == 0 && others.len() == known.len() {
            return;
        }
        println!("{different} of {} changed meanwhile, comparing again", others.len());
    }
    panic!("the two lists never agreed");
}

#[tokio::test(flavor = "multi_thread")]
async fn pods_are_printed_as_kubectl_prints_them() {
    let Some(cluster) = cluster(ReadOnly::closed()) else { return };
    for attempt in 0..5 {
        let printed = kubectl(&["get", "pods", "-A", "--no-headers", "-o", "wide"]);
        let (known, _) = listed(&cluster, &[Kind::Pod]).await;
        let pods = known.values().filter_map(|facts| match facts {
            Facts::Pod(pod) => Some((format!("{}/{}", pod.meta.namespace, pod.meta.name), &**pod)),
            _ => None,
        });
        let pods: HashMap<_, _> = pods.collect();
        let lines: Vec<_> = printed.lines().map(kubectl_row).collect();
        let differences: Vec<_> =
            lines.iter().filter(|(name, row)| pods.get(name).map(|pod| our_row(pod)).as_ref() != Some(row)).collect();
        if differences.is_empty() && lines.len() == pods.len() {
            return;
        }
        assert!(attempt < 4, "{differences:#?}");
    }
}

/// Namespace and name; READY, STATUS, RESTARTS, IP and NODE.
fn kubectl_row(line: &str) -> (String, [String; 5]) {
    // `3 (2m ago)` has blanks of its own.
    let line = match (line.find(" ("), line.find(" ago)")) {
        (Some(open), Some(close)) => format!("{}{}", &line[..open], &line[close + 5..]),
        _ => line.to_owned(),
    };
    let fields: Vec<_> = line.split_whitespace().collect();
    let known = |field: &str| if field == "<none>" { String::new() } else { field.to_owned() };
    (
        format!("{}/{}", fields[0], fields[1]),
        [known(fields[2]), known(fields[3]), known(fields[4]), known(fields[6]), known(fields[7])],
    )
}

fn our_row(pod: &PodFacts) -> [String; 5] {
    let counted = |role| matches!(role, ContainerRole::Main | ContainerRole::Sidecar);
    let all = pod.containers.iter().filter(|container| counted(container.role)).count();
    [
        format!("{}/{all}", pod.ready),
        pod.status.to_string(),
        pod.restarts.to_string(),
        pod.ips.first().map(ToString::to_string).unwrap_or_default(),
        pod.node.to_string(),
    ]
}

#[tokio::test]
async fn it_knows_the_cluster_and_itself() {
    let Some(cluster) = cluster(ReadOnly::closed()) else { return };
    let identity = cluster.read().identify().await.unwrap();
    let uid = kubectl(&["get", "namespace", "kube-system", "-o", "jsonpath={.metadata.uid}"]);
    assert_eq!(identity.cluster.to_string(), uid);
    assert_eq!(identity.user, "kubernetes-admin");
    assert_eq!(identity.writes_denied, Some(false));
    assert!(identity.version.starts_with("v1."));
    let everything = Review { verb: "delete", resource: "pods", ..Review::default() };
    assert!(cluster.read().can(everything).await.unwrap());
}

#[tokio::test]
async fn an_observer_is_known_to_be_read_only() {
    let Some(path) = std::env::var_os("PODMORTEM_LIVE_OBSERVER").map(PathBuf::from) else {
        println!("skipped: PODMORTEM_LIVE_OBSERVER is not set");
        return;
    };
    let Some(cluster) = cluster_of(&path, ReadOnly::closed()) else { return };
    let identity = cluster.read().identify().await.unwrap();
    assert!(identity.user.ends_with("observer"), "{}", identity.user);
    assert_eq!(identity.writes_denied, Some(true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_hears_why_and_nothing_is_hidden() {
    let Some(path) = std::env::var_os("PODMORTEM_LIVE_STRANGER").map(PathBuf::from) else {
        println!("skipped: PODMORTEM_LIVE_STRANGER is not set");
        return;
    };
    let Some(cluster) = cluster_of(&path, ReadOnly::closed()) else { return };
    assert!(matches!(cluster.read().list(Kind::Pod, "", "", "").await, Err(Error::Forbidden { .. })));
    let (sender, mut receiver) = mpsc::channel(64);
    let _watches = Watches::start(cluster, &[Kind::Pod, Kind::Node], sender);
    let mut forbidden = Vec::new();
    tokio::time::timeout(PATIENCE, async {
        while forbidden.len() < 2 {
            if let News::Watch(kind, Health::Forbidden(said)) = receiver.recv().await.unwrap().news {
                assert!(said.contains(kind.plural()), "{said}");
                forbidden.push(kind);
            }
        }
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn read_only_sends_nothing_that_writes_and_never_a_secret() {
    let latch = ReadOnly::open();
    let Some(cluster) = cluster(latch.clone()) else { return };
    let write = cluster.write(latch.write_right().unwrap());
    latch.close();
    let call = Call {
        target: 0,
        method: "POST".into(),
        path: "/api/v1/namespaces/default/configmaps".into(),
        body: serde_json::json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "never"}}),
    };
    assert!(matches!(write.send(&call).await, Err(Error::Refused(_))));
    let secret = "/api/v1/namespaces/shop/secrets";
    assert!(matches!(cluster.read().get_path(secret).await, Err(Error::Refused(_))));
    let names = cluster.read().metadata(secret).await.unwrap();
    assert!(!String::from_utf8_lossy(&names).contains("\"data\""));
}

#[tokio::test]
async fn logs_and_events_are_those_of_kubectl() {
    use futures::TryStreamExt as _;
    let Some(cluster) = cluster(ReadOnly::closed()) else { return };
    let read = cluster.read();
    let (pods, _) = facts_of_list(Kind::Pod, &read.list(Kind::Pod, "outside", "", "").await.unwrap()).unwrap();
    let Some(Facts::Pod(pod)) = pods.into_iter().next() else {
        println!("skipped: the demo is not applied");
        return;
    };
    let container = pod.containers[0].name.clone();
    let options = LogOptions { tail: Some(3), timestamps: true, ..LogOptions::default() };
    let log = read.logs("outside", &pod.meta.name, &container, options).await.unwrap();
    let bytes: Vec<_> = log.try_collect().await.unwrap();
    let text = String::from_utf8(bytes.concat()).unwrap();
    assert!(text.lines().count() == 3 && text.starts_with("20"), "{text}");
    let gone = read.logs("outside", &pod.meta.name, "no-such-container", options).await.err().unwrap();
    assert!(gone.to_string().contains("no-such-container"), "{gone}");
    let events: serde_json::Value =
        serde_json::from_slice(&read.events(Events::Of(pod.meta.uid)).await.unwrap()).unwrap();
    let events = events["items"].as_array().unwrap();
    assert!(events.iter().all(|event| event["involvedObject"]["uid"] == pod.meta.uid.to_string()));
}
