//! What a record costs, and what a long journal costs to open. `cargo bench --bench journal`
//! prints a table; the disk is the one under TMPDIR.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a measurement that cannot be taken stops; it has nothing to lose"
)]

use std::time::{Duration, Instant};

use podmortem::case::{Answer, Case, Entry, JobEnd, JobId, NewCase, verify};
use podmortem::config::Directories;
use podmortem::model::{Call, Clean, ClusterId, Kind, Target, Tier, Uid, Verdict};
use podmortem::response::Jobs;

const MEASURED: usize = 500;
const LONG: usize = 100_000;

/// Jobs of ten targets, with what an isolation writes for each.
fn entries() -> impl Iterator<Item = Entry> {
    (0u32..).flat_map(|number| {
        let job = JobId(format!("isolate-pod-{number:08x}").into());
        let target = |place: usize| {
            let mut uid = [0; 16];
            uid[..4].copy_from_slice(&number.to_be_bytes());
            uid[4] = place as u8;
            let (namespace, name) = (Some("shop".into()), format!("web-{number}-{place}").into());
            Target { cluster: ClusterId::default(), kind: Kind::Pod, namespace, name, uid: Uid::from_bytes(uid) }
        };
        let started = Entry::Started {
            job: job.clone(),
            epoch: 1,
            plan: "0".repeat(64).parse().expect("a hash"),
            action: "isolate-pod".into(),
            tier: Tier::MayHurt,
            targets: (0..10).map(target).collect(),
            identity: "responder".into(),
            confirmed: "--yes".into(),
            reason: Clean::default(),
            undoes: None,
        };
        let ended = Entry::Ended { job: job.clone(), end: JobEnd::Done };
        let each = (0..10usize).flat_map(move |place| {
            let request = Call {
                target: place,
                method: "PATCH".into(),
                path: format!("/api/v1/namespaces/shop/pods/web-{number}-{place}").into(),
                body: serde_json::json!({"metadata": {"labels": {"ir.podmortem/case-target": "x"}}}),
            };
            let answer = Answer::Accepted { version: "1".into(), uid: None };
            let verdict = Verdict::NotMeasured { why: "a bench".into() };
            [
                Entry::Intent { job: job.clone(), call: place, request, before: vec![] },
                Entry::Result { job: job.clone(), call: place, answer },
                Entry::Verdict { job: job.clone(), target: place, verdict },
            ]
        });
        std::iter::once(started).chain(each).chain(std::iter::once(ended))
    })
}

fn case(home: &Directories, id: &str) -> Case {
    let new = NewCase { id: id.to_owned(), title: String::new(), responder: "a".to_owned(), clusters: vec![] };
    Case::create(home, new).expect("a case")
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn main() {
    let root = tempfile::tempdir().expect("a directory");
    let home = Directories::under(root.path());
    let short = case(&home, "short");
    let mut times: Vec<Duration> = (0..MEASURED)
        .map(|done| {
            let begun = Instant::now();
            short.journal().append(Entry::Note { text: format!("record {done}").into() }).expect("a record");
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    let at = |share: usize| times.get(MEASURED * share / 100).copied().map(milliseconds).unwrap_or_default();
    println!(
        "a record on disk, its head signed   median {:8.2} ms   99th {:8.2} ms   (goal: median < 5 ms)",
        at(50),
        at(99)
    );

    let long = case(&home, "long").on(std::sync::Arc::new(Unsynced));
    for entry in entries().take(LONG - 1) {
        long.journal().append(entry).expect("a record");
    }
    let begun = Instant::now();
    let opened = Case::open(&home, "long").expect("the case");
    let records = opened.records().expect("its records");
    let jobs = Jobs::fold(&records);
    let time = begun.elapsed();
    println!(
        "{} records opened and folded    {:8.2} ms   (goal: < 1000 ms; {} jobs)",
        records.len(),
        milliseconds(time),
        jobs.iter().len()
    );
    let begun = Instant::now();
    let report = verify(opened.path()).expect("a report");
    println!(
        "{} records verified             {:8.2} ms   ({} problems)",
        report.records,
        milliseconds(begun.elapsed()),
        report.problems.len()
    );
}

/// Makes a long journal in bearable time: nothing is asked of it but to be read.
struct Unsynced;

impl podmortem::case::Disk for Unsynced {
    fn append(&self, file: &mut std::fs::File, line: &[u8]) -> std::io::Result<()> {
        std::io::Write::write_all(file, line)
    }

    fn sync(&self, _file: &std::fs::File) -> std::io::Result<()> {
        Ok(())
    }
}
