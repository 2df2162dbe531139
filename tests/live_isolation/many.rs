//! Many pods at once: every verdict is right, and they cost little more than one.

use std::time::Instant;

use super::bench::*;

const MANY: usize = 30;

/// More replicas of `web`, until this is dropped.
struct Scaled;

impl Scaled {
    fn new() -> Self {
        kubectl(&["scale", "-n", "shop", "deploy/web", &format!("--replicas={MANY}")]);
        let scaled = Self;
        kubectl(&["rollout", "status", "-n", "shop", "deploy/web", "--timeout=120s"]);
        scaled
    }
}

impl Drop for Scaled {
    fn drop(&mut self) {
        kubectl(&["scale", "-n", "shop", "deploy/web", "--replicas=3"]);
        kubectl(&["rollout", "status", "-n", "shop", "deploy/web", "--timeout=120s"]);
    }
}

#[test]
fn thirty_pods_are_isolated_and_each_verdict_is_right() {
    if cluster().is_none() {
        return;
    }
    let bench = Bench::new("LIVE-N9 many", "cut");
    let _scaled = Scaled::new();
    let web = pods("web");
    assert_eq!(web.len(), MANY);
    heard_again(&addresses(&web));
    let names: Vec<String> = web.iter().map(|pod| format!("pod/{}", text(pod, "/metadata/name"))).collect();
    let isolate = |names: &[String]| {
        let mut words = vec!["isolate-pod"];
        words.extend(names.iter().map(String::as_str));
        words.extend(["-n", "shop"]);
        let began = Instant::now();
        (bench.act(&words), began.elapsed())
    };
    let (_, one) = isolate(&names[..1]);
    bench.release();
    heard_again(&addresses(&web));

    // All but one: who is left alone is heard, and nobody else.
    let before = bench.commands();
    let (verdicts, most) = isolate(&names[1..]);
    for (verdict, why) in &verdicts {
        assert_eq!(verdict, "proven-for-pod", "{why}");
    }
    assert_eq!((verdicts.len(), bench.commands() - before), (MANY - 1, 4), "one command a node before, one after");
    let heard_now = heard();
    let left: Vec<_> = addresses(&web).intersection(&heard_now).cloned().collect();
    assert_eq!(left, [text(&web[0], "/status/podIP")]);
    bench.release();
    println!("1 pod {one:.1?}, {} pods {most:.1?}: {:.1} times", MANY - 1, most.as_secs_f64() / one.as_secs_f64());

    on_cluster(&["enforce", "keep"]);
    heard_again(&addresses(&web));
    let (verdicts, _) = isolate(&names);
    assert_eq!(verdicts.len(), MANY);
    for ((verdict, why), pod) in verdicts.iter().zip(&web) {
        assert_eq!(verdict, "still-leaking", "{why}");
        assert!(why.contains(&format!("{}:", text(pod, "/status/podIP"))) && why.contains("kworkerd"), "{why}");
    }
    assert!(heard().is_superset(&addresses(&web)), "they go on");
    bench.release();
}
