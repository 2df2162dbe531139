//! The account around the embedded clusters: Systems Manager, and what policies do to traffic.
#![cfg(feature = "gameday")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says so by ending"
)]

use std::time::Duration;

use k8s_openapi::api::core::v1::{Node, Pod};
use k8s_openapi::api::networking::v1::NetworkPolicy;
use kube::api::{Api, ListParams, LogParams, PostParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config, ResourceExt};
use podmortem::gameday::{Enforcement, GameDay, Scenario};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn client(day: &GameDay) -> Client {
    let config = Kubeconfig::from_yaml(&day.kubeconfig()).unwrap();
    let config = Config::from_custom_kubeconfig(config, &KubeConfigOptions::default()).await.unwrap();
    Client::try_from(config).unwrap()
}

/// Asks Systems Manager as somebody with this access key.
async fn asked_as(key: &str, day: &GameDay, operation: &str, body: &Value) -> (u16, Value) {
    let address = day.account_url();
    let address = address.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let body = body.to_string();
    let request = format!(
        "POST / HTTP/1.1\r\nHost: {address}\r\nX-Amz-Target: AmazonSSM.{operation}\r\n\
         Authorization: AWS4-HMAC-SHA256 Credential={key}/20261123/us-east-1/ssm/aws4_request, Signature=0\r\n\
         Content-Type: application/x-amz-json-1.1\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let code = head.split(' ').nth(1).unwrap().parse().unwrap();
    (code, serde_json::from_str(body).unwrap())
}

async fn asked(day: &GameDay, operation: &str, body: &Value) -> (u16, Value) {
    asked_as(day.account_key(), day, operation, body).await
}

/// Runs a script on an instance and gives the invocation at its end, and how it was told of before.
async fn ran(day: &GameDay, instance: &str, commands: Value) -> (Value, Vec<String>) {
    let request =
        json!({"DocumentName": "AWS-RunShellScript", "InstanceIds": [instance], "Parameters": {"commands": commands}});
    let (code, sent) = asked(day, "SendCommand", &request).await;
    assert_eq!(code, 200, "{sent}");
    let id = sent.pointer("/Command/CommandId").and_then(Value::as_str).unwrap();
    let mut told = Vec::new();
    for _ in 0..600 {
        let (code, now) = asked(day, "GetCommandInvocation", &json!({"CommandId": id, "InstanceId": instance})).await;
        let word = if code == 200 { now["Status"].as_str().unwrap() } else { now["__type"].as_str().unwrap() };
        if told.last().map(String::as_str) != Some(word) {
            told.push(word.to_owned());
        }
        if !["Pending", "InProgress", "InvocationDoesNotExist"].contains(&word) {
            return (now, told);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it never ends: {told:?}");
}

struct Suspect {
    pod: Pod,
    peer: Pod,
    instance: String,
}

impl Suspect {
    async fn of(client: &Client) -> Self {
        let pods: Api<Pod> = Api::namespaced(client.clone(), "shop");
        let all = Api::<Pod>::all(client.clone()).list(&ListParams::default()).await.unwrap().items;
        let pod = pods.list(&ListParams::default().labels("app=web")).await.unwrap().items.remove(0);
        let node = pod.spec.as_ref().unwrap().node_name.clone().unwrap();
        let beside = |other: &&Pod| {
            let spec = other.spec.as_ref().unwrap();
            spec.node_name.as_ref() == Some(&node)
                && spec.host_network != Some(true)
                && other.uid() != pod.uid()
                && other.namespace().as_deref() != Some("payments")
        };
        let peer = all.iter().find(beside).expect("an innocent pod beside it").clone();
        let node = Api::<Node>::all(client.clone()).get(&node).await.unwrap();
        let provider = node.spec.unwrap().provider_id.unwrap();
        Self { pod, peer, instance: provider.rsplit('/').next().unwrap().to_owned() }
    }

    /// What the node sees.
    async fn look(&self, day: &GameDay, phase: &str) -> String {
        let named =
            |pod: &Pod| format!("{}={}", pod.uid().unwrap(), pod.status.as_ref().unwrap().pod_ip.clone().unwrap());
        let first = format!(
            "phase={phase} pods='{}' peers='{}' tcp='10.42.0.200/443' dns='172.20.0.10/53' near='169.254.169.254/80 169.254.170.23/80' patience=2 watch=1.5",
            named(&self.pod),
            named(&self.peer)
        );
        let (ended, _) = ran(day, &self.instance, json!([first, "echo podmortem-proof 1"])).await;
        assert_eq!(ended["Status"], "Success", "{ended}");
        ended["StandardOutputContent"].as_str().unwrap().to_owned()
    }

    async fn deny(&self, client: &Client) {
        let policies: Api<NetworkPolicy> = Api::namespaced(client.clone(), "shop");
        // The story's own policy outvotes every other.
        policies.delete("front-may-talk", &kube::api::DeleteParams::default()).await.unwrap();
        let policy: NetworkPolicy = serde_json::from_value(json!({
            "metadata": {"name": "deny"},
            "spec": {"podSelector": {"matchLabels": {"app": "web"}}, "policyTypes": ["Ingress", "Egress"]},
        }))
        .unwrap();
        policies.create(&PostParams::default(), &policy).await.unwrap();
    }
}

/// Bytes that the other end acknowledged of the suspect's report, in both samples.
fn acknowledged(report: &str) -> Vec<u64> {
    let sockets = report.lines().filter(|line| line.starts_with("s 0 ") && line.contains(" ESTAB "));
    sockets.map(|line| line.split(' ').nth(6).unwrap().parse().unwrap()).collect()
}

async fn seen(enforcement: Enforcement) -> (String, String) {
    let day = GameDay::start(Scenario::still().enforcing(enforcement), 1).await.unwrap();
    let client = client(&day).await;
    let suspect = Suspect::of(&client).await;
    let before = suspect.look(&day, "before").await;
    suspect.deny(&client).await;
    (before, suspect.look(&day, "after").await)
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_that_nobody_enforces_change_nothing() {
    let (before, after) = seen(Enforcement::Off).await;
    for report in [before, after] {
        assert!(report.contains(" out 0 - tcp 10.42.0.200 443 connected"), "{report}");
        assert!(report.contains(" peer 1 - tcp 10.42.0.200 443 connected"), "{report}");
        assert!(report.contains(" in 1 0 tcp ") && report.trim_end().ends_with("end"), "{report}");
        let moved = acknowledged(&report);
        assert!(moved[1] > moved[0], "{report}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_that_keep_connections_stop_new_ones_only() {
    let (before, after) = seen(Enforcement::Keep).await;
    assert!(before.contains(" out 0 - tcp 10.42.0.200 443 connected"), "{before}");
    assert!(after.contains(" out 0 - tcp 10.42.0.200 443 silent"), "{after}");
    assert!(after.contains(" peer 1 - tcp 10.42.0.200 443 connected"), "{after}");
    let moved = acknowledged(&after);
    assert!(moved[1] > moved[0] && after.contains("c 0 2 tcp "), "{after}");
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_that_cut_stop_everything_and_the_sinkhole_hears_no_more() {
    let day = GameDay::start(Scenario::still().enforcing(Enforcement::Cut), 1).await.unwrap();
    let client = client(&day).await;
    let suspect = Suspect::of(&client).await;
    suspect.look(&day, "before").await;
    suspect.deny(&client).await;
    let report = suspect.look(&day, "after").await;
    let moved = acknowledged(&report);
    assert!(moved[0] == moved[1] && !report.contains("c 0 2 tcp "), "{report}");
    let outside: Api<Pod> = Api::namespaced(client.clone(), "outside");
    let drop = outside.list(&ListParams::default().labels("app=drop")).await.unwrap().items[0].name_any();
    let address = suspect.pod.status.as_ref().unwrap().pod_ip.clone().unwrap();
    let heard = async || {
        let log = outside.logs(&drop, &LogParams::default()).await.unwrap();
        log.lines().filter(|line| line.starts_with(&format!("{address} "))).count()
    };
    let then = heard().await;
    assert!(then > 0);
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(heard().await, then);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_on_the_node_is_there_until_it_is_released() {
    let day = GameDay::start(Scenario::still().enforcing(Enforcement::Off), 1).await.unwrap();
    let client = client(&day).await;
    let suspect = Suspect::of(&client).await;
    let address = suspect.pod.status.as_ref().unwrap().pod_ip.clone().unwrap();
    let pods = format!("pods='{}={address}'", suspect.pod.uid().unwrap());
    let script = "table=podmortem_cut_$uid";
    let (cut, told) = ran(&day, &suspect.instance, json!([format!("do=cut {pods}"), script])).await;
    assert!(cut["StandardOutputContent"].as_str().unwrap().starts_with("r 0 here eni"), "{cut}");
    assert_eq!(told.first().map(String::as_str), Some("InvocationDoesNotExist"));
    let report = suspect.look(&day, "after").await;
    assert!(report.contains(" out 0 - tcp 10.42.0.200 443 silent") && report.contains(" node node 0 tcp "), "{report}");
    assert!(report.lines().any(|line| line.starts_with("s 0 2 ESTAB") && line.contains(" on ")), "{report}");
    let (gone, _) = ran(&day, &suspect.instance, json!([format!("do=release {pods}"), script])).await;
    assert_eq!(gone["StandardOutputContent"], "r 0 gone\nend\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_node_of_a_game_day_can_run_fails_as_on_a_real_one() {
    let day = GameDay::start(Scenario::still(), 1).await.unwrap();
    let suspect = Suspect::of(&client(&day).await).await;
    let (failed, _) = ran(&day, &suspect.instance, json!(["frobnicate --all"])).await;
    assert_eq!((failed["Status"].as_str(), failed["ResponseCode"].as_i64()), (Some("Failed"), Some(127)));
    let (code, refused) = asked_as("AKIASOMEBODYELSES", &day, "ListCommands", &json!({})).await;
    assert_eq!((code, refused["__type"].as_str()), (400, Some("UnrecognizedClientException")));
    let unknown =
        json!({"DocumentName": "AWS-RunShellScript", "InstanceIds": ["i-0"], "Parameters": {"commands": ["id"]}});
    assert_eq!(asked(&day, "SendCommand", &unknown).await.1["__type"], "InvalidInstanceId");
    let (_, known) = asked(&day, "DescribeInstanceInformation", &json!({})).await;
    let known = known["InstanceInformationList"].as_array().unwrap();
    assert!(known.iter().any(|node| node["InstanceId"] == suspect.instance.as_str() && node["PingStatus"] == "Online"));
    assert!(known.len() > 20 && known.len() < 41);
}
