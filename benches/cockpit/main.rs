//! The cockpit in a terminal against a real API server, measured from outside:
//! time to the first pods and to all of them, memory, bytes, the answer to a
//! key, and the same while the cluster changes. `curl` lists the same pods in
//! the same run, so that seconds become ratios.
//!
//! `PODMORTEM_LIVE_KUBECONFIG=… cargo bench --bench cockpit` needs a cluster full
//! of pods; `PODMORTEM_BENCH_CHURN` may hold a command that changes them.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a measurement that cannot be taken stops; it has nothing to lose"
)]

mod process;
mod terminal;

use std::process::Command;
use std::time::{Duration, Instant};

use process::Usage;
use terminal::Terminal;

fn main() {
    let Ok(kubeconfig) = std::env::var("PODMORTEM_LIVE_KUBECONFIG") else {
        println!("skipped: PODMORTEM_LIVE_KUBECONFIG names no cluster");
        return;
    };
    let (curl, megabytes, pods) = curl(&kubeconfig);
    println!("curl, JSON list of {pods} pods: {curl:.2?}, {megabytes:.0} MB");
    let mut cockpit = Terminal::start(&["--kubeconfig", &kubeconfig]);
    let first =
        cockpit.until(|screen| screen.contains("2 pods ") && screen.contains("/1 ") || screen.contains("Running"));
    println!("first pods on the screen: {first:.3?}");
    let all = cockpit.until(|screen| screen.contains(&format!("2 pods {pods}")));
    println!("all pods listed: {all:.2?}, {:.2} of curl's time", all.as_secs_f64() / curl.as_secs_f64());
    cockpit.quiet(Duration::from_secs(3));
    println!("memory: {:.1} MB", Usage::of(cockpit.pid()).megabytes);
    println!("at rest: {:.2} % of a core", busy(&mut cockpit, Duration::from_secs(20)));
    keys(&mut cockpit, "at rest");
    match std::env::var("PODMORTEM_BENCH_CHURN") {
        Err(_) => println!("skipped: changes; PODMORTEM_BENCH_CHURN holds no command"),
        Ok(command) => {
            let mut churn = Command::new("sh").args(["-c", &command]).spawn().expect("the churn begins");
            cockpit.quiet(Duration::from_secs(2));
            println!("under changes: {:.2} % of a core", busy(&mut cockpit, Duration::from_secs(20)));
            keys(&mut cockpit, "under changes");
            churn.kill().ok();
            churn.wait().ok();
        }
    }
    cockpit.press(b"\x03");
}

/// The list as `curl` downloads it: time, megabytes, pods.
fn curl(kubeconfig: &str) -> (Duration, f64, usize) {
    let field = |path: &str| {
        let output = Command::new("kubectl")
            .args([
                "--kubeconfig",
                kubeconfig,
                "config",
                "view",
                "--raw",
                "--minify",
                "-o",
                &format!("jsonpath={{{path}}}"),
            ])
            .output()
            .expect("kubectl runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let server = field(".clusters[0].cluster.server");
    let ca = field(".clusters[0].cluster.certificate-authority");
    let token = format!("Authorization: Bearer {}", field(".users[0].user.token"));
    let mut times = Vec::new();
    let mut body = Vec::new();
    for _ in 0..3 {
        let start = Instant::now();
        let output = Command::new("curl")
            .args(["-s", "--cacert", &ca, "-H", &token, &format!("{server}/api/v1/pods?pretty=false")])
            .output()
            .expect("curl runs");
        times.push(start.elapsed());
        body = output.stdout;
    }
    times.sort_unstable();
    let list: serde_json::Value = serde_json::from_slice(&body).expect("a list");
    let counted = list["items"].as_array().map_or(0, Vec::len);
    (times[1], body.len() as f64 / 1e6, counted)
}

/// Share of a core that the cockpit uses, in percent.
fn busy(cockpit: &mut Terminal, time: Duration) -> f64 {
    let before = Usage::of(cockpit.pid()).cpu;
    let start = Instant::now();
    cockpit.quiet(time);
    (Usage::of(cockpit.pid()).cpu - before).as_secs_f64() / start.elapsed().as_secs_f64() * 100.0
}

/// Moves the cursor two hundred times and prints how long each took and how many bytes it cost.
fn keys(cockpit: &mut Terminal, when: &str) {
    let mut times = Vec::new();
    let mut bytes = Vec::new();
    for number in 0..200 {
        cockpit.quiet(Duration::from_millis(37));
        let key: &[u8] = if number / 30 % 2 == 0 { b"j" } else { b"k" };
        let (time, count) = cockpit.answer(key);
        times.push(time);
        bytes.push(count);
    }
    times.sort_unstable();
    bytes.sort_unstable();
    println!(
        "a key {when}: {:.2?} at the median, {:.2?} at the 99th percentile; {} bytes at the median, {} on average, {} at most",
        times[times.len() / 2],
        times[times.len() * 99 / 100],
        bytes[bytes.len() / 2],
        bytes.iter().sum::<usize>() / bytes.len(),
        bytes[bytes.len() - 1],
    );
}
