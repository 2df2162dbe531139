//! The twin as the ordinary client sees it.
#![cfg(feature = "gameday")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says so by ending"
)]

use futures::{StreamExt, TryStreamExt};
use k8s_openapi::api::core::v1::{Node, Pod};
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams, Preconditions, WatchEvent, WatchParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::runtime::watcher::{self, Event, watcher};
use kube::{Client, Config, ResourceExt};
use podmortem::gameday::{GameDay, Role, Scenario};
use serde_json::json;

async fn still() -> GameDay {
    GameDay::start(Scenario::still(), 1).await.unwrap()
}

async fn client(day: &GameDay, role: Role) -> Client {
    let config = Kubeconfig::from_yaml(&day.kubeconfig_as(role)).unwrap();
    let mut config = Config::from_custom_kubeconfig(config, &KubeConfigOptions::default()).await.unwrap();
    config.headers.push((http::header::USER_AGENT, http::HeaderValue::from_static("responder/1 case/ir-1")));
    Client::try_from(config).unwrap()
}

async fn shop(day: &GameDay) -> Api<Pod> {
    Api::namespaced(client(day, Role::Admin).await, "shop")
}

fn code<T>(result: Result<T, kube::Error>) -> u16 {
    match result {
        Err(kube::Error::Api(status)) => status.code,
        Err(other) => panic!("{other}"),
        Ok(_) => 200,
    }
}

#[tokio::test]
async fn pages_make_one_list_and_a_compacted_one_is_gone() {
    let day = still().await;
    let pods: Api<Pod> = Api::all(client(&day, Role::Admin).await);
    let whole: Vec<String> =
        pods.list(&ListParams::default()).await.unwrap().iter().map(ResourceExt::name_any).collect();
    let first = pods.list(&ListParams::default().limit(100)).await.unwrap();
    assert_eq!(first.metadata.remaining_item_count, Some(i64::try_from(whole.len()).unwrap() - 100));
    day.step();
    let mut read: Vec<String> = first.iter().map(ResourceExt::name_any).collect();
    let mut token = first.metadata.continue_.clone();
    while let Some(next) = token.filter(|token| !token.is_empty()) {
        let page = pods.list(&ListParams::default().limit(100).continue_token(&next)).await.unwrap();
        assert_eq!(page.metadata.resource_version, first.metadata.resource_version);
        read.extend(page.iter().map(ResourceExt::name_any));
        token = page.metadata.continue_;
    }
    assert_eq!(read, whole);
    for _ in 0..12 {
        day.step();
    }
    day.compact();
    let token = first.metadata.continue_.unwrap();
    assert_eq!(code(pods.list(&ListParams::default().continue_token(&token)).await), 410);
}

#[tokio::test]
async fn a_watch_from_before_the_history_ends_with_410() {
    let day = still().await;
    let pods = shop(&day).await;
    let events: Vec<_> = pods.watch(&WatchParams::default(), "1").await.unwrap().try_collect().await.unwrap();
    assert!(matches!(events.as_slice(), [WatchEvent::Error(status)] if status.code == 410), "{events:?}");
}

async fn watched(config: watcher::Config) {
    let day = still().await;
    let pods = shop(&day).await;
    let mut events = watcher(pods.clone(), config.labels("app=web")).boxed();
    let (mut names, mut begun) = (Vec::new(), false);
    loop {
        match events.try_next().await.unwrap().unwrap() {
            Event::Init => begun = true,
            Event::InitApply(pod) => names.push(pod.name_any()),
            Event::InitDone => break,
            other => panic!("{other:?}"),
        }
    }
    assert!(begun);
    assert_eq!(names.len(), 3);
    pods.delete(&names[0], &DeleteParams::default().grace_period(0)).await.unwrap();
    loop {
        match events.try_next().await.unwrap().unwrap() {
            Event::Delete(pod) => {
                assert_eq!(pod.name_any(), names[0]);
                break;
            }
            Event::Apply(_) => {}
            other => panic!("{other:?}"),
        }
    }
    day.step();
    let Event::Apply(new) = events.try_next().await.unwrap().unwrap() else { panic!("no replacement") };
    assert!(!names.contains(&new.name_any()));
}

#[tokio::test]
async fn a_watcher_that_lists_sees_a_pod_go_and_its_replacement_come() {
    watched(watcher::Config::default()).await;
}

#[tokio::test]
async fn a_watcher_with_a_streamed_list_sees_the_same() {
    watched(watcher::Config::default().streaming_lists()).await;
}

#[tokio::test]
async fn a_change_meant_for_another_object_is_refused() {
    let day = still().await;
    let pods = shop(&day).await;
    let pod = pods.list(&ListParams::default().labels("app=web")).await.unwrap().items.remove(0);
    let patch = |uid: &str| Patch::Merge(json!({"metadata": {"uid": uid, "labels": {"incident": "ir-1"}}}));
    let name = pod.name_any();
    let params = PatchParams::default();
    assert_eq!(code(pods.patch(&name, &params, &patch("00000000-0000-4000-8000-000000000000")).await), 422);
    let own = pod.uid().unwrap();
    assert_eq!(code(pods.patch(&name, &params.clone().dry_run(), &patch(&own)).await), 200);
    assert!(!pods.get(&name).await.unwrap().labels().contains_key("incident"));
    let labelled = pods.patch(&name, &params, &patch(&own)).await.unwrap();
    assert_eq!(labelled.labels().get("incident").map(String::as_str), Some("ir-1"));
    let other = Preconditions { uid: Some("another".to_owned()), resource_version: None };
    assert_eq!(code(pods.delete(&name, &DeleteParams::default().preconditions(other)).await), 409);
    let image = json!({"spec": {"hostPID": false}});
    assert_eq!(code(pods.patch(&name, &params, &Patch::Merge(image)).await), 422);
}

#[tokio::test]
async fn a_cordoned_node_is_tainted_by_the_time_the_answer_is_read() {
    let day = still().await;
    let nodes: Api<Node> = Api::all(client(&day, Role::Responder).await);
    let name = nodes.list(&ListParams::default().limit(1)).await.unwrap().items[0].name_any();
    nodes.cordon(&name).await.unwrap();
    let taints = nodes.get(&name).await.unwrap().spec.unwrap().taints.unwrap();
    assert!(taints.iter().any(|taint| taint.key == "node.kubernetes.io/unschedulable"));
}

#[tokio::test]
async fn rights_are_those_of_the_token_and_every_request_is_remembered() {
    let day = still().await;
    let observer: Api<Pod> = Api::namespaced(client(&day, Role::Observer).await, "shop");
    let name = observer.list(&ListParams::default()).await.unwrap().items[0].name_any();
    assert_eq!(code(observer.delete(&name, &DeleteParams::default()).await), 403);
    let stranger: Api<Pod> = Api::namespaced(client(&day, Role::Stranger).await, "shop");
    assert_eq!(code(stranger.list(&ListParams::default()).await), 403);
    let asked = day.requests();
    let told: Vec<_> =
        asked.iter().map(|request| (request.verb.as_str(), request.user.as_str(), request.code)).collect();
    assert_eq!(
        told,
        [("list", "observer", Some(200)), ("delete", "observer", Some(403)), ("list", "stranger", Some(403))]
    );
    assert!(asked.iter().all(|request| request.path.starts_with("/api/v1/namespaces/shop/pods")));
    assert!(asked.iter().all(|request| request.agent == "responder/1 case/ir-1"));
    assert_eq!(asked[1].object.as_ref().map(|object| (&*object.resource, &*object.name)), Some(("pods", &*name)));
}

#[tokio::test]
async fn the_kubeconfig_is_private_and_goes_with_the_game() {
    use std::os::unix::fs::PermissionsExt;
    let day = still().await;
    let path = day.kubeconfig_path().to_owned();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(day.contexts().len(), 2);
    drop(day);
    assert!(!path.exists());
}
