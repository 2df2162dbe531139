//! What policies do on the cluster, and what the verdict is then.

use std::thread::sleep;
use std::time::Duration;

use super::bench::*;

#[test]
fn where_nothing_enforces_policies_the_verdict_is_not_enforced() {
    if cluster().is_none() {
        return;
    }
    let bench = Bench::new("LIVE-N1 off", "off");
    let (before, commands) = (selector(), bench.commands());
    let plan = bench.json(&["plan", "isolate-pod", "deploy/web", "-n", "shop"]);
    assert!(plan["notes"].to_string().contains("front-may-talk"), "{}", plan["notes"]);
    assert!(plan["notes"].to_string().contains("OUTAGE"), "{}", plan["notes"]);
    assert!(plan.to_string().contains("/dev/tcp/"), "the script is shown");
    assert_eq!((bench.commands(), selector()), (commands, before.clone()), "a plan sends nothing");

    for (verdict, why) in bench.act(&["isolate-pod", "deploy/web", "-n", "shop"]) {
        assert_eq!(verdict, "not-enforced", "{why}");
    }
    assert_eq!(bench.commands() - commands, 4, "one command a node before, one after");
    assert!(heard().is_superset(&addresses(&pods("web"))));
    bench.release();
    assert_eq!(selector(), before);
    let policies = kubectl(&["get", "netpol", "-n", "shop", "-o", "name"]);
    assert!(!policies.contains("networkpolicy.networking.k8s.io/ir-live-n1"), "{policies}");
}

#[test]
fn where_open_connections_are_kept_they_are_named_and_the_hard_cut_ends_them() {
    if cluster().is_none() {
        return;
    }
    let bench = Bench::new("LIVE-N2 keep", "keep");
    let web = addresses(&pods("web"));
    for (verdict, why) in bench.act(&["isolate-pod", "deploy/web", "-n", "shop"]) {
        assert_eq!(verdict, "still-leaking", "{why}");
        assert!(why.contains("198.18.44.44:4444 (kworkerd, process "), "{why}");
    }
    assert!(heard().is_superset(&web), "the ground truth is that they go on");

    for (verdict, why) in bench.act(&["hard-cut", "deploy/web", "-n", "shop"]) {
        assert_eq!(verdict, "proven-for-pod", "{why}");
    }
    assert_eq!(heard().intersection(&web).count(), 0);
    assert!(tables().contains("podmortem_cut_"));
    let ready = pods("web").iter().all(|pod| pod["status"]["containerStatuses"][0]["ready"] == true);
    assert!(ready, "their nodes still reach them");

    bench.release();
    assert!(!tables().contains("podmortem"), "{}", tables());
    assert!(pods("web").iter().all(|pod| !pod["metadata"].to_string().contains("ir.podmortem")));
    heard_again(&web);
    let verified = bench.run(&["verify", bench.id, "-o", "json"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}

#[test]
fn where_policies_cut_one_pod_is_proven_silent_and_the_others_are_heard() {
    if cluster().is_none() {
        return;
    }
    let bench = Bench::new("LIVE-N3 cut", "cut");
    let web = pods("web");
    let (one, others) = web.split_first().unwrap();
    let pod = format!("pod/{}", text(one, "/metadata/name"));
    let job = bench.json(&["act", "isolate-pod", &pod, "-n", "shop", "--yes"]);
    assert_eq!(job["exit"], 0, "{job:#}");
    assert_eq!(text(&job, "/targets/0/verdict/verdict"), "proven-for-pod", "{job:#}");
    let heard_now = heard();
    assert!(!heard_now.contains(text(one, "/status/podIP")), "{heard_now:?}");
    assert!(heard_now.is_superset(&addresses(others)), "{heard_now:?}");
    let kept = bench.json(&["case", "show", bench.id])["evidence"].to_string();
    assert!(kept.contains("podmortem isolate-pod before") && kept.contains("podmortem isolate-pod after"), "{kept}");
    bench.release();
    heard_again(&addresses(&web));
}

#[test]
fn what_says_nothing_and_what_never_answers_is_never_proven() {
    if cluster().is_none() {
        return;
    }
    let bench = Bench::new("LIVE-N4 quiet", "keep");
    let quiet = bench.act(&["isolate-pod", "deploy/quiet", "-n", "shop"]);
    assert!(quiet.iter().all(|(verdict, _)| !verdict.starts_with("proven")), "{quiet:?}");
    bench.release();

    on_cluster(&["enforce", "cut"]);
    sleep(Duration::from_secs(2));
    let nobody = ["isolate-pod", "deploy/api", "-n", "shop", "--set", "canary=203.0.113.1:9"];
    let silent = bench.act(&nobody);
    assert!(
        silent.iter().all(|(verdict, why)| verdict == "not-measured" && why.contains("proves nothing")),
        "{silent:?}"
    );
    bench.release();
}

#[test]
fn a_node_whose_agent_is_lost_is_not_measured() {
    if cluster().is_none() {
        return;
    }
    struct CutOff;
    impl Drop for CutOff {
        fn drop(&mut self) {
            on_cluster(&["reconnect", "2"]);
        }
    }
    let bench = Bench::new("LIVE-N5 lost", "cut");
    let web = pods("web");
    let there = web.iter().find(|pod| text(pod, "/spec/nodeName").contains("-12.")).unwrap();
    let pod = format!("pod/{}", text(there, "/metadata/name"));
    {
        let _away = CutOff;
        on_cluster(&["cut-off", "2"]);
        sleep(Duration::from_secs(1));
        let lost = bench.act(&["isolate-pod", &pod, "-n", "shop"]);
        assert_eq!(lost[0].0, "not-measured", "{lost:?}");
        assert!(lost[0].1.contains("does not report"), "{lost:?}");
    }
    bench.release();
    kubectl(&["wait", "--for=condition=Ready", "nodes", "--all", "--timeout=60s"]);
}
