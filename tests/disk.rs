//! What reaches the disk, and when: nothing leaves the machine that is not announced there.
#![cfg(feature = "gameday")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says where and stops"
)]

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use podmortem::case::{Case, Disk, Entry, NewCase, Record, verify};
use podmortem::config::Directories;
use podmortem::gameday::{GameDay, Scenario};
use podmortem::kubernetes::{Cluster, ReadOnly, contexts};
use podmortem::model::{Clean, Kind, Plan, SessionId, Target};
use podmortem::response::{Confirmation, Engine, How, Site};
use serde_json::Value;

/// A disk that is slow to sync, notes what it was asked for, and fails from some point on.
#[derive(Default)]
struct Watched {
    /// What was appended, with the time when a sync after it had returned.
    synced: Mutex<Vec<(Vec<u8>, Option<Timestamp>)>>,
    /// After so many appends the disk is full: half of the next one fits.
    full_after: Option<usize>,
    /// After so many appends syncing fails.
    broken_after: Option<usize>,
}

impl Disk for Watched {
    fn append(&self, file: &mut File, line: &[u8]) -> io::Result<()> {
        let mut synced = self.synced.lock().unwrap();
        if self.full_after.is_some_and(|full| synced.len() >= full) {
            file.write_all(&line[..line.len() / 2])?;
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        synced.push((line.to_vec(), None));
        file.write_all(line)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        std::thread::sleep(Duration::from_millis(15));
        let mut synced = self.synced.lock().unwrap();
        if self.broken_after.is_some_and(|broken| synced.len() > broken) {
            return Err(io::Error::other("the disk does not answer"));
        }
        file.sync_data()?;
        for (_, at) in synced.iter_mut().filter(|(_, at)| at.is_none()) {
            *at = Some(Timestamp::now());
        }
        Ok(())
    }
}

async fn site(day: &GameDay) -> Site {
    let entries = contexts(Some(day.kubeconfig_path())).unwrap();
    let entry = entries.into_iter().find(|entry| entry.current).unwrap();
    Site::of(Cluster::new(SessionId(0), entry, ReadOnly::open(), "podmortem/test case/disk").unwrap()).await.unwrap()
}

async fn pods(site: &Site, count: usize) -> Vec<Target> {
    let body = site.cluster.read().list(Kind::Pod, "", "", "").await.unwrap();
    let list: Value = serde_json::from_slice(&body).unwrap();
    let target = |item: &Value| Target {
        cluster: site.identity.cluster,
        kind: Kind::Pod,
        namespace: item["metadata"]["namespace"].as_str().map(Clean::from),
        name: item["metadata"]["name"].as_str().unwrap().into(),
        uid: item["metadata"]["uid"].as_str().unwrap().parse().unwrap(),
    };
    list["items"].as_array().unwrap().iter().take(count).map(target).collect()
}

fn case(root: &Path, disk: &Arc<Watched>) -> Arc<Case> {
    let home = Directories::under(root);
    let new = NewCase { id: "D-1".into(), title: String::new(), responder: "a".into(), clusters: vec![] };
    drop(Case::create(&home, new).unwrap());
    Arc::new(Case::open(&home, "D-1").unwrap().on(disk.clone()))
}

fn yes(plan: &Plan) -> Confirmation {
    Confirmation { plan: plan.hash(), how: How::Yes }
}

/// Requests that change something: what is created or patched, by name.
fn changing(day: &GameDay) -> Vec<(String, Timestamp)> {
    let requests = day.requests().into_iter().filter(|request| request.method != "GET");
    let named = requests.filter_map(|request| {
        let object = request.object?;
        let real = !object.resource.ends_with("reviews") && !request.path.contains("dryRun");
        real.then(|| (format!("{} {}", request.method, object.name), request.at))
    });
    named.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_has_returned_before_the_request_that_it_announces_leaves() {
    let day = GameDay::start(Scenario::still(), 3).await.unwrap();
    let (site, root, disk) = (site(&day).await, tempfile::tempdir().unwrap(), Arc::new(Watched::default()));
    let engine = Engine::new(case(root.path(), &disk)).unwrap();
    let plan = engine.plan("isolate-pod", &site, &pods(&site, 6).await).await.unwrap();
    let running = engine.start(&site, plan.clone(), &yes(&plan), Clean::default()).await.unwrap();
    assert_eq!(running.ended().await.unwrap().failures(), 0);
    let mut announced: HashMap<String, Timestamp> = HashMap::new();
    let appended = disk.synced.lock().unwrap();
    // Records of several targets may reach the disk together.
    let lines = appended
        .iter()
        .flat_map(|(lines, synced)| lines.split_inclusive(|byte| *byte == b'\n').map(move |line| (line, synced)));
    for (line, synced) in lines {
        let record: Record = serde_json::from_slice(line).unwrap();
        if let Entry::Intent { request, .. } = record.entry {
            let created = request.body["metadata"]["name"].as_str().map(str::to_owned);
            let path = request.path.split('?').next().unwrap().rsplit('/').next().unwrap().to_owned();
            let name = if &*request.method == "POST" { created.unwrap() } else { path };
            announced.insert(format!("{} {name}", request.method), synced.unwrap());
        }
    }
    let sent = changing(&day);
    assert_eq!(sent.len(), 12, "{sent:?}");
    for (request, at) in sent {
        let synced = announced.get(&request).unwrap_or_else(|| panic!("{request} was never announced"));
        assert!(*synced <= at, "{request} arrived at {at}, its intent was on disk at {synced}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_takes_no_intent_lets_no_request_leave() {
    // Planned, Cluster and Started are recorded before the first intent.
    for (full_after, broken_after) in [(Some(0), None), (Some(3), None), (None, Some(3)), (Some(5), None)] {
        let day = GameDay::start(Scenario::still(), 4).await.unwrap();
        let disk = Arc::new(Watched { full_after, broken_after, ..Watched::default() });
        let (site, root) = (site(&day).await, tempfile::tempdir().unwrap());
        let engine = Engine::new(case(root.path(), &disk)).unwrap();
        let said = match engine.plan("isolate-pod", &site, &pods(&site, 4).await).await {
            Err(error) => error.to_string(),
            Ok(plan) => {
                let running = engine.start(&site, plan.clone(), &yes(&plan), Clean::default()).await.unwrap();
                running.ended().await.unwrap_err().to_string()
            }
        };
        assert!(said.contains("cannot write") && said.contains("check the space"), "{said}");
        let intents = engine.case().records().unwrap();
        let intents = intents.iter().filter(|record| matches!(record.entry, Entry::Intent { .. })).count();
        let sent = changing(&day);
        assert!(sent.len() <= intents, "{sent:?} with {intents} intents on disk");
        assert!(full_after != Some(0) || sent.is_empty(), "{sent:?}");
        assert!(full_after != Some(3) || sent.is_empty(), "{sent:?}");
        // What did not fit was taken back: the file ends with a whole record.
        for entry in fs::read_dir(engine.case().journal().dir()).unwrap() {
            let path = entry.unwrap().path();
            assert!(fs::read(&path).unwrap().last().is_none_or(|byte| *byte == b'\n'), "{}", path.display());
        }
        // With space again, somebody else puts it in order.
        Case::open(&Directories::under(root.path()), "D-1").unwrap().journal().append(Entry::Beat).unwrap();
        let report = verify(engine.case().path()).unwrap();
        assert!(report.holds(), "{full_after:?} {broken_after:?} {report:#?}");
    }
}

#[tokio::test]
async fn a_journal_that_was_cut_anywhere_in_its_tail_opens_and_goes_on() {
    let root = tempfile::tempdir().unwrap();
    let home = Directories::under(root.path());
    let new = NewCase { id: "CUT".into(), title: String::new(), responder: "a".into(), clusters: vec![] };
    let case = Case::create(&home, new).unwrap();
    for number in 0..3 {
        case.journal().append(Entry::Note { text: format!("note {number}").into() }).unwrap();
    }
    let path = case.journal().dir().join(format!("{}.jsonl", case.journal().writer().unwrap().as_str()));
    let (whole, heads) = (fs::read(&path).unwrap(), fs::read(path.with_extension("head")).unwrap());
    let ends: Vec<_> = (1..).zip(&whole).filter(|(_, byte)| **byte == b'\n').map(|(end, _)| end).collect();
    // The last two records, cut after every byte of them.
    for length in ends[1]..whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        fs::write(path.with_extension("head"), &heads).unwrap();
        let kept = ends.iter().filter(|end| **end <= length).count();
        let opened = Case::open(&home, "CUT").unwrap();
        assert_eq!(opened.records().unwrap().len(), kept, "cut after {length} bytes");
        assert!(!verify(opened.path()).unwrap().holds(), "cut after {length} bytes: records are missing");
        opened.journal().append(Entry::Note { text: "on".into() }).unwrap();
        let records = Case::open(&home, "CUT").unwrap().records().unwrap();
        assert!(records.iter().any(|record| matches!(&record.entry, Entry::Note { text } if &**text == "on")));
        let own = opened.journal().writer().unwrap();
        for extension in ["jsonl", "head"] {
            fs::remove_file(opened.journal().dir().join(format!("{}.{extension}", own.as_str()))).unwrap();
        }
    }
}
