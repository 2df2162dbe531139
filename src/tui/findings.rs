//! Findings from outside: files that are named, and GuardDuty and Security Hub as they write them.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::aws::Place;
use crate::aws::guardduty::Asked;
use crate::case::{By, Entry};
use crate::findings::{
    Batch, of_audit_log, of_guardduty, of_security_hub, read_file, typed as typed_finding, typed_id,
};
use crate::kubernetes::Cluster;
use crate::model::{Clean, ReadOnly, Typed};
use crate::response::Engine;

use super::reply::{Reply, Tone};
use super::start::Options;

/// Between two questions to GuardDuty, which writes new findings within five minutes.
const PAUSE: Duration = Duration::from_secs(30);

/// The same in a game, where they come at once.
const GAME_PAUSE: Duration = Duration::from_secs(2);

/// Findings that were written so many milliseconds before the last question are asked for again: clocks differ.
const OVERLAP: i64 = 15 * 60 * 1_000;

/// Where GuardDuty is asked: in the accounts that are configured, and in those of the contexts that are EKS clusters.
pub fn places(options: &Options) -> Vec<Place> {
    let mut places = options.places.clone();
    let of_contexts = options.open.iter().filter_map(|place| options.entries.get(*place));
    for entry in of_contexts {
        let place = entry.place().filter(|place| place.embedded.is_some() || entry.account().is_some());
        if let Some(place) = place.filter(|place| !places.contains(place)) {
            places.push(place.clone());
        }
    }
    places
}

/// Reads a file that somebody named.
pub async fn read(path: PathBuf, replies: mpsc::Sender<Reply>) {
    let read = tokio::task::spawn_blocking(move || read_file(&path)).await;
    let told = match read {
        Ok(Ok(batch)) => Reply::Findings(Box::new(batch), true),
        Ok(Err(error)) => Reply::Tell(Tone::Bad, error.to_string().into()),
        Err(broken) => Reply::Tell(Tone::Bad, broken.to_string().into()),
    };
    let _ = replies.send(told).await;
}

/// Reads the alerts in a cluster's audit log. What the configuration does not call by its name in EKS, the account does:
/// by the address of its API server.
pub async fn read_audit_log(cluster: Cluster, since: Timestamp, replies: mpsc::Sender<Reply>) {
    let entry = cluster.entry();
    let name = match entry.eks_name() {
        Some(name) => Ok(name.to_owned()),
        None => cluster.control_plane().await.map(|plane| plane.name.to_string()),
    };
    let told = match (name, entry.place()) {
        (Ok(name), Some(place)) => {
            let place = std::slice::from_ref(place);
            Reply::Findings(Box::new(of_audit_log(place, cluster.latch(), &name, since).await), true)
        }
        (Err(why), _) => {
            let why = format!(
                "which EKS cluster this is cannot be told: {why}; `podmortem findings --audit-log NAME` asks by name"
            );
            Reply::Tell(Tone::Bad, why.into())
        }
        (_, None) => Reply::Tell(Tone::Bad, "no AWS account belongs to this cluster here".into()),
    };
    let _ = replies.send(told).await;
}

/// Takes in a finding that somebody typed: into the journal of the case, from which it is read like any other, or
/// for this session where there is no case to write to. Says where it is kept.
pub async fn keep(typed: Typed, engine: Option<Engine>, read_only: bool, replies: mpsc::Sender<Reply>) {
    let (by, at) = (By::current(), Timestamp::now());
    let id = typed_id(&typed, &by, at);
    let finding = typed_finding(&typed, id.clone(), &by, at);
    let why = match &engine {
        None if read_only => "this session is read-only".to_owned(),
        None => "no case is open (:case ID opens one)".to_owned(),
        Some(engine) => match engine.record(Entry::Finding { id, typed }).await {
            Ok(()) => {
                let told = "the finding is kept in the journal of the case; 4 goes to it";
                let _ = replies.send(Reply::Tell(Tone::Good, told.into())).await;
                return;
            }
            Err(error) => error.to_string(),
        },
    };
    let batch = Batch { findings: vec![finding], ..Batch::default() };
    let _ = replies.send(Reply::Findings(Box::new(batch), false)).await;
    let told = format!("the finding is kept for this session only: {why}; 4 goes to it");
    let _ = replies.send(Reply::Tell(if engine.is_some() { Tone::Bad } else { Tone::Note }, told.into())).await;
}

/// Asks GuardDuty and Security Hub until nobody listens any more.
pub async fn watch(places: Vec<Place>, latch: ReadOnly, replies: mpsc::Sender<Reply>) {
    let game = places.iter().all(|place| place.embedded.is_some());
    let pause = if game { GAME_PAUSE } else { PAUSE };
    let regions: Vec<_> =
        places.iter().map(|place| place.region.as_deref().unwrap_or("the profile's Region")).collect();
    let asked = Clean::from(format!("GuardDuty of {}", regions.join(", ")));
    if replies.send(Reply::FindingsAsked(asked)).await.is_err() {
        return;
    }
    let asked = |since| Asked { since, archived: false };
    let (mut since_hub, mut since_guardduty) = (None, None);
    loop {
        let next = Some(Timestamp::now().as_millisecond() - OVERLAP);
        let (mut batch, guardduty) = tokio::join!(
            of_security_hub(&places, &latch, asked(since_hub)),
            of_guardduty(&places, &latch, asked(since_guardduty)),
        );
        // What failed is asked for again from where it was.
        since_hub = if batch.troubles.is_empty() { next } else { since_hub };
        since_guardduty = if guardduty.troubles.is_empty() { next } else { since_guardduty };
        batch.extend(guardduty);
        if replies.send(Reply::Findings(Box::new(batch), false)).await.is_err() {
            return;
        }
        tokio::time::sleep(pause).await;
    }
}
