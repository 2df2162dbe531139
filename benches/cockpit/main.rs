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

#[path = "../curl/mod.rs"]
mod curl;
mod process;
mod terminal;

use std::process::Command;
use std::time::{Duration, Instant};

use curl::Server;
use process::{Usage, received};
use terminal::Terminal;

fn main() {
    let Ok(kubeconfig) = std::env::var("PODMORTEM_LIVE_KUBECONFIG") else {
        println!("skipped: PODMORTEM_LIVE_KUBECONFIG names no cluster");
        return;
    };
    let server = Server::of(&kubeconfig);
    let (curl, body) = server.get("/api/v1/pods?pretty=false", "application/json");
    let list: serde_json::Value = serde_json::from_slice(&body).expect("a list");
    let pods = list["items"].as_array().map_or(0, Vec::len);
    println!("curl, JSON list of {pods} pods: {curl:.2?}, {:.0} MB", body.len() as f64 / 1e6);
    let json = body.len() as f64;
    drop((list, body));
    let (page, _) = server.get("/api/v1/pods?limit=100", "application/vnd.kubernetes.protobuf");
    println!("curl, the first 100 in protobuf: {page:.3?}");
    let (mut cockpit, first) = started(&kubeconfig);
    println!(
        "first pods on the screen: {first:.3?}, {:.1} of curl's first page",
        first.as_secs_f64() / page.as_secs_f64()
    );
    let all = cockpit.until(|screen| screen.contains(&format!("2 pods {pods}")));
    println!("all pods listed: {all:.2?}, {:.2} of curl's time", all.as_secs_f64() / curl.as_secs_f64());
    match received(cockpit.pid()) {
        Some(bytes) => println!("received: {:.1} MB, 1/{:.0} of curl's", bytes as f64 / 1e6, json / bytes as f64),
        None => println!("skipped: bytes received; `ss` does not tell"),
    }
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

/// A cockpit, and the median over five of them of the time to the first pods.
fn started(kubeconfig: &str) -> (Terminal, Duration) {
    let mut times = Vec::new();
    loop {
        // The server collects the garbage of what was listed before.
        std::thread::sleep(Duration::from_secs(4));
        let mut cockpit = Terminal::start(&["--kubeconfig", kubeconfig]);
        times.push(cockpit.until(|screen| screen.contains("Running")));
        if times.len() == 5 {
            times.sort_unstable();
            return (cockpit, times[2]);
        }
        cockpit.quiet(Duration::from_secs(4));
        cockpit.press(b"\x03");
    }
}

/// Share of a core that the cockpit uses, in percent.
fn busy(cockpit: &mut Terminal, time: Duration) -> f64 {
    let before = Usage::of(cockpit.pid()).cpu;
    let start = Instant::now();
    cockpit.quiet(time);
    (Usage::of(cockpit.pid()).cpu - before).as_secs_f64() / start.elapsed().as_secs_f64() * 100.0
}

/// Rows that the cursor goes down and up again inside of what is shown.
const INSIDE: usize = 12;

/// Moves the cursor two hundred times inside of what is shown, and as often down a
/// list that scrolls, and prints how long each took and how many bytes it cost.
fn keys(cockpit: &mut Terminal, when: &str) {
    moves(cockpit, &format!("a move {when}"), |number| if (number / INSIDE).is_multiple_of(2) { b"j" } else { b"k" });
    for _ in 0..2 * INSIDE {
        cockpit.answer(b"j");
    }
    moves(cockpit, &format!("a scrolled row {when}"), |_| b"j");
    cockpit.answer(b"g");
}

fn moves(cockpit: &mut Terminal, what: &str, key: impl Fn(usize) -> &'static [u8]) {
    let mut times = Vec::new();
    let mut bytes = Vec::new();
    for number in 0..200 {
        cockpit.quiet(Duration::from_millis(37));
        let key = key(number);
        let (time, count) = cockpit.answer(key);
        times.push(time);
        bytes.push(count);
    }
    times.sort_unstable();
    bytes.sort_unstable();
    println!(
        "{what}: {:.2?} at the median, {:.2?} at the 99th percentile; {} bytes at the median, {} on average, {} at most",
        times[times.len() / 2],
        times[times.len() * 99 / 100],
        bytes[bytes.len() / 2],
        bytes.iter().sum::<usize>() / bytes.len(),
        bytes[bytes.len() - 1],
    );
}
