//! What was asked of the clusters, as an API server's audit log keeps it.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde_json::{Value, json};

/// Requests that are remembered; the oldest go first. A file keeps all of them.
const REMEMBERED: usize = 20_000;

/// A request that a cluster received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The cluster's name, not its ARN.
    pub cluster: String,
    /// `GET`, `PATCH`…
    pub method: String,
    /// The verb that rights are given by: `list`, `patch`…; the method in lower case where no resource is meant.
    pub verb: String,
    /// Path and query as they came.
    pub path: String,
    /// What was meant; `None` where it was no resource.
    pub object: Option<Reference>,
    /// Who asked; empty where nobody was recognised.
    pub user: String,
    /// The client's `User-Agent`; empty where it told none.
    pub agent: String,
    /// When the request was received.
    pub at: Timestamp,
    /// HTTP status of the answer; `None` while there is none, or where the client went away before.
    pub code: Option<u16>,
}

/// The object, or the collection, that a request means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reference {
    /// API group, empty for the core.
    pub group: String,
    /// API version.
    pub version: String,
    /// Name of the resource in paths.
    pub resource: String,
    /// Part of the object: `status`, `eviction`…
    pub subresource: String,
    /// Empty for all of them, and for objects of the cluster.
    pub namespace: String,
    /// Empty for a collection. Of what is created, the name that it was given.
    pub name: String,
}

/// The number of a request in the log.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry(u64);

/// The log of all clusters of one game day, in the order in which requests came.
#[derive(Debug, Default)]
pub(super) struct Audit(Mutex<Log>);

#[derive(Debug, Default)]
struct Log {
    requests: VecDeque<Request>,
    /// How many were forgotten.
    forgotten: u64,
    file: Option<File>,
}

impl Audit {
    fn log(&self) -> MutexGuard<'_, Log> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes every answered request from now on to a new file, a line of JSON each.
    pub(super) fn write_to(&self, path: &Path) -> io::Result<()> {
        let file = OpenOptions::new().append(true).create_new(true).mode(0o600).open(path)?;
        self.log().file = Some(file);
        Ok(())
    }

    /// A request was received.
    pub(super) fn received(&self, request: Request) -> Entry {
        let mut log = self.log();
        if log.requests.len() == REMEMBERED {
            log.requests.pop_front();
            log.forgotten += 1;
        }
        log.requests.push_back(request);
        Entry(log.forgotten + log.requests.len() as u64)
    }

    /// The name that a created object was given.
    pub(super) fn named(&self, entry: Entry, name: &str) {
        if let Some(object) = self.log().at(entry).and_then(|request| request.object.as_mut()) {
            name.clone_into(&mut object.name);
        }
    }

    /// A request was answered.
    pub(super) fn answered(&self, entry: Entry, code: u16) {
        let mut log = self.log();
        let Some(request) = log.at(entry) else { return };
        request.code = Some(code);
        let line = line(request, entry, Timestamp::now());
        // One write a line, so that a reader never sees half of one. A full disk ends the log, not the game.
        let written = log.file.as_mut().map(|file| file.write_all(format!("{line}\n").as_bytes()));
        if let Some(Err(_)) = written {
            log.file = None;
        }
    }

    /// The answered requests of a cluster as events of its log, each with when it was received, oldest first.
    pub(super) fn events(&self, cluster: &str) -> Vec<(Timestamp, Value)> {
        let log = self.log();
        let numbered = (log.forgotten + 1..).zip(&log.requests);
        let answered = numbered.filter(|(_, request)| request.cluster == cluster && request.code.is_some());
        answered.map(|(number, request)| (request.at, line(request, Entry(number), request.at))).collect()
    }

    /// The requests so far, oldest first.
    pub(super) fn requests(&self) -> Vec<Request> {
        self.log().requests.iter().cloned().collect()
    }
}

impl Log {
    fn at(&mut self, Entry(number): Entry) -> Option<&mut Request> {
        let place = number.checked_sub(self.forgotten + 1)?;
        self.requests.get_mut(usize::try_from(place).ok()?)
    }
}

/// The event as `audit.k8s.io/v1` writes it at level Metadata; `cluster` is of ours.
fn line(request: &Request, Entry(number): Entry, now: Timestamp) -> Value {
    let moment = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string();
    let mut event = json!({
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "auditID": format!("gameday-{number}"),
        "stage": "ResponseComplete", "requestURI": request.path, "verb": request.verb,
        "user": {"username": request.user}, "userAgent": request.agent, "cluster": request.cluster,
        "responseStatus": {"metadata": {}, "code": request.code},
        "requestReceivedTimestamp": moment(request.at), "stageTimestamp": moment(now),
    });
    if let Some(object) = &request.object {
        let parts = [
            ("resource", &object.resource),
            ("subresource", &object.subresource),
            ("namespace", &object.namespace),
            ("name", &object.name),
            ("apiGroup", &object.group),
            ("apiVersion", &object.version),
        ];
        for (key, value) in parts.into_iter().filter(|(_, value)| !value.is_empty()) {
            super::json::set(&mut event, &format!("/objectRef/{key}"), value.as_str());
        }
    }
    event
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(path: String) -> Request {
        Request {
            cluster: "c".to_owned(),
            method: "GET".to_owned(),
            verb: "get".to_owned(),
            path,
            object: Some(Reference { resource: "pods".to_owned(), ..Reference::default() }),
            user: "somebody".to_owned(),
            agent: "test".to_owned(),
            at: Timestamp::UNIX_EPOCH,
            code: None,
        }
    }

    #[test]
    fn answers_find_their_requests_whatever_was_forgotten() {
        let audit = Audit::default();
        let first = audit.received(request("/first".to_owned()));
        for number in 0..REMEMBERED {
            audit.received(request(format!("/{number}")));
        }
        audit.answered(first, 200);
        let last = audit.received(request("/last".to_owned()));
        audit.answered(last, 409);
        let requests = audit.requests();
        assert_eq!(requests.len(), REMEMBERED);
        assert_eq!(requests.last().map(|last| (last.path.as_str(), last.code)), Some(("/last", Some(409))));
        assert!(requests.iter().rev().skip(1).all(|other| other.code.is_none()));
    }

    #[test]
    fn the_file_has_a_line_for_every_answer() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("audit.jsonl");
        let audit = Audit::default();
        audit.write_to(&path).unwrap();
        for code in [200, 404] {
            let entry = audit.received(request(format!("/{code}")));
            audit.named(entry, "web-1");
            audit.answered(entry, code);
        }
        audit.received(request("/unanswered".to_owned()));
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let codes: Vec<_> = lines.iter().map(|line| line.pointer("/responseStatus/code").unwrap().clone()).collect();
        assert_eq!(codes, [json!(200), json!(404)]);
        assert_eq!(lines[0].pointer("/objectRef"), Some(&json!({"resource": "pods", "name": "web-1"})));
        assert!(audit.write_to(&path).is_err(), "an existing file is never written over");
    }
}
