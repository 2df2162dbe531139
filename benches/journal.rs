//! What a record costs, and what a long journal costs to open. `cargo bench --bench journal`
//! prints a table; the disk is the one under TMPDIR.

#![allow(clippy::expect_used, reason = "a measurement that cannot be taken stops; it has nothing to lose")]

use std::time::{Duration, Instant};

use podmortem::case::{Case, Entry, NewCase, verify};
use podmortem::config::Directories;
use podmortem::model::{Clean, Step, StepState};
use podmortem::response::Jobs;

const MEASURED: usize = 500;
const LONG: usize = 100_000;

fn step(done: usize) -> Entry {
    let step = Step {
        target: 0,
        doing: Clean::from("log/web (previous)"),
        done: done as u64,
        total: Some(MEASURED as u64),
        bytes: 0,
        state: StepState::Running,
    };
    Entry::Progress { job: podmortem::case::JobId("capture-pod-1f0c9a3b".into()), step }
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
            short.journal().append(step(done)).expect("a record");
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
    for done in 0..LONG {
        long.journal().append(step(done)).expect("a record");
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
