//! Pods whose processes come and go, in whatever order a node numbers them.

use super::bench::*;

/// A deployment that starts a process thirty times a second, until this is dropped.
struct Restless;

impl Restless {
    fn new() -> Self {
        let web = object(&["get", "deploy", "-n", "shop", "web"]);
        let image = format!("--image={}", text(&web, "/spec/template/spec/containers/0/image"));
        let forever = "while true; do sleep 0.03; done";
        kubectl(&["create", "deployment", "-n", "shop", "restless", &image, "--", "sh", "-c", forever]);
        let restless = Self;
        kubectl(&["rollout", "status", "-n", "shop", "deploy/restless", "--timeout=120s"]);
        restless
    }
}

impl Drop for Restless {
    fn drop(&mut self) {
        kubectl(&["delete", "deployment", "-n", "shop", "restless", "--wait=true"]);
    }
}

#[test]
fn a_pod_whose_first_process_has_ended_by_now_is_measured() {
    if cluster().is_none() {
        return;
    }
    // The kernel goes on from this number: what starts now comes before what has run for long.
    let first = "/proc/sys/kernel/ns_last_pid";
    if std::fs::OpenOptions::new().write(true).open(first).is_err() {
        println!("skipped: this kernel does not let its process numbers be set");
        return;
    }
    let bench = Bench::new("LIVE-N10 restless", "cut");
    let _restless = Restless::new();
    for _ in 0..3 {
        std::fs::write(first, "300").unwrap();
        let (verdict, why) = bench.act(&["isolate-pod", "deploy/restless", "-n", "shop"]).remove(0);
        assert_eq!(verdict, "proven", "{why}");
        bench.release();
    }
}
