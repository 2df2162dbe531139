//! The program killed, or stopped and gone on with, in the middle of its jobs.
#![cfg(feature = "gameday")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says where and stops"
)]

mod stage;

use std::time::Duration;

use podmortem::case::{Entry, JobEnd};

use self::stage::{Dice, Ground, LANES, Stage, act, resume};

/// How often the program is killed; `.ci/run` asks for more.
fn kills() -> u64 {
    std::env::var("PODMORTEM_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(100)
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_point_a_job_is_gone_on_with_and_nothing_is_lost_or_done_twice() {
    let ground = Ground::new(7).await;
    let (ground, all) = (&ground, kills());
    let killed = std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..LANES)
            .map(|lane| {
                let seeds = (lane as u64..all).step_by(LANES);
                scope.spawn(move || seeds.filter(|seed| kill_once(ground, lane, *seed)).count())
            })
            .collect();
        lanes.into_iter().map(|lane| lane.join().unwrap()).sum::<usize>()
    });
    // Points are drawn before it is known how long the job is: a few come after its end.
    println!("{killed} of {all} programs were killed before their job had ended");
    assert!(killed as u64 * 2 > all, "only {killed} of {all}");
}

/// One life and death. Says whether the job had begun and had no end when its program was killed.
fn kill_once(ground: &Ground, lane: usize, seed: u64) -> bool {
    let mut dice = Dice::new(seed);
    let stage = Stage::new(ground, lane, seed);
    // Each has its own number of records; a proof that measures takes its time, so that few are isolated.
    let kill = format!("label=kill=seed-{seed}");
    let (action, told, most) = match seed % 8 {
        0 => ("capture-pod", vec![], 60),
        4 => ("isolate-pod", vec![], 24),
        _ => ("label-pod", vec!["--set".to_owned(), kill, "--set".to_owned(), "replace=yes".to_owned()], 17),
    };
    let mut child = act(&stage, action, &[stage.pods(&mut dice, 3), told].concat());
    let records = dice.up_to(most) + 2;
    stage.wait_for_records(&mut child, records);
    std::thread::sleep(Duration::from_micros(u64::from(dice.up_to(4000))));
    child.kill().unwrap();
    child.wait().unwrap();

    let before = stage.journal();
    let open = stage.jobs().iter().any(|job| job.ended.is_none());
    let resumed = resume(&stage, &[]).wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&resumed.stdout).into_owned() + &String::from_utf8_lossy(&resumed.stderr);
    stage.case().journal().close_left().unwrap();

    stage.has_kept(&before, &said);
    stage.sent_nothing_twice(&said);
    assert!(stage.jobs().iter().all(|job| job.ended.is_some()), "seed {seed}: {said}");
    for job in stage.jobs().iter() {
        assert_eq!((job.finished(), job.failures()), (3, 0), "seed {seed}: {said} {job:#?}");
        assert_eq!(job.epoch > 1, open, "seed {seed}");
    }
    let report = stage.verified();
    assert!(report.holds(), "seed {seed}: {report:#?}\n{said}");
    open
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_that_was_stopped_and_goes_on_leaves_its_job_to_whoever_took_it() {
    let ground = Ground::new(8).await;
    let ground = &ground;
    let yielded = std::thread::scope(|scope| {
        let lanes: Vec<_> =
            (0..LANES).map(|lane| scope.spawn(move || stop_once(ground, lane, 5000 + lane as u64))).collect();
        lanes.into_iter().map(|lane| usize::from(lane.join().unwrap())).sum::<usize>()
    });
    assert!(yielded > 0, "no owner was stopped in time");
}

/// Stops an owner in the middle, lets somebody else go on, and wakes it up while
/// the other is at work. Says whether it lost its job.
fn stop_once(ground: &Ground, lane: usize, seed: u64) -> bool {
    let mut dice = Dice::new(seed);
    let stage = Stage::new(ground, lane, seed);
    let mut owner = act(&stage, "isolate-pod", &stage.pods(&mut dice, 8));
    stage.wait_for_records(&mut owner, dice.up_to(30) + 8);
    stage.signal(&owner, "-STOP");
    let Some(job) = stage.jobs().iter().find(|job| job.ended.is_none()).map(|job| job.id.clone()) else {
        stage.signal(&owner, "-CONT");
        owner.wait().unwrap();
        return false;
    };
    let mut other = resume(&stage, &[&job.to_string(), "--silence", "2"]);
    stage.wait_for(&mut other, |stage| {
        stage.records().iter().any(|record| matches!(record.entry, Entry::Adopted { .. }))
    });
    stage.signal(&owner, "-CONT");
    let (owner, other) = (owner.wait_with_output().unwrap(), other.wait_with_output().unwrap());
    let said = format!("{owner:?}\n{other:?}");
    stage.sent_nothing_twice(&said);
    assert!(!owner.status.success() && String::from_utf8_lossy(&owner.stderr).contains("taken over"), "{said}");
    let jobs = stage.jobs();
    let job = jobs.get(&job).unwrap();
    assert_eq!((job.finished(), job.failures(), job.epoch), (8, 0, 2), "{said}\n{job:#?}");
    assert!(job.ended.is_some(), "{said}");
    let records = stage.records();
    let left: Vec<_> = records.iter().filter(|record| matches!(record.entry, Entry::Yielded { .. })).collect();
    assert!(left.len() == 1 && left[0].writer != job.writer, "{said}");
    assert!(stage.verified().holds(), "{:#?}", stage.verified());
    true
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_runs_is_nobody_elses_and_is_cancelled_on_request() {
    let ground = Ground::new(9).await;
    let stage = Stage::new(&ground, 0, 7000);
    // Measuring takes longer than asking: a capture may be over before anybody has asked.
    let mut owner = act(&stage, "isolate-pod", &stage.pods(&mut Dice::new(3), 8));
    stage.wait_for_records(&mut owner, 6);
    let job = stage.jobs().iter().next().unwrap().id.to_string();
    let refused = resume(&stage, &[&job]).wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&refused.stdout).into_owned();
    assert!(refused.status.code() == Some(4) && said.contains("is worked on by"), "{refused:?}");
    stage.signal(&owner, "-STOP");
    let asked = stage.podmortem(&["case", "cancel", &job]).output().unwrap();
    assert!(asked.status.success(), "{asked:?}");
    stage.signal(&owner, "-CONT");
    let ended = owner.wait_with_output().unwrap();
    let is_cancelled = |entry: &Entry| matches!(entry, Entry::Ended { end: JobEnd::Cancelled, .. });
    assert!(stage.records().iter().any(|record| is_cancelled(&record.entry)), "{ended:?}");
    assert!(stage.jobs().iter().all(|job| job.ended.is_some()));
    assert!(stage.verified().holds(), "{:#?}", stage.verified());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_outlives_its_terminal() {
    let ground = Ground::new(10).await;
    let stage = Stage::new(&ground, 0, 8000);
    let mut owner = act(&stage, "isolate-pod", &stage.pods(&mut Dice::new(2), 8));
    stage.wait_for_records(&mut owner, 8);
    // The other ends of its pipes are closed, as a terminal's is.
    drop((owner.stdout.take(), owner.stderr.take()));
    stage.signal(&owner, "-HUP");
    owner.wait().unwrap();
    let jobs = stage.jobs();
    let job = jobs.iter().next().unwrap();
    assert_eq!((job.finished(), job.failures(), job.epoch), (8, 0, 1), "{job:#?}");
    assert!(job.ended.is_some());
}
