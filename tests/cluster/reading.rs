//! What is listed and watched, read and refused, below every front.

use std::collections::HashMap;
use std::time::Duration;

use podmortem::kubernetes::{Cluster, Error, Events, LogOptions, ReadOnly, Review, Watches, contexts, facts_of_list};
use podmortem::model::facts::{ContainerRole, Facts, PodFacts};
use podmortem::model::{Call, Health, Kind, News, SessionId, Uid, Update};
use tokio::sync::mpsc;

use super::ground::{Failure, Ground, Who, agree, list};

/// Long enough for any machine; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(60);

fn cluster(ground: &Ground, latch: ReadOnly) -> Result<Cluster, Failure> {
    let entries = contexts(Some(ground.kubeconfig()))?;
    let entry = entries.into_iter().find(|entry| entry.current).ok_or("no current context")?;
    Ok(Cluster::new(SessionId(0), entry, latch, "podmortem/test")?)
}

/// Everything that the watches of `kinds` list, and what they said on the way.
async fn listed(cluster: &Cluster, kinds: &[Kind]) -> Result<(HashMap<Uid, Facts>, Vec<News>), Failure> {
    let (sender, mut receiver) = mpsc::channel::<Update>(64);
    let _watches = Watches::start(cluster.clone(), kinds, sender);
    let (mut known, mut said, mut complete) = (HashMap::new(), Vec::new(), Vec::new());
    let all = async {
        while complete.len() < kinds.len() {
            match receiver.recv().await.ok_or("the watches ended")?.news {
                News::Facts(_, facts) => known.extend(facts.into_iter().map(|facts| (facts.meta().uid, facts))),
                News::Gone(_, gone) => known.retain(|uid, _| !gone.contains(uid)),
                News::Listed(kind) => complete.push(kind),
                other => said.push(other),
            }
        }
        Ok::<_, Failure>(())
    };
    match tokio::time::timeout(PATIENCE, all).await {
        Ok(listed) => listed?,
        Err(_) => return Err(format!("listed {complete:?} only, and heard {said:?}").into()),
    }
    Ok((known, said))
}

#[test]
fn every_kind_lists_the_same_from_json_and_from_its_watch() -> Result<(), Failure> {
    let Some(ground) = Ground::admin()? else { return Ok(()) };
    ground.block_on(async {
        let cluster = cluster(&ground, ReadOnly::closed())?;
        for _ in 0..5 {
            let (known, said) = listed(&cluster, &Kind::ALL).await?;
            assert!(!said.iter().any(|news| matches!(news, News::Unreadable(..))), "{said:?}");
            let mut others = Vec::new();
            for kind in Kind::ALL {
                let (facts, unreadable) = facts_of_list(kind, &cluster.read().list(kind, "", "", "").await?)?;
                assert_eq!(unreadable, 0, "{kind}");
                others.extend(facts);
            }
            let different = others.iter().filter(|facts| known.get(&facts.meta().uid) != Some(*facts)).count();
            // A cluster in use changes between the two lists; five times in a row it does not.
            if different == 0 && others.len() == known.len() {
                return Ok(());
            }
            println!("{different} of {} changed meanwhile, comparing again", others.len());
        }
        Err("the two lists never agreed".into())
    })
}

#[test]
fn pods_are_printed_as_kubectl_prints_them() -> Result<(), Failure> {
    let Some(ground) = Ground::admin()? else { return Ok(()) };
    agree(|| {
        let printed = ground.kubectl(&["get", "pods", "-A", "--no-headers", "-o", "wide"])?;
        let (known, _) =
            ground.block_on(async { listed(&cluster(&ground, ReadOnly::closed())?, &[Kind::Pod]).await })?;
        let pods = known.values().filter_map(|facts| match facts {
            Facts::Pod(pod) => Some((format!("{}/{}", pod.meta.namespace, pod.meta.name), our_row(pod))),
            _ => None,
        });
        let pods: HashMap<_, _> = pods.collect();
        let lines: HashMap<_, _> = printed.lines().filter_map(kubectl_row).collect();
        let names = pods.keys().chain(lines.keys()).filter(|name| pods.get(*name) != lines.get(*name));
        Ok(names.map(|name| format!("{name}: {:?} is not {:?}", pods.get(name), lines.get(name))).collect())
    })
}

/// Namespace and name; READY, STATUS, RESTARTS, IP and NODE.
fn kubectl_row(line: &str) -> Option<(String, [String; 5])> {
    // `3 (2m ago)` has blanks of its own.
    let line = match (line.find(" ("), line.find(" ago)")) {
        (Some(open), Some(close)) => format!("{}{}", line.get(..open)?, line.get(close + 5..)?),
        _ => line.to_owned(),
    };
    let fields: Vec<_> = line.split_whitespace().map(|field| if field == "<none>" { "" } else { field }).collect();
    let [namespace, name, ready, status, restarts, _, ip, node, ..] = fields.as_slice() else { return None };
    Some((format!("{namespace}/{name}"), [ready, status, restarts, ip, node].map(|field| (*field).to_owned())))
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

#[test]
fn it_knows_the_cluster_and_itself() -> Result<(), Failure> {
    let Some(ground) = Ground::admin()? else { return Ok(()) };
    let uid = ground.kubectl(&["get", "namespace", "kube-system", "-o", "jsonpath={.metadata.uid}"])?;
    let who = ground.kubectl(&["auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"])?;
    ground.block_on(async {
        let cluster = cluster(&ground, ReadOnly::closed())?;
        let identity = cluster.read().identify().await?;
        assert_eq!(identity.cluster.to_string(), uid);
        assert_eq!(identity.user, who.as_str());
        assert_eq!(identity.writes_denied, Some(false));
        assert!(identity.version.starts_with("v1."));
        let everything = Review { verb: "delete", resource: "pods", ..Review::default() };
        assert!(cluster.read().can(everything).await?);
        Ok(())
    })
}

#[test]
fn an_observer_is_known_to_be_read_only() -> Result<(), Failure> {
    let Some(ground) = Ground::of(Who::Observer)? else { return Ok(()) };
    ground.block_on(async {
        let identity = cluster(&ground, ReadOnly::closed())?.read().identify().await?;
        assert!(identity.user.ends_with("observer"), "{}", identity.user);
        assert_eq!(identity.writes_denied, Some(true));
        Ok(())
    })
}

#[test]
fn a_stranger_hears_why_and_nothing_is_hidden() -> Result<(), Failure> {
    let Some(ground) = Ground::of(Who::Stranger)? else { return Ok(()) };
    ground.block_on(async {
        let cluster = cluster(&ground, ReadOnly::closed())?;
        assert!(matches!(cluster.read().list(Kind::Pod, "", "", "").await, Err(Error::Forbidden { .. })));
        let (sender, mut receiver) = mpsc::channel(64);
        let _watches = Watches::start(cluster, &[Kind::Pod, Kind::Node], sender);
        let mut forbidden = Vec::new();
        tokio::time::timeout(PATIENCE, async {
            while forbidden.len() < 2 {
                if let News::Watch(kind, Health::Forbidden(said)) = receiver.recv().await.ok_or("no news")?.news {
                    assert!(said.contains(kind.plural()), "{said}");
                    forbidden.push(kind);
                }
            }
            Ok(())
        })
        .await?
    })
}

#[test]
fn read_only_sends_nothing_that_writes_and_never_a_secret() -> Result<(), Failure> {
    let Some(ground) = Ground::admin()? else { return Ok(()) };
    ground.block_on(async {
        let latch = ReadOnly::open();
        let cluster = cluster(&ground, latch.clone())?;
        let write = cluster.write(latch.write_right()?);
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
        let names = cluster.read().metadata(secret).await?;
        assert!(!String::from_utf8_lossy(&names).contains("\"data\""));
        Ok::<_, Failure>(())
    })?;
    assert!(!ground.kubectl(&["get", "configmaps", "-n", "default", "-o", "name"])?.contains("never"));
    Ok(())
}

#[test]
fn logs_and_events_are_those_of_kubectl() -> Result<(), Failure> {
    use futures::TryStreamExt as _;
    let Some(ground) = Ground::admin()? else { return Ok(()) };
    let web = ground.kubectl(&["get", "pods", "-n", "shop", "-l", "app=web", "-o", "name"])?;
    let name = web.lines().next().and_then(|line| line.strip_prefix("pod/")).ok_or("shop has no web")?.to_owned();
    let theirs = ground.kubectl(&["get", "events", "-n", "shop", "-o", "json"])?;
    ground.block_on(async {
        let read = cluster(&ground, ReadOnly::closed())?.read();
        let selected = format!("metadata.name={name}");
        let (pods, _) = facts_of_list(Kind::Pod, &read.list(Kind::Pod, "shop", "", &selected).await?)?;
        let Some(Facts::Pod(pod)) = pods.into_iter().next() else { return Err("the pod is not listed".into()) };
        let container = pod.containers.first().ok_or("no container")?.name.clone();
        let options = LogOptions { tail: Some(3), timestamps: true, ..LogOptions::default() };
        let log = read.logs("shop", &name, &container, options).await?;
        let bytes: Vec<_> = log.try_collect().await?;
        let ours = String::from_utf8(bytes.concat())?;
        let lines = ours.lines().count();
        assert!(lines <= 3 && ours.lines().all(|line| line.starts_with("20")), "{ours}");
        let gone = read.logs("shop", &name, "no-such-container", options).await.err().ok_or("no error")?;
        assert!(gone.to_string().contains("no-such-container"), "{gone}");
        let events: serde_json::Value = serde_json::from_slice(&read.events(Events::Of(pod.meta.uid)).await?)?;
        let of_the_pod = |events: &serde_json::Value| {
            let uid = pod.meta.uid.to_string();
            list(events, "/items").iter().filter(|event| event["involvedObject"]["uid"] == *uid).count()
        };
        assert_eq!(list(&events, "/items").len(), of_the_pod(&events), "events of others came too");
        assert!(of_the_pod(&events) >= of_the_pod(&serde_json::from_str(&theirs)?), "events are missing");
        Ok(())
    })
}
