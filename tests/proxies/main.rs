//! Proxies and client certificates, against small real ones.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test that cannot go on has failed")]

mod certificate;
mod tunnel;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use podmortem::gameday::{GameDay, Scenario};
use serde_json::{Value, json};
use tunnel::{Kind, Tunnel};

/// Runs the program with nothing of this machine's environment.
fn run(kubeconfig: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Output {
    let home = tempfile::tempdir().unwrap();
    Command::new(env!("CARGO_BIN_EXE_podmortem"))
        .args(arguments)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", home.path())
        .env("KUBECONFIG", kubeconfig)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn pods(kubeconfig: &Path, variables: &[(&str, &str)]) -> Output {
    run(kubeconfig, variables, &["pods", "-A", "-o", "name", "--timeout", "10"])
}

/// The same kubeconfig with every cluster behind a proxy.
fn behind(kubeconfig: &str, proxy: &str) -> tempfile::NamedTempFile {
    let mut config: Value = serde_yaml::from_str(kubeconfig).unwrap();
    for named in config["clusters"].as_array_mut().unwrap() {
        named["cluster"]["proxy-url"] = json!(proxy);
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), config.to_string()).unwrap();
    file
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_proxy_of_the_kubeconfig_is_gone_through() {
    let day = GameDay::start(Scenario::default(), 7).await.unwrap();
    for (kind, scheme) in [(Kind::Connect, "http"), (Kind::Socks, "socks5"), (Kind::Socks, "socks5h")] {
        let tunnel = Tunnel::open(kind, None);
        let config = behind(&day.kubeconfig(), &format!("{scheme}://{}", tunnel.address()));
        // What the environment says does not matter where the kubeconfig names a proxy.
        let ran = pods(config.path(), &[("NO_PROXY", "*"), ("HTTPS_PROXY", "http://127.0.0.1:9")]);
        assert!(ran.status.success(), "{scheme}: {}", text(&ran.stderr));
        assert!(text(&ran.stdout).contains("pod/"), "{scheme}");
        assert!(tunnel.opened() > 0, "{scheme}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_with_a_password_gets_it_and_one_that_refuses_is_named() {
    let day = GameDay::start(Scenario::default(), 7).await.unwrap();
    for (kind, scheme) in [(Kind::Connect, "http"), (Kind::Socks, "socks5")] {
        let tunnel = Tunnel::open(kind, Some(("me", "pa@ss")));
        let with = behind(&day.kubeconfig(), &format!("{scheme}://me:pa%40ss@{}", tunnel.address()));
        let ran = pods(with.path(), &[]);
        assert!(ran.status.success(), "{scheme}: {}", text(&ran.stderr));
        let without = behind(&day.kubeconfig(), &format!("{scheme}://{}", tunnel.address()));
        let ran = pods(without.path(), &[]);
        assert!(!ran.status.success());
        assert!(!text(&ran.stderr).contains("pa@ss"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_on_this_machine_is_reached_directly() {
    let day = GameDay::start(Scenario::default(), 7).await.unwrap();
    let ran = pods(day.kubeconfig_path(), &[("HTTPS_PROXY", "http://127.0.0.1:9")]);
    assert!(ran.status.success(), "{}", text(&ran.stderr));
    let config = behind(&day.kubeconfig(), "gopher://x");
    let ran = pods(config.path(), &[]);
    assert!(text(&ran.stderr).contains("write http://HOST:PORT"), "{}", text(&ran.stderr));
}

/// The real cluster, as far as it is not on this machine's loopback, and its AWS account.
#[test]
fn the_environments_proxy_leads_to_the_real_cluster() {
    let Some(kubeconfig) = std::env::var_os("PODMORTEM_LIVE_KUBECONFIG") else {
        println!("skipped: PODMORTEM_LIVE_KUBECONFIG is not set");
        return;
    };
    let kubeconfig = Path::new(&kubeconfig);
    let server = std::fs::read_to_string(kubeconfig).unwrap();
    if server.contains("https://127.") {
        println!("skipped: the real cluster is on loopback, which no proxy is asked for");
        return;
    }
    let tunnel = Tunnel::open(Kind::Connect, None);
    let proxy = format!("http://{}", tunnel.address());
    let ran = pods(kubeconfig, &[("HTTPS_PROXY", &proxy)]);
    assert!(ran.status.success(), "{}", text(&ran.stderr));
    let opened = tunnel.opened();
    assert!(opened > 0);
    for spared in ["203.0.113.0/24,", "*", "203.0.113.1"] {
        assert!(pods(kubeconfig, &[("https_proxy", &proxy), ("no_proxy", spared)]).status.success());
        assert_eq!(tunnel.opened(), opened, "{spared}");
    }
    let ran = pods(kubeconfig, &[("HTTPS_PROXY", "http://127.0.0.1:9")]);
    assert!(!ran.status.success());
}

#[test]
fn the_environments_proxy_leads_to_aws() {
    let Ok(endpoint) = std::env::var("PODMORTEM_LIVE_AWS") else {
        println!("skipped: PODMORTEM_LIVE_AWS is not set");
        return;
    };
    let tunnel = Tunnel::open(Kind::Connect, None);
    let proxy = format!("http://{}", tunnel.address());
    let account = [
        ("AWS_ENDPOINT_URL", endpoint.as_str()),
        ("AWS_ACCESS_KEY_ID", "AKIAREALCLUSTERADMIN"),
        ("AWS_SECRET_ACCESS_KEY", "admin-secret"),
    ];
    let nowhere = tempfile::tempdir().unwrap().path().join("kubeconfig");
    let clusters = |variables: &[(&str, &str)]| {
        let all = [&account[..], variables].concat();
        run(&nowhere, &all, &["clusters", "--region", "us-east-1", "-o", "name", "--timeout", "5"])
    };
    let ran = clusters(&[("HTTP_PROXY", &proxy)]);
    assert!(tunnel.opened() > 0, "{}", text(&ran.stderr));
    let opened = tunnel.opened();
    let host = endpoint.trim_start_matches("http://").split(':').next().unwrap_or_default();
    clusters(&[("HTTP_PROXY", &proxy), ("NO_PROXY", host)]);
    assert_eq!(tunnel.opened(), opened);
}
