//! Commands for nodes whose program was killed before it heard that they were accepted.
#![cfg(feature = "gameday")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says where and stops"
)]

mod fixture;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use fixture::targets;
use podmortem::aws::ssm::{Script, Sent};
use podmortem::case::{Answer, Case, Entry, JobId, NewCase, verify};
use podmortem::config::Directories;
use podmortem::gameday::{GameDay, Scenario};
use podmortem::kubernetes::{Cluster, ReadOnly, contexts};
use podmortem::model::{Call, Clean, Kind, Plan, SessionId};
use podmortem::response::{Engine, Job, Site};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A game day, and a case in which a job was left by a program that is gone.
struct Left {
    _day: GameDay,
    site: Site,
    root: tempfile::TempDir,
    plan: Plan,
    job: JobId,
    /// The first command of the plan: a measurement.
    place: usize,
}

fn script(call: &Call, job: &JobId, place: usize) -> Script {
    serde_json::from_value::<Script>(call.body.clone()).unwrap().named(&job.0, place)
}

impl Left {
    /// The job's owner had announced its first command when it was killed.
    async fn new(endpoint: impl AsyncFnOnce(&GameDay) -> Option<String>) -> Self {
        let day = GameDay::start(Scenario::still(), 7).await.unwrap();
        let root = tempfile::tempdir().unwrap();
        let text = day.kubeconfig();
        let text = match endpoint(&day).await {
            Some(other) => text.replace(&day.account_url(), &other),
            None => text,
        };
        let path = root.path().join("kubeconfig");
        std::fs::write(&path, text).unwrap();
        let entry = contexts(Some(&path)).unwrap().into_iter().find(|entry| entry.current).unwrap();
        let cluster = Cluster::new(SessionId(0), entry, ReadOnly::open(), "podmortem/test").unwrap();
        let site = Site::of(cluster).await.unwrap();
        let new = NewCase { id: "LEFT".into(), title: String::new(), responder: "a".into(), clusters: vec![] };
        let owner = Engine::new(Arc::new(Case::create(&home(root.path()), new).unwrap())).unwrap();
        let plan = measured(&owner, &site).await;
        let job = JobId("isolate-pod-00000001".into());
        let place = plan.calls.iter().position(|call| &*call.method == "ssm:SendCommand").unwrap();
        let started = Entry::Started {
            job: job.clone(),
            epoch: 1,
            plan: plan.hash(),
            action: plan.action.clone(),
            tier: plan.tier,
            targets: plan.targets.clone(),
            identity: site.identity.user.clone(),
            confirmed: "--yes".into(),
            reason: Clean::default(),
            undoes: None,
        };
        let request = plan.calls[place].clone();
        owner.record(started).await.unwrap();
        owner.record(Entry::Intent { job: job.clone(), call: place, request, before: vec![] }).await.unwrap();
        Self { _day: day, site, root, plan, job, place }
    }

    fn instance(&self) -> &str {
        &self.plan.calls[self.place].path
    }

    fn script(&self) -> Script {
        script(&self.plan.calls[self.place], &self.job, self.place)
    }

    /// What the owner did before it was killed.
    async fn give(&self) -> Sent {
        let right = self.site.cluster.latch().write_right().unwrap();
        self.site.cluster.agents().await.unwrap().send(&right, self.instance(), &self.script()).await.unwrap()
    }

    /// Somebody else goes on with the job.
    async fn resumed(&self) -> (Engine, Job) {
        let other = Engine::new(Arc::new(Case::open(&home(self.root.path()), "LEFT").unwrap())).unwrap();
        let job = other.resume(&self.site, &self.job, Duration::ZERO).await.unwrap().ended().await.unwrap();
        assert_eq!((job.finished(), job.failures()), (1, 0), "{job:#?}");
        assert!(verify(other.case().path()).unwrap().holds());
        (other, job)
    }

    /// The id that the journal has for the command.
    fn recorded(&self, engine: &Engine) -> Clean {
        let records = engine.case().records().unwrap();
        let answers: Vec<Clean> = records
            .into_iter()
            .filter_map(|record| match record.entry {
                Entry::Result { call, answer: Answer::Accepted { version, .. }, .. } if call == self.place => {
                    Some(version)
                }
                _ => None,
            })
            .collect();
        assert_eq!(answers.len(), 1);
        answers[0].clone()
    }
}

fn home(root: &Path) -> Directories {
    Directories::under(root)
}

/// An isolation that measures: of a pod whose node has an agent.
async fn measured(engine: &Engine, site: &Site) -> Plan {
    for target in targets(site, Kind::Pod, 40).await {
        let plan = engine.plan("isolate-pod", site, &[target]).await.unwrap();
        if plan.calls.iter().any(|call| &*call.method == "ssm:SendCommand") {
            return plan;
        }
    }
    panic!("no node of the twin can be asked")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_was_accepted_is_found_again_and_waited_for() {
    let left = Left::new(async |_: &GameDay| None).await;
    let sent = left.give().await;
    let (engine, job) = left.resumed().await;
    assert_eq!(*left.recorded(&engine), *sent.id, "{job:#?}");
    let began = job.started;
    let agents = left.site.cluster.agents().await.unwrap();
    let found = agents.given(left.instance(), &left.script(), Some(began)).await.unwrap().unwrap();
    assert_eq!(found.id, sent.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_never_left_is_given_once() {
    let left = Left::new(async |_: &GameDay| None).await;
    let agents = left.site.cluster.agents().await.unwrap();
    assert_eq!(agents.given(left.instance(), &left.script(), None).await.unwrap(), None);
    let (engine, _) = left.resumed().await;
    let found = agents.given(left.instance(), &left.script(), None).await.unwrap().unwrap();
    assert_eq!(*left.recorded(&engine), *found.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_service_does_not_say_it_is_said_and_given_again() {
    let left = Left::new(async |day: &GameDay| Some(secretive(day.account_url()).await)).await;
    let sent = left.give().await;
    let (engine, job) = left.resumed().await;
    assert_ne!(*left.recorded(&engine), *sent.id, "{job:#?}");
    let told = engine.case().records().unwrap().into_iter().any(|record| match record.entry {
        Entry::Progress { step, .. } => {
            step.doing.contains("cannot tell whether") && step.doing.contains("not allowed")
        }
        _ => false,
    });
    assert!(told, "{job:#?}");
}

/// An account in which nobody may list commands; everything else is answered by the one behind it.
async fn secretive(behind: String) -> String {
    let behind = behind.trim_start_matches("http://").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(passed_on(stream, behind.clone()));
        }
    });
    format!("http://{address}")
}

async fn passed_on(mut client: TcpStream, behind: String) {
    let request = message(&mut client).await;
    let head = String::from_utf8_lossy(&request).into_owned();
    let answer = if head.contains("AmazonSSM.ListCommandInvocations") {
        let body = r#"{"__type": "AccessDeniedException", "message": "no"}"#;
        format!("HTTP/1.1 400 Bad Request\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
    } else {
        let mut server = TcpStream::connect(behind).await.unwrap();
        server.write_all(&request).await.unwrap();
        message(&mut server).await
    };
    let line = answer.windows(2).position(|two| two == b"\r\n").unwrap() + 2;
    let answer = [&answer[..line], b"connection: close\r\n", &answer[line..]].concat();
    client.write_all(&answer).await.unwrap();
}

/// One message, to the end that its head announces.
async fn message(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        if let Some(end) = end {
            let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length:")).unwrap_or("0");
            if bytes.len() >= end + 4 + length.trim().parse::<usize>().unwrap() {
                return bytes;
            }
        }
        if stream.read_buf(&mut bytes).await.unwrap() == 0 {
            return bytes;
        }
    }
}
